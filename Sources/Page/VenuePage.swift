import Foundation
import Recording
import Scenarios
import Validation

/// The page of a run of one venue.
struct VenuePage {
    private let run: FinishedRun
    private let summary: RunSummary
    private let series: VenueSeries
    private let answers: PageAnswers
    private let library: ChartLibrary?

    init(_ run: FinishedRun, _ summary: RunSummary, answers: PageAnswers, library: ChartLibrary?) throws {
        self.run = run
        self.summary = summary
        self.answers = answers
        self.library = library
        series = try VenueSeries(run)
    }

    var html: String {
        let imposed = summary.imposed.map { "<li>\($0)</li>" as Markup }.joined("\n")
        let facts = VenueMeasures.rows(EventRecord.of(scenario: run.scenario).facts, [(summary, run.end)])
        return PageFrame(
            title: "\(run.scenario), seed \(summary.seed)", lead: lead,
            main: """
                <section><h2>What happened</h2>\(PageFrame.cards(cards))</section>
                <section><h2>Minute by minute</h2>
                <p class="hint">Times are UTC. The \(library == nil ? "dotted line" : "arrow") is the end of the reference minute. Every chart is drawn from <code>run.sqlite</code> in this folder.</p>
                <div class="charts">\(charts.map { $0.html(hasLibrary: library != nil) }.joined())</div></section>
                \(answers.sections)
                \(PageFrame.facts(facts))
                \(imposed.text.isEmpty ? "" : "<section><h2>Imposed on this run</h2><ul>\(imposed)</ul></section>" as Markup)
                """,
            footer:
                "State hash \(summary.stateHash) · scale \(summary.scale) · Undertow. Nothing here is investment advice.",
            library: library
        ).html
    }

    private var lead: String {
        let s = summary
        return
            "One venue, \(s.byVenue.keys.sorted().joined(separator: ", ")): \(PageFrame.count(s.accounts)) accounts with a position\(s.scale > 1 ? " (each merged of up to \(s.scale))" : ""), \(PageFrame.count(s.steps)) steps; ledger off zero by \(s.zeroSumMicroUsd) micro USD."
    }

    private var cards: [(String, String)] {
        let s = summary
        return s.fallPct.sorted { $0.key < $1.key }.map {
            ("\($0.key)'s index fell", PageFrame.percent($0.value))
        } + [
            ("longs liquidated", Chart.short(s.liquidatedLongUsd) + " USD"),
            ("shorts liquidated", Chart.short(s.liquidatedShortUsd) + " USD"),
            ("accounts liquidated", PageFrame.count(s.accountsLiquidated)),
            ("margin calls", PageFrame.count(s.marginCalls)),
            ("taken over by the vault", Chart.short(s.vaultTakeoverUsd) + " USD"),
            ("paid by the fund", Chart.short(s.fundDrawUsd) + " USD"),
            ("deleveraged", Chart.short(s.deleveragedUsd) + " USD"),
            ("loss socialised", Chart.short(s.socialisedLossUsd) + " USD"),
            ("bad debt", Chart.short(s.badDebtUsd) + " USD"),
        ]
    }

    private var charts: [Chart] {
        let prices = series.prices.sorted { $0.key < $1.key }.map { asset, prices in
            chart(
                "Prices of \(asset)", "% of the first minute's index",
                [
                    ("index", change(prices.index, prices.index), PageFrame.amber),
                    ("mark", change(prices.mark, prices.index), PageFrame.blue),
                    ("mid of this venue's book", change(prices.mid, prices.index), PageFrame.grey),
                ], note: "A gap in a line: one side of the book was empty at the minute's end.")
        }
        return prices + [
            chart(
                "Liquidated", "USD a minute",
                [
                    ("longs", series.liquidatedLong, PageFrame.red),
                    ("shorts", series.liquidatedShort, PageFrame.green),
                ], .bars),
            chart(
                "Behind the liquidations", "USD a minute",
                [
                    ("taken over by the vault", series.takenOver, PageFrame.amber),
                    ("deleveraged", series.deleveraged, PageFrame.blue),
                ]),
            chart("Margin calls", "a minute", [("margin calls", series.marginCalls, PageFrame.blue)], .bars),
            chart("Depth within 1 %", "USD, both sides", [("depth", series.depth, PageFrame.blue)]),
            chart("Open interest", "USD", [("open interest", series.openInterest, PageFrame.blue)]),
            chart(
                "Vault and fund", "USD of equity",
                [
                    ("vault", series.vaultEquity, PageFrame.green),
                    ("insurance fund", series.fundEquity, PageFrame.amber),
                ]),
        ]
    }

    private func change(_ values: [Double?], _ index: [Double?]) -> [Double?] {
        guard let first = index.first(where: { $0 != nil }) ?? nil, first > 0 else {
            return values.map { _ in nil }
        }
        return values.map { $0.map { ($0 / first - 1) * 100 } }
    }

    private func chart(
        _ title: String, _ unit: String, _ lines: [(String, [Double?], String)],
        _ style: Chart.Style = .lines,
        note: String = ""
    ) -> Chart {
        var chart = Chart(
            title: title, unit: unit, times: series.times,
            series: lines.map { .init(name: $0.0, values: $0.1, color: $0.2) }, style: style, note: note)
        chart.mark = series.reference.map { ($0 + 60, "reference minute") }
        return chart
    }
}

import Foundation
import Primitives
import Recording
import Rules
import Scenarios
import Validation

/// One run as one HTML file that asks the network for nothing.
public struct RunPage {
    let run: RunRecord
    let series: RunSeries
    let answers: PageAnswers
    let library: ChartLibrary?
    private let facts: [FactRow]
    private let assets: [AssetRow]
    /// Recorded prices by asset; none behind a run without the event's news.
    private let record: [String: [(time: SimTime, usd: Double)]]
    let trading: [TradingLine]
    private let title: String
    let news: Int64
    /// When a venue did not take orders or transfers, or an oracle stood still.
    let outages: [OutageRow]
    /// Rules in force, by venue.
    let rules: [(venue: String, rules: RuleSet)]
    let closings: Closings

    /// - Parameters:
    ///   - folder: of a finished run of the whole market with a recording.
    ///   - library: draws the charts; plain SVG without.
    /// - Throws: `InputError` for a folder that is damaged, unfinished or without a recording.
    public init(folder: String, answers: PageAnswers = PageAnswers(), library: ChartLibrary? = nil) throws {
        try self.init(FinishedRun(folder: folder), answers: answers, library: library)
    }

    init(_ finished: FinishedRun, answers: PageAnswers, library: ChartLibrary?) throws {
        let folder = finished.folder
        self.answers = answers
        self.library = library
        try answers.check(of: finished.scenario, folder: folder)
        run = try RunRecord(finished)
        let scenario = try finished.readScenario()
        assets = scenario.event.assets
        record = run.isCalm ? [:] : scenario.event.record
        series = try RunSeries(database: folder + "/run.sqlite", reference: run.summary.majors.first ?? "")
        trading = try TradingLine.read(
            database: folder + "/run.sqlite", behind: run.isCalm ? [] : scenario.event.recordedTrading,
            times: series.times, reference: run.news - 60)
        facts = try FactRow.rows(EventRecord(scenario).facts, [run])
        news = run.news
        outages = try scenario.outagesInForce()
        rules = try scenario.rulesByVenue()
        closings = try Closings(
            folder: folder, prices: series.prices(of: run.summary.majors.prefix(2), at: run.news - 60))
        title = "\(run.summary.scenario), seed \(run.summary.seed)"
    }

    public var html: String { frame.html }

    private var frame: PageFrame {
        let hint: Markup =
            library == nil ? ", as plain SVG: <code>make assets</code> gives charts to point at" : ""
        return PageFrame(
            title: title, lead: lead,
            main: """
                \(storySection)
                <section><h2>Minute by minute</h2>
                <p class="hint">Times are UTC. Every chart is drawn from <code>run.sqlite</code> in this folder\(hint).</p>
                \(markLegend)
                <p class="tools" hidden><button class="whole">whole run</button> <button class="zoomIn">zoom in</button> <button class="zoomOut">zoom out</button> \
                <label><input type="checkbox" class="log"> logarithmic where all is above zero</label> <span>Drag to move, pinch or + and − to zoom, 0 for the whole run. All charts move together.</span></p>
                <div class="charts">\(charts)</div></section>
                \(cascadeSection)
                \(answers.sections)
                \(factSection)
                \(venueSection)
                \(accountSection)
                <section class="two"><div><h2>Worst assets</h2>\(worstTable)</div>
                <div><h2>Lending</h2>\(lendingTable)<h2>Holders</h2>\(cohortTable)</div></section>
                <section><h2>Imposed on this run</h2><ul>\(imposed)</ul></section>
                \(ruleSection)
                """,
            footer:
                "State hash \(run.summary.stateHash) · scale \(run.summary.scale) · Undertow. Nothing here is investment advice.",
            library: library)
    }

    private var lead: String {
        let s = run.summary
        return
            "\(PageFrame.count(s.accounts)) margin account\(s.accounts == 1 ? "" : "s")\(s.scale > 1 ? " (each merged of up to \(s.scale))" : "") on \(PageFrame.count(s.books)) order book\(s.books == 1 ? "" : "s"), \(PageFrame.count(s.steps)) steps of one second; ledgers off zero by \(s.zeroSumMicroUsd) micro USD."
    }

    // MARK: Tables

    /// The asset that betas and shocks mean.
    var reference: String { run.summary.majors.first ?? "" }

    private var factSection: Markup { FactTable.section(facts) }

    private var worstTable: Markup {
        PageFrame.table(
            ["asset", "venue", "fall"],
            run.summary.worstAssets.prefix(15).map { [$0.asset, $0.venue, PageFrame.percent($0.fallPct)] })
    }

    private var lendingTable: Markup {
        PageFrame.table(
            ["protocol", "liquidated", "bad debt", "liquidations"],
            run.summary.lending.sorted { $0.key < $1.key }.map { name, market in
                [
                    name, shortFigure(market.liquidatedUsd), shortFigure(market.badDebtUsd),
                    PageFrame.count(market.liquidations),
                ]
            })
    }

    private var cohortTable: Markup {
        PageFrame.table(
            ["cohort", "asset", "before", "at the low", "at the end"],
            run.summary.cohorts.sorted { $0.key < $1.key }.map { name, c in
                [
                    name, c.asset, shortFigure(c.beforeCoins), shortFigure(c.lowCoins),
                    shortFigure(c.afterCoins),
                ]
            })
    }

    private var imposed: Markup {
        run.summary.imposed.map { "<li>\($0)</li>" as Markup }.joined("\n")
    }

    // MARK: Charts

    private var charts: Markup {
        let charts: [Chart] =
            [
                prices, total3, venueGaps, liquidations, reported, forced, calls, depth, makers, openInterest,
            ] + trading.map(\.chart)
        // A world of one coin has no TOTAL3: nothing is drawn of nothing.
        return charts.filter { $0.series.contains { $0.values.contains { $0 != nil } } }
            .map { drawn(marked($0)) }.joined()
    }

    func drawn(_ chart: Chart) -> Markup { chart.html(hasLibrary: library != nil) }

    private var prices: Chart {
        func names(_ range: ClosedRange<Int>) -> [String] {
            assets.filter { $0.kind == .coin && range.contains($0.rank) }.map(\.name).sorted()
        }
        let majors = zip(run.summary.majors, [PageFrame.amber, PageFrame.blue]).map { ($0, [$0], $1) }
        let tiers: [(String, [String], String)] =
            majors
            + [
                ("rank 5-30, median", names(5...30), PageFrame.green),
                ("rank above 50, median", names(51...100_000), PageFrame.red),
            ].filter { !$0.1.isEmpty }
        let recorded = run.summary.majors.prefix(2).compactMap(recordedChange)
        return Chart(
            title: "Prices by tier", unit: "% of the index in the reference minute", times: series.times,
            series: tiers.map { name, coins, color in
                let all = series.medianChange(of: coins, from: news - 60)
                return .init(
                    name: name, values: series.times.indices.map { all.isEmpty ? nil : all[$0] }, color: color
                )
            } + recorded,
            note: recorded.isEmpty ? "" : "Dashed: as recorded (record.csv of the event names its source).")
    }

    /// Change of an asset's recorded price from the minute before the announcement, percent, at the minutes of the run.
    private func recordedChange(_ asset: String) -> Chart.Series? {
        let prices = Dictionary(
            (record[asset] ?? []).map { ($0.time.seconds, $0.usd) }, uniquingKeysWith: { $1 })
        guard let start = series.times.last(where: { $0 <= news - 60 }).flatMap({ prices[$0] }) else {
            return nil
        }
        return Chart.Series(
            name: "\(asset), recorded",
            values: series.times.map { prices[$0].map { ($0 / start - 1) * 100 } },
            color: PageFrame.grey, isDashed: true)
    }

    private var total3: Chart {
        Chart(
            title: "TOTAL3",
            unit: "USD, all assets but \(run.summary.majors.prefix(2).joined(separator: " and "))",
            times: series.times,
            series: [
                .init(
                    name: "TOTAL3",
                    values: series.total(of: assets, without: Array(run.summary.majors.prefix(2))),
                    color: PageFrame.green)
            ],
            note:
                "Index price times supply, stablecoins inside; zero is the floor of the plain chart."
        )
    }

    private var venueGaps: Chart {
        // The largest venues by open interest, and a spot venue.
        let venues = run.summary.byVenue.sorted {
            ($1.value.openInterestBeforeUsd, $0.key) < ($0.value.openInterestBeforeUsd, $1.key)
        }.map(\.key).filter { series.bitcoin[$0] != nil }.prefix(3)
        let spots = series.bitcoin.keys.filter { $0.hasSuffix(" spot") }.sorted().prefix(1)
        let shown = Array(
            zip(venues + spots, [PageFrame.amber, PageFrame.green, PageFrame.red, PageFrame.blue]))
        let index = series.index[reference] ?? series.times.map { _ in nil }
        return Chart(
            title: "\(reference) by venue", unit: "% from the index", times: series.times,
            series: shown.compactMap { name, color in
                series.bitcoin[name].map { mids in
                    .init(
                        name: name,
                        values: series.times.indices.map { i in
                            guard let mid = mids[i], let whole = index[i] else { return nil }
                            return (mid / whole - 1) * 100
                        }, color: color)
                }
            }, note: "A gap in a line: one side of that book was empty at the minute's end.")
    }

    private var liquidations: Chart {
        bySide("Liquidated, in truth", series.liquidatedLong, series.liquidatedShort)
    }

    private var reported: Chart {
        bySide("Liquidated, as the public feeds show it", series.reportedLong, series.reportedShort)
    }

    private func bySide(_ title: String, _ longs: [Double], _ shorts: [Double]) -> Chart {
        Chart(
            title: title, unit: "USD a minute", times: series.times,
            series: [
                .init(name: "longs", values: longs, color: PageFrame.red),
                .init(name: "shorts", values: shorts, color: PageFrame.green),
            ], style: .bars)
    }

    private var forced: Chart {
        Chart(
            title: "Behind the liquidations", unit: "USD a minute", times: series.times,
            series: [
                .init(
                    name: "taken over by funds and vaults", values: series.takenOver,
                    color: PageFrame.amber),
                .init(name: "deleveraged", values: series.deleveraged, color: PageFrame.blue),
            ])
    }

    private var calls: Chart {
        Chart(
            title: "Margin calls", unit: "a minute", times: series.times,
            series: [.init(name: "margin calls", values: series.marginCalls, color: PageFrame.blue)],
            style: .bars)
    }

    private var depth: Chart {
        Chart(
            title: "\(reference) depth within 1 %", unit: "USD, all books", times: series.times,
            series: [.init(name: "depth", values: series.depth, color: PageFrame.blue)])
    }

    private var makers: Chart {
        Chart(
            title: "Market makers", unit: "share", times: series.times,
            series: [
                .init(name: "capital left", values: series.makerCapitalLeft, color: PageFrame.green),
                .init(name: "withdrawn for fear", values: series.makerCaution, color: PageFrame.red),
            ])
    }

    private var openInterest: Chart {
        Chart(
            title: "Open interest", unit: "USD", times: series.times,
            series: [.init(name: "all perpetuals", values: series.openInterest, color: PageFrame.blue)])
    }
}

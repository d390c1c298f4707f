import Foundation
import Primitives
import Recording
import Scenarios
import Validation

/// One run as one HTML file that asks the network for nothing.
public struct RunPage {
    let run: RunRecord
    let series: RunSeries
    let answers: PageAnswers
    private let library: ChartLibrary?
    private let facts: [FactRow]
    private let title: String
    let news: Int64

    /// - Parameters:
    ///   - folder: of a finished run of the whole market with a recording.
    ///   - library: draws the charts; plain SVG without.
    public init(folder: String, answers: PageAnswers = PageAnswers(), library: ChartLibrary? = nil) throws {
        self.answers = answers
        self.library = library
        run = try RunRecord(folder: folder)
        series = try RunSeries(database: folder + "/run.sqlite")
        facts = FactRow.rows(Fact.of(scenario: run.summary.scenario), [run])
        news = run.news
        title = "\(run.summary.scenario), seed \(run.summary.seed)"
    }

    /// The minutes around the announcement: twenty before, three hours after; the whole run without one.
    var focus: Range<Int> {
        let near = series.range(from: news - 1200, to: news + 10_800)
        return near.isEmpty ? series.times.indices : near
    }

    public var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'\(library == nil ? "" : "; script-src 'unsafe-inline'")">
        <title>\(title.escapedForHTML)</title>
        <style>\(Self.style)</style></head><body>
        <header><h1>\(title.escapedForHTML)</h1>
        <p>\(lead.escapedForHTML)</p></header>
        <main>
        <section><h2>What happened</h2>\(headline)</section>
        <section><h2>Minute by minute</h2>
        <p class="hint">Times are UTC. The dotted line is the announcement. Every chart is drawn from <code>run.sqlite</code> in this folder\(library == nil ? ", as plain SVG: <code>make assets</code> gives charts to point at" : "").</p>
        <div class="charts">\(charts)</div></section>
        \(cascadeSection)
        \(answerSections)
        \(factSection)
        <section><h2>Venues</h2>\(venueTable)</section>
        <section class="two"><div><h2>Worst assets</h2>\(worstTable)</div>
        <div><h2>Lending</h2>\(lendingTable)<h2>Holders</h2>\(cohortTable)</div></section>
        <section><h2>Imposed on this run</h2><ul>\(imposed)</ul></section>
        </main>
        <footer>\(library == nil ? "" : ChartLibrary.attribution + "<br>")State hash \(run.summary.stateHash) · scale \(run.summary.scale) · Undertow. Nothing here is investment advice.</footer>
        \(library.map { "<script>\($0.script)</script><script>\(ChartLibrary.drawing)</script>" } ?? "")</body></html>

        """
    }

    private var lead: String {
        let s = run.summary
        return
            "\(Self.count(s.accounts)) margin accounts\(s.scale > 1 ? " (each merged of up to \(s.scale))" : "") on \(s.books) order books, \(Self.count(s.steps)) steps of one second; ledgers off zero by \(s.zeroSumMicroUsd) micro USD."
    }

    // MARK: Tables

    private var headline: String {
        let s = run.summary
        let liquidated = s.liquidatedLongUsd + s.liquidatedShortUsd
        let reported = s.reportedLongUsd + s.reportedShortUsd
        let cards: [(String, String)] = [
            ("Bitcoin fell", Self.percent(s.fallPct["BTC"])),
            ("Ether fell", Self.percent(s.fallPct["ETH"])),
            ("TOTAL3 fell", Self.percent(s.fallPct["TOTAL3"])),
            ("longs liquidated", Chart.short(s.liquidatedLongUsd) + " USD"),
            ("shorts liquidated", Chart.short(s.liquidatedShortUsd) + " USD"),
            (
                "shown by public feeds",
                liquidated > 0 ? Self.percent(reported / liquidated * 100) : "nothing liquidated"
            ),
            ("accounts liquidated", Self.count(s.accountsLiquidated)),
            ("margin calls", Self.count(s.marginCalls)),
            ("taken over by funds and vaults", Chart.short(s.fundTakeoverUsd + s.vaultTakeoverUsd) + " USD"),
            ("paid by funds", Chart.short(s.fundDrawUsd) + " USD"),
            ("deleveraged", Chart.short(s.deleveragedUsd) + " USD"),
            ("lending liquidations", Chart.short(s.lendingLiquidatedUsd) + " USD"),
        ]
        return "<dl class=\"cards\">"
            + cards.map { "<div><dt>\($0.0.escapedForHTML)</dt><dd>\($0.1.escapedForHTML)</dd></div>" }
            .joined() + "</dl>"
    }

    func table(_ titles: [String], _ rows: [[String]], classes: [String] = []) -> String {
        let head = titles.map { "<th>\($0.escapedForHTML)</th>" }.joined()
        let body = rows.enumerated().map { i, row in
            "<tr\(i < classes.count && !classes[i].isEmpty ? " class=\"\(classes[i])\"" : "")>"
                + row.map { "<td>\($0.escapedForHTML)</td>" }.joined() + "</tr>"
        }.joined(separator: "\n")
        return
            "<div class=\"scroll\"><table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>"
    }

    private var factSection: String {
        guard !facts.isEmpty else { return "" }
        let rows = facts.map { row in
            [
                row.name, row.role.replacing("_", with: " "),
                row.recordedLow == row.recordedHigh
                    ? Chart.short(row.recordedLow)
                    : "\(Chart.short(row.recordedLow)) to \(Chart.short(row.recordedHigh))",
                row.simulatedMedian.map(Chart.short) ?? "–", row.unit, row.verdict, row.source,
            ]
        }
        return """
            <section><h2>Beside the record</h2>
            <p class="hint">One run. <em>fit</em>: the fact was used to set parameters; <em>held out</em>: it set nothing. A miss stays here as missed.</p>
            \(table(["fact", "role", "asked", "this run", "unit", "verdict", "source"], rows, classes: facts.map { $0.inside == false ? "miss" : "" }))</section>
            """
    }

    private var venueTable: String {
        let venues = run.summary.byVenue.filter { $0.value.openInterestBeforeUsd > 0 }.sorted {
            ($1.value.openInterestBeforeUsd, $0.key) < ($0.value.openInterestBeforeUsd, $1.key)
        }
        return table(
            [
                "venue", "open interest before", "lowest", "longs liquidated", "shorts liquidated",
                "reported",
                "accounts", "paid by the fund", "deleveraged", "BTC fall",
            ],
            venues.map { name, v in
                [
                    name, Chart.short(v.openInterestBeforeUsd), Chart.short(v.openInterestLowUsd),
                    Chart.short(v.liquidatedLongUsd), Chart.short(v.liquidatedShortUsd),
                    Chart.short(v.reportedLongUsd + v.reportedShortUsd), Self.count(v.accountsLiquidated),
                    Chart.short(v.fundDrawUsd), Chart.short(v.deleveragedUsd), Self.percent(v.fallPct["BTC"]),
                ]
            })
    }

    private var worstTable: String {
        table(
            ["asset", "venue", "fall"],
            run.summary.worstAssets.prefix(15).map { [$0.asset, $0.venue, Self.percent($0.fallPct)] })
    }

    private var lendingTable: String {
        table(
            ["protocol", "liquidated", "bad debt", "liquidations"],
            run.summary.lending.sorted { $0.key < $1.key }.map { name, market in
                [
                    name, Chart.short(market.liquidatedUsd), Chart.short(market.badDebtUsd),
                    Self.count(market.liquidations),
                ]
            })
    }

    private var cohortTable: String {
        table(
            ["cohort", "asset", "before", "at the low", "at the end"],
            run.summary.cohorts.sorted { $0.key < $1.key }.map { name, c in
                [
                    name, c.asset, Chart.short(c.beforeCoins), Chart.short(c.lowCoins),
                    Chart.short(c.afterCoins),
                ]
            })
    }

    private var imposed: String {
        run.summary.imposed.map { "<li>\($0.escapedForHTML)</li>" }.joined(separator: "\n")
    }

    // MARK: Charts

    private static let blue = "#2b6cb0"
    static let red = "#c53030"
    private static let green = "#2f855a"
    private static let amber = "#b7791f"
    static let grey = "#718096"

    private var charts: String {
        let marked: [Chart] = [
            prices, total3, venueGaps, liquidations, reported, forced, calls, depth, makers, openInterest,
        ]
        return marked.map { chart in
            var chart = chart
            chart.mark = (news, "announcement")
            return drawn(chart)
        }.joined()
    }

    func drawn(_ chart: Chart) -> String { chart.html(hasLibrary: library != nil) }

    func focused(_ values: [Double]) -> [Double?] { focus.map { values[$0] } }
    var focusTimes: [Int64] { focus.map { series.times[$0] } }

    private var prices: Chart {
        let ranks = CoinRanks.all
        func names(_ range: ClosedRange<Int>) -> [String] {
            ranks.filter { range.contains($0.value) }.keys.sorted()
        }
        let tiers: [(String, [String], String)] = [
            ("Bitcoin", ["BTC"], Self.amber), ("Ether", ["ETH"], Self.blue),
            ("rank 5-30, median", names(5...30), Self.green),
            ("rank above 50, median", names(51...10_000), Self.red),
        ]
        return Chart(
            title: "Prices by tier", unit: "% of the index at 20:49", times: focusTimes,
            series: tiers.map { name, coins, color in
                let all = series.medianChange(of: coins, from: news - 60)
                return .init(name: name, values: focus.map { all.isEmpty ? nil : all[$0] }, color: color)
            })
    }

    private var total3: Chart {
        Chart(
            title: "TOTAL3", unit: "USD, all assets but Bitcoin and Ether", times: series.times,
            series: [
                .init(name: "TOTAL3", values: series.total(without: ["BTC", "ETH"]), color: Self.green)
            ],
            note:
                "Index price times supply of 1 October 2025, stablecoins inside; zero is the floor of the plain chart."
        )
    }

    private var venueGaps: Chart {
        let shown: [(String, String)] = [
            ("binance", Self.amber), ("hyperliquid", Self.green), ("binance-coinm", Self.red),
            ("coinbase spot", Self.blue),
        ]
        let index = series.index["BTC"] ?? []
        return Chart(
            title: "Bitcoin by venue", unit: "% from the index", times: focusTimes,
            series: shown.compactMap { name, color in
                series.bitcoin[name].map { mids in
                    .init(
                        name: name,
                        values: focus.map { i in
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
            title: title, unit: "USD a minute", times: focusTimes,
            series: [
                .init(name: "longs", values: focused(longs), color: Self.red),
                .init(name: "shorts", values: focused(shorts), color: Self.green),
            ], style: .bars)
    }

    private var forced: Chart {
        Chart(
            title: "Behind the liquidations", unit: "USD a minute", times: focusTimes,
            series: [
                .init(
                    name: "taken over by funds and vaults", values: focused(series.takenOver),
                    color: Self.amber),
                .init(name: "deleveraged", values: focused(series.deleveraged), color: Self.blue),
            ])
    }

    private var calls: Chart {
        Chart(
            title: "Margin calls", unit: "a minute", times: focusTimes,
            series: [.init(name: "margin calls", values: focused(series.marginCalls), color: Self.blue)],
            style: .bars)
    }

    private var depth: Chart {
        Chart(
            title: "Bitcoin's depth within 1 %", unit: "USD, all books", times: series.times,
            series: [.init(name: "depth", values: series.depth, color: Self.blue)])
    }

    private var makers: Chart {
        Chart(
            title: "Market makers", unit: "share", times: series.times,
            series: [
                .init(name: "capital left", values: series.makerCapitalLeft, color: Self.green),
                .init(name: "withdrawn for fear", values: series.makerCaution, color: Self.red),
            ])
    }

    private var openInterest: Chart {
        Chart(
            title: "Open interest", unit: "USD", times: series.times,
            series: [.init(name: "all perpetuals", values: series.openInterest, color: Self.blue)])
    }

    // MARK: Numbers

    private static func percent(_ value: Double?) -> String {
        value.map { String(format: "%.1f %%", $0) } ?? "–"
    }

    /// 1 234 567
    static func count(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "-" : "") + ([digits] + groups).joined(separator: "\u{202f}")
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1a202c;--soft:#5a6577;--line:#d9dee6;--card:#f5f7fa;--bad:#c53030}
        @media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b8;--line:#38414e;--card:#222933;--bad:#fc8181}body{background:#171c23}}
        *{box-sizing:border-box}body{margin:0 auto;max-width:1180px;padding:1rem;font:15px/1.45 system-ui,sans-serif;color:var(--ink)}
        h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.1rem;margin:1.6em 0 .5em}.hint,header p,footer,small,figure p{color:var(--soft)}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:.6rem;margin:0}.cards div{background:var(--card);padding:.6rem .8rem;border-radius:6px}
        dt{color:var(--soft);font-size:.8rem}dd{margin:0;font-size:1.15rem;font-variant-numeric:tabular-nums}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:1.2rem}figure{margin:0;min-width:0}figcaption{font-weight:600}
        .chart{height:250px}.map svg{max-width:420px}.whisker{stroke:var(--ink)}svg text.strong{fill:var(--ink);font-weight:700}details{margin:.4em 0}summary{cursor:pointer}
        figure p{font-size:.8rem;margin:.2em 0}svg{width:100%;height:auto;display:block}svg text{fill:var(--soft);font-size:12px}.grid{stroke:var(--line);stroke-width:.6}
        .mark{stroke:var(--ink);stroke-dasharray:2 3}.legend{font-size:.8rem;color:var(--soft);min-height:1.3em}.legend span{margin-right:1em;white-space:nowrap}
        .legend i{display:inline-block;width:.8em;height:.8em;margin-right:.35em;border-radius:2px}
        .scroll{overflow-x:auto}.scroll table{min-width:24rem}.scroll th:nth-child(7){min-width:9rem}td:first-child{min-width:8rem}table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        th{color:var(--soft);font-weight:500}.miss td:nth-child(6){color:var(--bad);font-weight:600}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:1.5rem}
        ul{font-size:.85rem;padding-left:1.1em}footer{margin-top:2rem;font-size:.8rem}
        """
}

import Desk
import Foundation
import Primitives
import Stress

/// A stress test as one HTML file that asks the network for nothing: a board's summary on top, then shock by shock.
public struct StressPage {
    private let result: StressResult

    public init(_ result: StressResult) { self.result = result }

    public var html: String {
        let day = result.rulesDay
        return PageFrame(
            title: "Stress test of \(result.book)",
            lead:
                "\(PageFrame.count(result.accountsCount)) accounts with \(PageFrame.count(result.positionsCount)) positions\(result.venues.isEmpty ? "" : " on " + result.venues.joined(separator: ", ")). Rules of \(day), forced sales move prices by: \(result.impact).",
            main: """
                <section><h2>What breaks</h2><p class="story">\(sentences.joined(separator: " "))</p>\(worstCards)</section>
                <section><h2>Shock by shock</h2><p class="hint">Every shock begins from the book as it is. What each column means: docs/stress.md.</p>\(shockTable)</section>
                <section><h2>Who bears the loss</h2><div class="bills">\(payers)</div></section>
                \(lendingSection)
                \(mapSection)
                \(deficitSection)
                \(reverseSection)
                \(storySection)
                \(gridSection)
                \(drawnSection)
                \(changeSection)
                \(concentrationSection)
                <section><h2>Health of the book</h2>\(health)</section>
                """,
            footer:
                "Ledgers off zero by \(result.scenarios.map(\.zeroSumMicroUsd).max() ?? 0) units · Undertow. Nothing here is investment advice. Results are of a model.",
            library: nil
        ).html
    }

    private var worst: StressOutcome? { result.scenarios.max { $0.deficitUsd < $1.deficitUsd } }

    private var sentences: [String] {
        var all: [String] = []
        if let first = result.scenarios.first(where: { $0.accountsLiquidated > 0 }) {
            all.append(
                "At \(Self.name(first)) \(PageFrame.count(first.accountsLiquidated)) accounts are liquidated, \(shortFigure(first.liquidatedLongUsd + first.liquidatedShortUsd)) USD of positions."
            )
        } else if result.positionsCount > 0 {
            all.append("No shock asked for liquidates anybody on the venues.")
        }
        if let first = result.scenarios.first(where: {
            ($0.lending ?? []).contains { $0.accountsLiquidated > 0 }
        }) {
            let loans = first.lending ?? []
            all.append(
                "At \(Self.name(first)) keepers come for \(PageFrame.count(loans.reduce(0) { $0 + $1.accountsLiquidated })) borrowers with \(shortFigure(loans.reduce(0) { $0 + $1.unsafeDebtUsd })) USD of debt."
            )
        }
        if let broken = result.scenarios.first(where: {
            $0.badDebtUsd + $0.deleveragedUsd + $0.socialisedUsd > 0
        }) {
            all.append(
                "At \(Self.name(broken)) the funds no longer cover what is lost: \(shortFigure(broken.badDebtUsd)) USD are left unpaid, \(shortFigure(broken.deleveragedUsd)) USD of winners are deleveraged."
            )
        } else if let worst, worst.deficitUsd > 0 {
            all.append(
                "Funds cover every deficit of these shocks; the largest is \(shortFigure(worst.deficitUsd)) USD."
            )
        }
        for r in result.reverse {
            if let fall = r.fallPct {
                all.append(
                    "A fall of \(String(format: "%.2f", -fall)) % brings \(r.figure) to \(shortFigure(r.limit))."
                )
            }
        }
        return all
    }

    private static func name(_ s: StressOutcome) -> String {
        Double(s.scenario) == nil ? s.scenario : s.scenario + " %"
    }

    private var worstCards: Markup {
        guard let s = worst ?? result.scenarios.last else { return "" }
        return PageFrame.cards([
            .init("worst shock", Self.name(s), "the one with the largest deficits"),
            .init(
                "accounts liquidated", PageFrame.count(s.accountsLiquidated),
                "something of theirs was below maintenance and was closed"),
            .init(
                "deficits", shortFigure(s.deficitUsd) + " USD",
                "equity below zero of failing accounts, before anybody pays"),
            .init(
                "cover 2", shortFigure(s.cover2Usd) + " USD",
                "the two largest deficits together, to be set against the fund"),
            .init("fund paid", shortFigure(s.fundDrawUsd) + " USD", "by insurance funds and vaults"),
            .init("fund left", shortFigure(s.fundLeftUsd) + " USD", "their equity afterwards"),
        ])
    }

    private var shockTable: Markup {
        PageFrame.table(
            [
                "shock, %", "called", "liquidated", "longs", "shorts", "margin lost", "deficits", "fund paid",
                "fund left", "deleveraged", "bad debt", "fall over shock",
            ],
            result.scenarios.map { s in
                [
                    s.scenario, PageFrame.count(s.accountsCalled), PageFrame.count(s.accountsLiquidated),
                    shortFigure(s.liquidatedLongUsd),
                    shortFigure(s.liquidatedShortUsd), shortFigure(s.marginLostUsd),
                    shortFigure(s.deficitUsd), shortFigure(s.fundDrawUsd),
                    shortFigure(s.fundLeftUsd), shortFigure(s.deleveragedUsd), shortFigure(s.badDebtUsd),
                    String(format: "%.2f", s.amplification),
                ]
            })
    }

    /// A bar a shock: who bore what was lost.
    private var payers: Markup {
        let rows = result.scenarios.map { s in
            (
                s.scenario,
                [
                    (s.marginLostUsd, PageFrame.blue), (s.fundDrawUsd, PageFrame.amber),
                    (s.socialisedUsd, PageFrame.green), (s.badDebtUsd, PageFrame.red),
                ]
            )
        }
        let most = rows.map { $0.1.reduce(0) { $0 + $1.0 } }.max() ?? 0
        guard most > 0 else { return "<p class=\"hint\">Nothing is lost by forced closings.</p>" }
        var parts: [Markup] = []
        for (i, row) in rows.enumerated() {
            let y = 14 + Double(i) * 40
            let total = row.1.reduce(0) { $0 + $1.0 }
            parts.append(
                """
                <text x="0" y="\(at: y)">\(row.0)</text><text class="strong" x="400" y="\(at: y)" text-anchor="end">\(shortFigure(total))</text>
                """)
            var x = 0.0
            for (usd, color) in row.1 where usd > 0 {
                let width = usd / most * 400
                parts.append(
                    "<rect x=\"\(at: x)\" y=\"\(at: y + 5)\" width=\"\(at: max(0.6, width))\" height=\"13\" fill=\"\(color)\"/>"
                )
                x += width
            }
        }
        let legend = Chart.legend([
            ("own margin", PageFrame.blue), ("funds", PageFrame.amber), ("winners charged", PageFrame.green),
            ("nobody: bad debt", PageFrame.red),
        ])
        return """
            <figure><figcaption>Lost by what was closed <small>USD</small></figcaption><div class="legend">\(legend)</div>
            <svg viewBox="0 0 400 \(rows.count * 40)" role="img" aria-label="Who bears the loss, shock by shock">\(parts.joined("\n"))</svg></figure>
            """
    }

    private var mapSection: Markup {
        let symbols = result.liquidationMap.map { $0.venue + " " + $0.symbol }.reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let sized = symbols.map { name in
            (name, result.liquidationMap.filter { $0.venue + " " + $0.symbol == name })
        }
        .sorted { $1.1.reduce(0) { $0 + $1.notionalUsd } < $0.1.reduce(0) { $0 + $1.notionalUsd } }
        guard !sized.isEmpty else { return "" }
        return """
            <section><h2>Liquidation map</h2><p class="hint">At which move of its own market each position fails, every other price as it is; dollars at today's marks, by steps of one per cent. \
            \(shortFigure(result.safeUsd)) USD fail nowhere between −99 and +60 %. The six largest markets; all: liquidation_map.csv.</p>
            <div class="charts">\(sized.prefix(6).map(map).joined())</div></section>
            """
    }

    private func map(_ name: String, _ steps: [LiquidationMap.Step]) -> Markup {
        let shown = steps.filter { (-60...60).contains($0.movePct) }
        var sums: [Int: (long: Double, short: Double)] = [:]
        for s in shown {
            if s.side == "long" {
                sums[s.movePct, default: (0, 0)].long += s.notionalUsd
            } else {
                sums[s.movePct, default: (0, 0)].short += s.notionalUsd
            }
        }
        let left = steps.reduce(0) { $0 + $1.notionalUsd } - shown.reduce(0) { $0 + $1.notionalUsd }
        return LiquidationBars(
            name: name, unit: "USD, by move of the mark in %",
            bars: sums.sorted { $0.key < $1.key }.map {
                .init(at: Double($0.key), longs: $0.value.long, shorts: $0.value.short, label: "\($0.key) %")
            },
            from: -60, to: 60, width: 1,
            ticks: stride(from: -60, through: 60, by: 20).map { (Double($0), "\($0)") }, mark: 0,
            note: left > 0 ? "\(shortFigure(left)) USD beyond 60 % are not drawn." : ""
        ).figure
    }

    private var lendingSection: Markup {
        let rows = result.scenarios.flatMap { s in
            (s.lending ?? []).map { l in
                [
                    s.scenario, l.lender, PageFrame.count(l.accounts), PageFrame.count(l.accountsLiquidated),
                    l.lowestHealthFactor.map { String(format: "%.3f", $0) } ?? "",
                    shortFigure(l.unsafeDebtUsd), shortFigure(l.repaidUsd), shortFigure(l.seizedUsd),
                    shortFigure(l.badDebtUsd),
                ]
            }
        }
        guard !rows.isEmpty else { return "" }
        return """
            <section><h2>Loans</h2><p class="hint">Borrowers below a health factor of one, and what keepers do to them. Dollars at the shocked prices; the figures above are of venues alone.</p>
            \(PageFrame.table(["shock, %", "protocol", "borrowers", "liquidated", "lowest health", "their debt", "repaid", "seized", "bad debt"], rows))</section>
            """
    }

    private var deficitSection: Markup {
        guard let worst, !worst.largestDeficits.isEmpty else { return "" }
        return """
            <section><h2>Largest deficits</h2><p class="hint">At \(Self.name(worst)): equity below zero before anybody pays.</p>
            \(PageFrame.table(["account", "deficit, USD"], worst.largestDeficits.map { [$0.account, shortFigure($0.usd)] }))</section>
            """
    }

    private var reverseSection: Markup {
        guard !result.reverse.isEmpty else { return "" }
        func move(_ pct: Double?) -> String {
            pct.map { String(format: "%.2f %%", $0) } ?? "none within 95 %"
        }
        return """
            <section><h2>Reverse stress</h2><p class="hint">The smallest move of all prices together that breaks a limit; with an impact also the smallest loss of depth at the first shock, and the shortest way of both.</p>
            \(PageFrame.table(["figure", "limit", "fall", "rise", "loss of depth", "both"], result.reverse.map { r in
                [
                    r.figure, shortFigure(r.limit), move(r.fallPct), move(r.risePct),
                    r.depthLossPct.map { String(format: "%.0f %% at %@", $0, r.depthLossAt ?? "") } ?? "",
                    r.pair.map { String(format: "%.2f %% and %.0f %%", $0.movePct, $0.depthLossPct) } ?? "",
                ]
            }))</section>
            """
    }

    /// Who was called, closed, deleveraged, and when, on each path.
    private var storySection: Markup {
        (result.stories ?? [:]).sorted { $0.key < $1.key }.map { path, told in
            """
            <section><h2>Along \(path)</h2><p class="hint">\(PageFrame.count(told.count)) accounts that something happened to, the thirty largest; all: stories.csv. Times are UTC.</p>
            \(PageFrame.table(
                ["account", "venue", "called", "liquidated", "deleveraged", "liquidated, USD", "deleveraged, USD"],
                told.prefix(30).map { [$0.account, $0.venue, $0.calledUtc ?? "", $0.liquidatedUtc ?? "", $0.deleveragedUtc ?? "", shortFigure($0.liquidatedUsd), shortFigure($0.deleveragedUsd)] }))</section>
            """
                as Markup
        }.joined()
    }

    private var drawnSection: Markup {
        guard let b = result.intervals else { return "" }
        func row(_ name: String, _ f: Bootstrap.Figure) -> [String] {
            [name, shortFigure(f.value), shortFigure(f.low), shortFigure(f.high)]
        }
        return """
            <section><h2>Over drawn paths</h2><p class="hint">\(b.paths) paths of \(b.horizonHours) hours, blocks of a day drawn from \(b.candles.map { URL(fileURLWithPath: $0).lastPathComponent }.joined(separator: ", ")). The interval is 5 to 95 % of the estimate, by resampling the paths.</p>
            \(PageFrame.table(["figure", "estimate", "from", "to"], [
                row("deficit, value at risk 99 %, USD", b.deficitVar99Usd), row("deficit, expected shortfall 99 %, USD", b.deficitShortfall99Usd),
                row("liquidated, 95 % quantile (LaR), USD", b.liquidationsAtRisk95Usd), row("share of paths in which the fund is gone", b.fundGoneShare),
                row("accounts liquidated, mean", b.accountsLiquidatedMean),
            ]))</section>
            """
    }

    /// A table a figure: shocks down, losses of depth across.
    private var gridSection: Markup {
        guard let grid = result.grid else { return "" }
        let shocks = result.scenarios.map(\.scenario).filter { name in
            grid.cells.contains { $0.scenario == name }
        }
        func table(_ title: String, _ figure: (StressGrid.Cell) -> String) -> Markup {
            let rows = shocks.map { name in
                [name]
                    + grid.cells.filter { $0.scenario == name }.map { figure($0) + ($0.isAtRest ? "" : " *") }
            }
            let head = ["\(title)"] + StressGrid.losses.map { String(format: "%.0f %%", $0) }
            return PageFrame.table(head, rows)
        }
        return """
            <section><h2>Thinner books</h2><p class="hint">Shocks down, the share of all depth that is gone across. * prices did not come to rest.</p>
            \(table("accounts liquidated", { PageFrame.count($0.accountsLiquidated) }))
            <p class="hint">Bad debt:</p>
            \(table("bad debt, USD", { shortFigure($0.badDebtUsd) }))</section>
            """
    }

    private var changeSection: Markup {
        guard let all = result.recommendations, let first = all.first else { return "" }
        return """
            <section><h2>What to change</h2><p class="hint">The smallest change of one rule with which \(first.limit) holds in 99 % of the drawn paths, and what it costs.</p>
            <ul>\(all.map { "<li>\($0.text)</li>" as Markup }.joined())</ul></section>
            """
    }

    private var concentrationSection: Markup {
        let shown = result.concentration.prefix(12)
        guard !shown.isEmpty else { return "" }
        return """
            <section><h2>Concentration</h2><p class="hint">The twelve largest sides of markets; all: concentration.csv. HHI is the sum of squared shares: 1 where one account holds all.</p>
            \(PageFrame.table(["market", "side", "open, USD", "positions", "largest", "its share", "five", "HHI"], shown.map { c in
                [
                    c.venue + " " + c.symbol, c.side, shortFigure(c.openUsd), PageFrame.count(c.positions), c.largestAccount,
                    String(format: "%.0f %%", c.largestShare * 100), String(format: "%.0f %%", c.fiveShare * 100),
                    String(format: "%.2f", c.hhi),
                ]
            }))</section>
            """
    }

    private var health: Markup {
        let h = result.health
        let intro: Markup =
            "<p class=\"hint\">\(PageFrame.count(h.rowsRead)) rows read, \(PageFrame.count(h.rowsKept)) kept. Nothing was repaired.</p>"
        guard !h.warnings.isEmpty else { return "\(intro)<p>No warning.</p>" }
        return
            "\(intro)\(PageFrame.table(["kind", "file", "line", "what"], h.warnings.map { [$0.kind, URL(fileURLWithPath: $0.file).lastPathComponent, $0.line > 0 ? "\($0.line)" : "", $0.text] }))"
    }
}

import Foundation
import Primitives

/// What other commands found, shown beside the run: shares of the causes, the map of fragility, rules compared, stories.
extension PageAnswers {
    var sections: Markup {
        [
            attributions.map(section).joined(), fragilities.map(section).joined(),
            comparisons.map(section).joined(), storySection,
        ].joined()
    }

    // MARK: Attribution

    private static let outcomes = [
        ("fall_pct", "Bitcoin's fall, percentage points"), ("alts_fall_pct", "Alts' fall, percentage points"),
        ("liquidated_usd", "Liquidated, USD"),
    ]

    private func section(_ a: PageAnswers.Attribution) -> Markup {
        let figures = Self.outcomes.compactMap { key, title in
            a.outcomes[key].map { bars(title, $0) }
        }
        return """
            <section><h2>What each cause is worth</h2>
            <p class="hint">Shapley shares of \(a.scenario) on the \(a.backEnd): \(a.coalitions) coalitions, \(a.seeds) seeds with common random numbers, bootstrap intervals of 5-95 %. A negative share made it milder. Shares depend on what "neutral" means for each cause. \(a.basis ?? "")</p>
            <div class="charts">\(figures.joined())</div>
            \(PageFrame.table(["cause", "neutral setting"], a.neutral.sorted { $0.key < $1.key }.map { [$0.key.replacing("_", with: " "), $0.value] }))</section>
            """
    }

    private func bars(_ title: String, _ view: PageAnswers.Attribution.View) -> Markup {
        let rows = view.shares.sorted { ($1.value.share, $0.key) < ($0.value.share, $1.key) }
        let low = min(0, rows.map { $0.value.low ?? $0.value.share }.min() ?? 0)
        let high = max(0, rows.map { $0.value.high ?? $0.value.share }.max() ?? 0)
        let (left, width, step) = (150.0, 270.0, 24.0)
        func x(_ value: Double) -> Double {
            left + (value - low) / max(high - low, .leastNonzeroMagnitude) * width
        }
        var parts: [Markup] = []
        for (i, row) in rows.enumerated() {
            let y = 14 + Double(i) * step
            let (from, to) = (x(min(0, row.value.share)), x(max(0, row.value.share)))
            var whisker: Markup = ""
            if let low = row.value.low, let high = row.value.high {
                whisker =
                    "<line class=\"whisker\" x1=\"\(at: x(low))\" x2=\"\(at: x(high))\" y1=\"\(at: y)\" y2=\"\(at: y)\"/>"
            }
            parts.append(
                """
                <text x="\(at: left - 6)" y="\(at: y)" dy=".32em" text-anchor="end">\(row.key.replacing("_", with: " "))</text>\
                <rect x="\(at: from)" y="\(at: y - 6)" width="\(at: max(0.5, to - from))" height="12" fill="\(row.value.share < 0 ? PageFrame.grey : PageFrame.red)"/>\
                \(whisker)\
                <text x="\(at: left + width + 6)" y="\(at: y)" dy=".32em">\(shortFigure(row.value.share))</text>
                """)
        }
        return """
            <figure><figcaption>\(title) <small>\(shortFigure(view.total)) in all</small></figcaption>
            <svg viewBox="0 0 480 \(rows.count * Int(step) + 8)" role="img" aria-label="\(title)">
            \(parts.joined("\n"))</svg></figure>

            """
    }

    // MARK: Fragility

    private func section(_ f: PageAnswers.Fragility) -> Markup {
        let (cell, left, top) = (46.0, 64.0, 8.0)
        let most = max(f.fallPctByDepthAndLeverage.joined().max() ?? 1, 1)
        var parts: [Markup] = []
        let depths = Array(f.depths.enumerated()).sorted { $0.element > $1.element }
        for (row, (d, depth)) in depths.enumerated() {
            let y = top + Double(row) * cell * 0.6
            parts.append(
                "<text x=\"\(at: left - 6)\" y=\"\(at: y + cell * 0.3)\" dy=\".32em\" text-anchor=\"end\">\(shortFigure(depth)) ×</text>"
            )
            for l in f.leverages.indices {
                let fall = f.fallPctByDepthAndLeverage[d][l]
                let x = left + Double(l) * cell
                // Theory's n = 1 line with every maker there: bold below it.
                let isBelow = depth < f.criticalDepthCalm[l]
                let shade = String(format: "%.2f", max(0, min(1, fall / most)) * 0.75)
                parts.append(
                    """
                    <rect x="\(at: x)" y="\(at: y)" width="\(at: cell - 2)" height="\(at: cell * 0.6 - 2)" fill="\(PageFrame.red)" fill-opacity="\(shade)"/>\
                    <text class="\(isBelow ? "strong" : "")" x="\(at: x + cell / 2 - 1)" y="\(at: y + cell * 0.3)" dy=".32em" text-anchor="middle">\(shortFigure(fall))</text>
                    """)
            }
        }
        let bottom = top + Double(f.depths.count) * cell * 0.6
        for (l, leverage) in f.leverages.enumerated() {
            parts.append(
                "<text x=\"\(at: left + (Double(l) + 0.5) * cell)\" y=\"\(at: bottom + 14)\" text-anchor=\"middle\">\(shortFigure(leverage)) ×</text>"
            )
        }
        return """
            <section><h2>How close</h2><p class="hint">Bitcoin's fall in per cent on the reduced form, \(f.seeds) seeds, at the scenario's shock: rows are depth over today's, columns leverage over today's. Bold: theory's branching ratio is above one with every maker there (depth below the critical one, by leverage: \(f.criticalDepthCalm.map(shortFigure).joined(separator: ", "))); with a tenth of the makers the critical depth is \(f.criticalDepthTenth.map(shortFigure).joined(separator: ", ")). \(f.basis ?? "")</p>
            <figure class="map"><svg viewBox="0 0 \(Int(left + Double(f.leverages.count) * cell + 8)) \(Int(bottom + 22))" role="img" aria-label="fall by depth and leverage">
            \(parts.joined("\n"))</svg></figure></section>
            """
    }

    // MARK: Rules

    private func section(_ c: PageAnswers.Comparison) -> Markup {
        var order: [String] = []
        for row in c.rows where !order.contains(row.rule) { order.append(row.rule) }
        let rows = order.flatMap { rule -> [[String]] in
            let clear = c.rows.filter { $0.rule == rule && $0.result.low * $0.result.high > 0 }
            guard !clear.isEmpty else {
                return [[rule, "no figure changes clearly", "", "", ""]]
            }
            return clear.map { row in
                let r = row.result
                // Every figure of dollars has the unit of its size.
                let isBillions = row.unit == "bn USD"
                func short(_ x: Double) -> String { shortFigure(isBillions ? x * 1e9 : x) }
                return [
                    rule, "\(row.figure), \(isBillions ? "USD" : row.unit)", short(r.base), short(r.changed),
                    "\(short(r.difference)) [\(short(r.low)), \(short(r.high))]",
                ]
            }
        }
        return """
            <section><h2>Rule against rule</h2><p class="hint">\(c.scenario) at scale \(c.scale), the same \(c.seeds.count) seeds under each rule: only differences whose 5-95 % interval excludes no change. All of them: comparison.csv.</p>
            \(PageFrame.table(["rule", "figure", "base", "with the rule", "difference"], rows))</section>
            """
    }

    // MARK: Stories

    /// Where the page tells an account's story.
    static func anchor(_ account: String) -> String {
        "account-" + account.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
    }

    func hasStory(of account: String) -> Bool { stories.contains { $0.account == account } }

    private var storySection: Markup {
        guard !stories.isEmpty else { return "" }
        let stories = stories.map { story in
            let steps = PageFrame.table(
                ["time", "what", "rule"], story.steps.map { [$0.timeUtc, $0.what, $0.rule] })
            return
                "<details id=\"\(Self.anchor(story.account))\"><summary>\(story.venue), account \(story.account)</summary>\(steps)<p>The rules in full: <a href=\"#\(RunPage.anchor(story.venue))\">\(story.venue)</a>.</p></details>"
                as Markup
        }
        return "<section><h2>Account stories</h2>\(stories.joined("\n"))</section>"
    }
}

import Foundation

/// What other commands found, shown beside the run: shares of the causes, the map of fragility, rules compared, stories.
extension RunPage {
    var answerSections: String {
        (answers.attributions.map(section) + answers.fragilities.map(section)
            + answers.comparisons.map(section))
            .joined() + storySection
    }

    // MARK: Attribution

    private static let outcomes = [
        ("fall_pct", "Bitcoin's fall, percentage points"), ("alts_fall_pct", "Alts' fall, percentage points"),
        ("liquidated_usd", "Liquidated, USD"),
    ]

    private func section(_ a: PageAnswers.Attribution) -> String {
        let figures = Self.outcomes.compactMap { key, title in
            a.outcomes[key].map { bars(title, $0) }
        }
        return """
            <section><h2>What each cause is worth</h2>
            <p class="hint">Shapley shares of \(a.scenario.escapedForHTML) on the \(a.backEnd.escapedForHTML): \(a.coalitions) coalitions, \(a.seeds) seeds with common random numbers, bootstrap intervals of 5-95 %. A negative share made it milder. Shares depend on what "neutral" means for each cause:</p>
            <div class="charts">\(figures.joined())</div>
            \(table(["cause", "neutral setting"], a.neutral.sorted { $0.key < $1.key }.map { [$0.key.replacing("_", with: " "), $0.value] }))</section>
            """
    }

    private func bars(_ title: String, _ view: PageAnswers.Attribution.View) -> String {
        let rows = view.shares.sorted { ($1.value.share, $0.key) < ($0.value.share, $1.key) }
        let low = min(0, rows.map(\.value.low).min() ?? 0)
        let high = max(0, rows.map(\.value.high).max() ?? 0)
        let (left, width, step) = (150.0, 270.0, 24.0)
        func x(_ value: Double) -> Double {
            left + (value - low) / max(high - low, .leastNonzeroMagnitude) * width
        }
        var parts: [String] = []
        for (i, row) in rows.enumerated() {
            let y = 14 + Double(i) * step
            let (from, to) = (x(min(0, row.value.share)), x(max(0, row.value.share)))
            parts.append(
                String(
                    format:
                        "<text x=\"%.0f\" y=\"%.1f\" dy=\".32em\" text-anchor=\"end\">%@</text><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" fill=\"%@\"/><line class=\"whisker\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%.0f\" y=\"%.1f\" dy=\".32em\">%@</text>",
                    left - 6, y, row.key.replacing("_", with: " ").escapedForHTML, from, y - 6,
                    max(0.5, to - from), row.value.share < 0 ? Self.grey : Self.red, x(row.value.low),
                    x(row.value.high), y, y, left + width + 6, y, Chart.short(row.value.share)))
        }
        return """
            <figure><figcaption>\(title.escapedForHTML) <small>\(Chart.short(view.total)) in all</small></figcaption>
            <svg viewBox="0 0 480 \(Int(Double(rows.count) * step + 8))" role="img" aria-label="\(title.escapedForHTML)">
            \(parts.joined(separator: "\n"))</svg></figure>

            """
    }

    // MARK: Fragility

    private func section(_ f: PageAnswers.Fragility) -> String {
        let (cell, left, top) = (46.0, 64.0, 8.0)
        let most = max(f.fallPctByDepthAndLeverage.joined().max() ?? 1, 1)
        var parts: [String] = []
        let depths = Array(f.depths.enumerated()).sorted { $0.element > $1.element }
        for (row, (d, depth)) in depths.enumerated() {
            let y = top + Double(row) * cell * 0.6
            parts.append(
                String(
                    format: "<text x=\"%.0f\" y=\"%.1f\" dy=\".32em\" text-anchor=\"end\">%@ ×</text>",
                    left - 6,
                    y + cell * 0.3, Chart.short(depth)))
            for l in f.leverages.indices {
                let fall = f.fallPctByDepthAndLeverage[d][l]
                let x = left + Double(l) * cell
                // Theory's n = 1 line with every maker there: bold below it.
                let isBelow = depth < f.criticalDepthCalm[l]
                parts.append(
                    String(
                        format:
                            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#c53030\" fill-opacity=\"%.2f\"/><text class=\"%@\" x=\"%.1f\" y=\"%.1f\" dy=\".32em\" text-anchor=\"middle\">%@</text>",
                        x, y, cell - 2, cell * 0.6 - 2, min(1, fall / most) * 0.75, isBelow ? "strong" : "",
                        x + cell / 2 - 1, y + cell * 0.3, Chart.short(fall)))
            }
        }
        let bottom = top + Double(f.depths.count) * cell * 0.6
        for (l, leverage) in f.leverages.enumerated() {
            parts.append(
                String(
                    format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%@ ×</text>",
                    left + (Double(l) + 0.5) * cell, bottom + 14, Chart.short(leverage)))
        }
        return """
            <section><h2>How close</h2><p class="hint">Bitcoin's fall in per cent on the reduced form, \(f.seeds) seeds, at the scenario's shock: rows are depth over today's, columns leverage over today's. Bold: theory's branching ratio is above one with every maker there (depth below the critical one, by leverage: \(f.criticalDepthCalm.map(Chart.short).joined(separator: ", "))); with a tenth of the makers the critical depth is \(f.criticalDepthTenth.map(Chart.short).joined(separator: ", ")).</p>
            <figure class="map"><svg viewBox="0 0 \(Int(left + Double(f.leverages.count) * cell + 8)) \(Int(bottom + 22))" role="img" aria-label="fall by depth and leverage">
            \(parts.joined(separator: "\n"))</svg></figure></section>
            """
    }

    // MARK: Rules

    private func section(_ c: PageAnswers.Comparison) -> String {
        var order: [String] = []
        for row in c.rows where !order.contains(row.rule) { order.append(row.rule) }
        let rows = order.flatMap { rule -> [[String]] in
            let clear = c.rows.filter { $0.rule == rule && $0.result.low * $0.result.high > 0 }
            guard !clear.isEmpty else {
                return [[rule, "no figure changes clearly", "", "", ""]]
            }
            return clear.map { row in
                let r = row.result
                return [
                    rule, "\(row.figure), \(row.unit)", Chart.short(r.base), Chart.short(r.changed),
                    "\(Chart.short(r.difference)) [\(Chart.short(r.low)), \(Chart.short(r.high))]",
                ]
            }
        }
        return """
            <section><h2>Rule against rule</h2><p class="hint">\(c.scenario.escapedForHTML) at scale \(c.scale), the same \(c.seeds.count) seeds under each rule: only differences whose 5-95 % interval excludes no change. All of them: comparison.csv.</p>
            \(table(["rule", "figure", "base", "with the rule", "difference"], rows))</section>
            """
    }

    // MARK: Stories

    private var storySection: String {
        guard !answers.stories.isEmpty else { return "" }
        let stories = answers.stories.map { story in
            "<details><summary>\(story.venue.escapedForHTML), account \(story.account.escapedForHTML)</summary>"
                + table(["time", "what", "rule"], story.steps.map { [$0.timeUtc, $0.what, $0.rule] })
                + "</details>"
        }
        return "<section><h2>Account stories</h2>\(stories.joined(separator: "\n"))</section>"
    }
}

import Foundation
import Primitives
import Recording

/// Who: at which prices positions were closed, and the largest accounts by name.
extension RunPage {
    var accountSection: Markup {
        let maps = closings.steps.filter { !$0.steps.isEmpty }.map(map)
        guard !maps.isEmpty || !closings.largest.isEmpty else { return "" }
        let charts: Markup =
            maps.isEmpty
            ? ""
            : """
            <p class="hint">At which price positions were closed by force: of a liquidation the average price of its order, of a takeover or deleveraging the price its rule sets.</p>
            <div class="charts">\(maps.joined())</div>
            """
        return """
            <section><h2>Where and whom</h2>\(charts)
            <h3>Largest single closings</h3>\(largest)
            <p class="hint">An account's story, step by step with the rule behind each: <code>undertow explain RUN --account NAME</code>.</p></section>
            """
    }

    private var largest: Markup {
        PageFrame.table(
            ["time", "account", "what", "position", "price", "USD", "rules"],
            closings.largest.map { one in
                [
                    .text("\(SimTime(milliseconds: one.milliseconds))".dropFirst(11).dropLast().description),
                    answers.hasStory(of: one.account)
                        ? .link(one.account, to: PageAnswers.anchor(one.account)) : .text(one.account),
                    .text(one.stage), .text("\(one.isLong ? "long" : "short") \(one.asset)"),
                    .text(String(format: "%.6g", one.price)), .text(shortFigure(one.usd)),
                    .link(one.venue, to: Self.anchor(one.venue)),
                ]
            })
    }

    /// Bars by price. What lies beyond one dollar in a thousand at either end is left out, and said.
    private func map(_ asset: String, _ calm: Double, _ all: [Closings.Step]) -> Markup {
        let total = all.reduce(0) { $0 + $1.longs + $1.shorts }
        var shown: [Closings.Step] = []
        var below = 0.0
        for step in all {
            let size = step.longs + step.shorts
            if below + size > 0.001 * total, below < 0.999 * total { shown.append(step) }
            below += size
        }
        guard let low = shown.first?.price, let high = shown.last?.price else { return "" }
        let left = total - shown.reduce(0) { $0 + $1.longs + $1.shorts }
        let width = calm * Closings.stepShare
        let (from, to) = (low - width, high + width)
        let rest = left > 0 ? " \(shortFigure(left)) USD beyond both ends are not drawn." : ""
        return LiquidationBars(
            name: "Liquidation map of \(asset)", unit: "USD by price, steps of a quarter per cent",
            bars: shown.map {
                .init(at: $0.price, longs: $0.longs, shorts: $0.shorts, label: shortFigure($0.price))
            },
            from: from, to: to, width: width,
            ticks: Chart.ticks(from, to, about: 5).map { ($0, shortFigure($0)) }, mark: calm,
            note: "Dotted: the price before the announcement.\(rest)"
        ).figure
    }
}

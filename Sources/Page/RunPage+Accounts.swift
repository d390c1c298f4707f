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
        let most = shown.map { $0.longs + $0.shorts }.max() ?? 1
        let (x0, x1, y0, y1) = (52.0, 470.0, 14.0, 216.0)
        func x(_ price: Double) -> Double { x0 + (price - from) / (to - from) * (x1 - x0) }
        func y(_ usd: Double) -> Double { y1 - usd / most * (y1 - y0) }
        var parts: [Markup] = Chart.ticks(0, most, about: 4).map { tick in
            """
            <line class="grid" x1="\(at: x0)" x2="\(at: x1)" y1="\(at: y(tick))" y2="\(at: y(tick))"/>\
            <text x="\(at: x0 - 5)" y="\(at: y(tick))" dy=".32em" text-anchor="end">\(shortFigure(tick))</text>
            """
        }
        parts += Chart.ticks(from, to, about: 5).map { tick in
            "<text x=\"\(at: x(tick))\" y=\"\(at: y1 + 16)\" text-anchor=\"middle\">\(shortFigure(tick))</text>"
        }
        let bar = max(0.8, width / (to - from) * (x1 - x0) - 0.4)
        for step in shown {
            var base = 0.0
            for (usd, color, name) in [
                (step.longs, PageFrame.red, "longs"), (step.shorts, PageFrame.green, "shorts"),
            ] where usd > 0 {
                parts.append(
                    """
                    <rect x="\(at: x(step.price) - bar / 2)" y="\(at: y(base + usd))" width="\(at: bar)" height="\(at: y(base) - y(base + usd))" fill="\(color)">\
                    <title>\(shortFigure(step.price)): \(name) \(shortFigure(usd)) USD</title></rect>
                    """)
                base += usd
            }
        }
        let calmMark: Markup =
            (from...to).contains(calm)
            ? "<line class=\"mark\" x1=\"\(at: x(calm))\" x2=\"\(at: x(calm))\" y1=\"\(at: y0)\" y2=\"\(at: y1)\"/>"
            : ""
        let rest = left > 0 ? " \(shortFigure(left)) USD beyond both ends are not drawn." : ""
        return """
            <figure><figcaption>Liquidation map of \(asset) <small>USD by price, steps of a quarter per cent</small></figcaption>
            <div class="legend">\(Chart.legend([("longs", PageFrame.red), ("shorts", PageFrame.green)]))</div>
            <svg viewBox="0 0 480 240" role="img" aria-label="Liquidation map of \(asset)">\(parts.joined("\n"))\(calmMark)</svg>
            <p>Dotted: the price before the announcement.\(rest)</p></figure>
            """
    }
}

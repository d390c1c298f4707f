import Primitives

/// A liquidation map: what fails at each price or move, longs below shorts, with a dotted line where prices stand.
struct LiquidationBars {
    struct Bar {
        var at: Double
        var longs: Double
        var shorts: Double
        /// What a pointer reads.
        var label: String
    }
    var name: String
    /// Behind the name.
    var unit: String
    var bars: [Bar]
    /// The axis, and how wide a bar is on it.
    var from: Double
    var to: Double
    var width: Double
    var ticks: [(at: Double, label: String)]
    /// Of today's prices, or of those before.
    var mark: Double
    /// Below the picture.
    var note: String

    var figure: Markup {
        let most = max(1e-9, bars.map { $0.longs + $0.shorts }.max() ?? 1)
        let (x0, x1, y0, y1) = (52.0, 470.0, 14.0, 216.0)
        func x(_ value: Double) -> Double { x0 + (value - from) / (to - from) * (x1 - x0) }
        func y(_ usd: Double) -> Double { y1 - usd / most * (y1 - y0) }
        var parts: [Markup] = Chart.ticks(0, most, about: 4).map { tick in
            """
            <line class="grid" x1="\(at: x0)" x2="\(at: x1)" y1="\(at: y(tick))" y2="\(at: y(tick))"/>\
            <text x="\(at: x0 - 5)" y="\(at: y(tick))" dy=".32em" text-anchor="end">\(shortFigure(tick))</text>
            """
        }
        parts += ticks.map { tick in
            "<text x=\"\(at: x(tick.at))\" y=\"\(at: y1 + 16)\" text-anchor=\"middle\">\(tick.label)</text>"
        }
        let thick = max(0.8, width / (to - from) * (x1 - x0) - 0.4)
        for bar in bars {
            var base = 0.0
            for (usd, color, side) in [
                (bar.longs, PageFrame.red, "longs"), (bar.shorts, PageFrame.green, "shorts"),
            ] where usd > 0 {
                parts.append(
                    """
                    <rect x="\(at: x(bar.at) - thick / 2)" y="\(at: y(base + usd))" width="\(at: thick)" height="\(at: y(base) - y(base + usd))" fill="\(color)">\
                    <title>\(bar.label): \(side) \(shortFigure(usd)) USD</title></rect>
                    """)
                base += usd
            }
        }
        if (from...to).contains(mark) {
            parts.append(
                "<line class=\"mark\" x1=\"\(at: x(mark))\" x2=\"\(at: x(mark))\" y1=\"\(at: y0)\" y2=\"\(at: y1)\"/>"
            )
        }
        return """
            <figure><figcaption>\(name) <small>\(unit)</small></figcaption>
            <div class="legend">\(Chart.legend([("longs", PageFrame.red), ("shorts", PageFrame.green)]))</div>
            <svg viewBox="0 0 480 240" role="img" aria-label="\(name)">\(parts.joined("\n"))</svg>
            <p>\(note)</p></figure>
            """
    }
}

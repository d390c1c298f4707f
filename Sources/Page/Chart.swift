import Foundation
import Primitives
import RealModule

/// A chart over the minutes of a run as inline SVG: lines, or bars of one minute stacked on each other.
struct Chart {
    struct Series {
        var name: String
        /// One value a minute; nil leaves a gap.
        var values: [Double?]
        var color: String
        var isDashed = false
    }

    enum Style { case lines, bars }

    var title: String
    var unit: String
    /// Unix seconds.
    var times: [Int64]
    var series: [Series]
    var style = Style.lines
    /// What a reader has to know to read it right.
    var note = ""
    /// Moments marked by letters; `RunPage.marks` says what each stands for.
    var marks: [(seconds: Int64, name: String)] = []
    /// One of many beside each other.
    var isSmall = false

    static let width = 480.0
    static let height = 250.0
    private let left = 52.0
    private let right = 10.0
    private let top = 14.0
    private let bottom = 24.0

    /// Lowest and highest value drawn, with zero inside.
    var bounds: (low: Double, high: Double) {
        var (low, high) = (0.0, 0.0)
        switch style {
        case .lines:
            for value in series.flatMap(\.values) {
                guard let value else { continue }
                low = min(low, value)
                high = max(high, value)
            }
        case .bars:
            for i in times.indices { high = max(high, series.reduce(0) { $0 + ($1.values[i] ?? 0) }) }
        }
        return low == high ? (0, 1) : (low, high)
    }

    /// - Parameter hasLibrary: the page draws it with `ChartLibrary`; else plain SVG.
    func html(hasLibrary: Bool = false) -> Markup {
        let legend = Self.legend(series.map { ($0.name, $0.color) })
        let label: Markup = "role=\"img\" aria-label=\"\(title)\""
        let caption: Markup = note.isEmpty ? "" : "<p>\(note)</p>"
        let drawing: Markup =
            hasLibrary
            ? "<div class=\"chart\(isSmall ? " small" : "")\" \(label)><script type=\"application/json\">\(Markup(json: json))</script></div>"
            : "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" \(label)>\(axes)\(style == .lines ? lines : bars)</svg>"
        return """
            <figure><figcaption>\(title) <small>\(unit)</small></figcaption>
            <div class="legend">\(legend)<span class="when"></span></div>
            \(drawing)\(caption)</figure>

            """
    }

    static func legend(_ names: [(name: String, color: String)]) -> Markup {
        names.map {
            "<span><svg viewBox=\"0 0 10 10\"><rect width=\"10\" height=\"10\" rx=\"2\" fill=\"\($0.color)\"/></svg>\($0.name)<b></b></span>"
                as Markup
        }.joined()
    }

    private func x(_ seconds: Int64) -> Double {
        guard let first = times.first, let last = times.last, last > first else { return left }
        return left + Double(seconds - first) / Double(last - first) * (Self.width - left - right)
    }

    private func y(_ value: Double) -> Double {
        let (low, high) = bounds
        return top + (high - value) / (high - low) * (Self.height - top - bottom)
    }

    private var axes: Markup {
        let (low, high) = bounds
        let (end, floor) = (Self.width - right, Self.height - bottom)
        var parts: [Markup] = []
        for tick in Self.ticks(low, high, about: 5) {
            parts.append(
                """
                <line class="grid" x1="\(at: left)" x2="\(at: end)" y1="\(at: y(tick))" y2="\(at: y(tick))"/>\
                <text x="\(at: left - 5)" y="\(at: y(tick))" dy=".32em" text-anchor="end">\(shortFigure(tick))</text>
                """)
        }
        if let first = times.first, let last = times.last, last > first {
            for tick in Self.clockTicks(first, last) {
                parts.append(
                    """
                    <line class="grid" x1="\(at: x(tick))" x2="\(at: x(tick))" y1="\(at: top)" y2="\(at: floor)"/>\
                    <text x="\(at: x(tick))" y="\(at: Self.height - 8)" text-anchor="middle">\(Self.clock(tick))</text>
                    """)
            }
            for mark in marks where (first...last).contains(mark.seconds) {
                let place = x(mark.seconds)
                parts.append(
                    "<line class=\"mark\" x1=\"\(at: place)\" x2=\"\(at: place)\" y1=\"\(at: top)\" y2=\"\(at: floor)\"/><text class=\"strong\" x=\"\(at: place)\" y=\"\(at: top - 1)\" text-anchor=\"middle\">\(mark.name)</text>"
                )
            }
        }
        return parts.joined("\n")
    }

    private var lines: Markup {
        series.map { one in
            var path = ""
            var isDrawing = false
            for (i, value) in one.values.enumerated() {
                guard let value else {
                    isDrawing = false
                    continue
                }
                path += String(format: "%@%.1f %.1f", isDrawing ? "L" : "M", x(times[i]), y(value))
                isDrawing = true
            }
            let dash: Markup = one.isDashed ? " stroke-dasharray=\"4 3\"" : ""
            return
                "<path d=\"\(path)\" fill=\"none\" stroke=\"\(one.color)\" stroke-width=\"1.6\"\(dash)><title>\(one.name)</title></path>"
                as Markup
        }.joined("\n")
    }

    private var bars: Markup {
        let width = max(0.8, (Self.width - left - right) / Double(max(1, times.count)) - 0.4)
        var parts: [Markup] = []
        for i in times.indices {
            var base = 0.0
            for one in series {
                guard let value = one.values[i], value > 0 else { continue }
                let (from, to) = (y(base), y(base + value))
                if from - to >= 0.05 {
                    parts.append(
                        "<rect x=\"\(at: x(times[i]) - width / 2)\" y=\"\(at: to)\" width=\"\(at: width)\" height=\"\(at: from - to)\" fill=\"\(one.color)\"><title>\(Self.clock(times[i])) \(one.name) \(shortFigure(value))</title></rect>"
                    )
                }
                base += value
            }
        }
        return parts.joined("\n")
    }

    /// Round moments of a clock between two, at most a dozen.
    static func clockTicks(_ first: Int64, _ last: Int64) -> [Int64] {
        let spacings: [Int64] = [600, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]
        // Of a recording with times far apart the ticks are not round, but few.
        let spacing = spacings.first { (last - first) / $0 <= 6 } ?? max(86_400, (last - first) / 6)
        return Array(stride(from: (first + spacing - 1) / spacing * spacing, through: last, by: Int(spacing)))
    }

    /// Round numbers between two, at a step of 1, 2 or 5 times a power of ten.
    static func ticks(_ low: Double, _ high: Double, about count: Int) -> [Double] {
        let raw = (high - low) / Double(count)
        guard raw > 0, raw.isFinite else { return [low] }
        let power = Double.pow(10, floor(Double.log10(raw)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw * 0.999 } ?? raw
        return stride(from: (low / step).rounded(.up), through: (high / step).rounded(.down), by: 1)
            .map { $0 * step }
    }

    static func clock(_ seconds: Int64) -> String {
        String(format: "%02d:%02d", seconds / 3600 % 24, seconds / 60 % 60)
    }
}

import Primitives
import Recording
import Scenarios
import Validation

/// The moments marked in every chart: the announcement, the low, outages. A letter stands in the charts, the words above them.
extension RunPage {
    struct Mark {
        var seconds: Int64
        var words: String
    }

    private var moments: [Mark] {
        var all: [Mark] = []
        if !run.isCalm { all.append(Mark(seconds: news, words: "announcement \(Chart.clock(news))")) }
        if let low = run.summary.fallTimeUtc[reference].flatMap({ SimTime(iso8601: $0) }), low.seconds > news
        {
            all.append(Mark(seconds: low.seconds, words: "low of \(reference) \(Chart.clock(low.seconds))"))
        }
        // One mark for all that one venue stopped at one moment.
        var stops: [String: (from: SimTime, until: SimTime, kinds: [String])] = [:]
        for outage in outages {
            stops["\(outage.venue) \(outage.from.seconds)", default: (outage.from, outage.until, [])].kinds
                .append(outage.kind)
        }
        for (name, stop) in stops.sorted(by: { ($0.value.from, $0.key) < ($1.value.from, $1.key) }) {
            let venue = name.split(separator: " ").first.map(String.init) ?? name
            all.append(
                Mark(
                    seconds: stop.from.seconds,
                    words:
                        "\(venue): no \(stop.kinds.joined(separator: ", no ")) \(Chart.clock(stop.from.seconds)) to \(Chart.clock(stop.until.seconds))"
                ))
        }
        guard let first = series.times.first, let last = series.times.last else { return [] }
        return all.filter { (first..<last + 60).contains($0.seconds) }.sorted { $0.seconds < $1.seconds }
    }

    /// A, B, C, in the order of time.
    private var lettered: [(letter: String, mark: Mark)] {
        zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", moments).map { (String($0), $1) }
    }

    /// Marks nearer to each other than a label is wide, on the narrowest screen, share one.
    var marks: [(seconds: Int64, name: String)] {
        guard let first = series.times.first, let last = series.times.last else { return [] }
        let nearest = max(60, (last - first) / 12)
        var marks: [(seconds: Int64, name: String)] = []
        for (letter, mark) in lettered {
            let minute = series.times.last { $0 <= mark.seconds } ?? first
            if let before = marks.indices.last, minute - marks[before].seconds < nearest {
                marks[before].name += letter
            } else {
                marks.append((minute, letter))
            }
        }
        return marks
    }

    var markLegend: Markup {
        let all = lettered
        guard !all.isEmpty else { return "" }
        let items = all.map { "<span><b>\($0.letter)</b> \($0.mark.words)</span>" as Markup }.joined()
        return "<p class=\"marks\">\(items)</p>"
    }

    func marked(_ chart: Chart) -> Chart {
        var chart = chart
        chart.marks = marks
        return chart
    }
}

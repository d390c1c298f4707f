/// Times of a file: their span, the largest gap, what is out of order. What unit they are in, the format says.
struct Clock {
    enum Unit: Double {
        case seconds = 1
        case milliseconds = 1e3
        case microseconds = 1e6
    }
    private let unit: Unit
    private var first: Int64?
    private var last: Int64?
    private var gap: Int64 = 0
    private var backwards = 0

    init(_ unit: Unit) { self.unit = unit }

    mutating func see(_ text: String, _ file: String, _ line: Int, _ health: inout Health) {
        guard let time = Int64(text), time.magnitude < 1 << 61 else {
            return health.warn("time that is none", file, line, "`\(text.prefix(40))`")
        }
        if let last {
            if time < last { backwards += 1 }
            gap = max(gap, time - last)
        }
        first = first ?? time
        last = max(last ?? time, time)
    }

    func end(_ file: String, _ health: inout Health) {
        guard let first, let last else { return }
        let (span, hole) = (Double(last - first) / unit.rawValue, Double(gap) / unit.rawValue)
        if backwards > 0 {
            health.warn("out of order", file, 0, "\(backwards) times lie before the one above")
        }
        if hole > 60 && hole > span / 20 {
            health.warn("gap", file, 0, "\(hole) seconds without a row, of \(span)")
        }
        // A unit that is not the format's shows: times lie outside the years that venues have recorded.
        for time in [first, last] where !(1.2e9...4e9).contains(Double(time) / unit.rawValue) {
            return health.warn(
                "another unit of time", file, 0,
                "\(time) is no time of this century in \(unit), which the format has")
        }
    }
}

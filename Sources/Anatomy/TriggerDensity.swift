import InputFiles
import Primitives

/// Notional of forced sales by the drawdown that triggers them: piecewise constant, zero where nothing is stated.
public struct TriggerDensity: Sendable, Equatable {
    /// From a drawdown to a higher one, as logarithms: ln(p0 / p); dollars of forced sales per unit log price.
    public struct Segment: Sendable, Equatable {
        public var from: Double
        public var to: Double
        public var notionalPerLog: Double
        public init(from: Double, to: Double, notionalPerLog: Double) {
            self.from = from
            self.to = to
            self.notionalPerLog = notionalPerLog
        }
    }

    public let segments: [Segment]

    /// - Precondition: segments rise without overlap, see `read`.
    public init(_ segments: [Segment]) {
        precondition(zip(segments, segments.dropFirst()).allSatisfy { $0.to <= $1.from }, "segments overlap")
        precondition(segments.allSatisfy { 0 <= $0.from && $0.from < $0.to && $0.notionalPerLog >= 0 })
        self.segments = segments
    }

    /// Where the last trigger is; 0 without any.
    public var end: Double { segments.last { $0.notionalPerLog > 0 }?.to ?? 0 }

    /// Just above a drawdown.
    public func density(at drawdown: Double) -> Double {
        segments.first { $0.from <= drawdown && drawdown < $0.to }?.notionalPerLog ?? 0
    }

    /// Dollars triggered between no drawdown and this one.
    public func sold(to drawdown: Double) -> Double {
        segments.reduce(0) { sum, s in
            drawdown <= s.from ? sum : sum + s.notionalPerLog * (min(drawdown, s.to) - s.from)
        }
    }

    /// Reads `drawdown_from,drawdown_to,notional_per_log`, one segment a row.
    ///
    /// - Throws: `InputError` with the line and column for anything that is not a rising list of segments.
    public static func read(_ path: String) throws -> TriggerDensity {
        let table = try ColumnTable(path, columns: ["drawdown_from", "drawdown_to", "notional_per_log"])
        var segments: [Segment] = []
        for row in table.rows {
            let from = try table.number(row, 0)
            let to = try table.number(row, 1)
            let density = try table.number(row, 2)
            func refuse(_ key: String, _ value: Double, _ allowed: String) -> InputError {
                InputError(file: path, line: row.line, key: key, found: "\(value)", allowed: allowed)
            }
            guard from >= 0 else { throw refuse("drawdown_from", from, "zero or more") }
            guard to > from else { throw refuse("drawdown_to", to, "more than drawdown_from, \(from)") }
            guard density >= 0 else { throw refuse("notional_per_log", density, "zero or more US dollars") }
            if let last = segments.last, from < last.to {
                throw refuse(
                    "drawdown_from", from,
                    from < last.from
                        ? "segments in rising order: the row before begins at \(last.from)"
                        : "segments that do not overlap: the row before ends at \(last.to)")
            }
            segments.append(Segment(from: from, to: to, notionalPerLog: density))
        }
        guard !segments.isEmpty else {
            throw InputError(file: path, found: "no rows", allowed: "at least one segment")
        }
        return TriggerDensity(segments)
    }
}

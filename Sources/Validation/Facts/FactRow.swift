import Primitives
import Recording

/// A recorded fact beside one run or several.
public struct FactRow: Codable, Sendable {
    /// Its measure, with arguments.
    public var fact: String
    public var name: String
    public var role: String
    public var unit: String
    public var source: String
    public var recordedLow: Double
    public var recordedHigh: Double
    /// Nil where no run tells; of runs that ended too early, what they came to (`reason` says so).
    @OrNull public var simulatedMedian: Double? = nil
    /// Nil of fewer than two runs: one run has no interval.
    @OrNull public var simulatedP5: Double? = nil
    @OrNull public var simulatedP95: Double? = nil
    /// Whether the median lies in the band; nil where that is not judged.
    @OrNull public var inside: Bool? = nil
    /// Why it is not judged; nil where it is.
    @OrNull public var reason: String? = nil
    /// Those that tell.
    public var runs: Int

    /// Roles whose rows are judged; the others are shown.
    public static let judgedRoles = ["fit", "held_out", "always"]
    private static let shown = [
        "reported": "reported, not judged", "imposed": "an input of the run",
        "anchor": "assumptions were set to agree with it",
    ]
    public static var roles: [String] { judgedRoles + shown.keys.sorted() }

    /// - Parameter seen: what each run tells.
    public init(_ fact: Fact, _ seen: [Seen]) {
        // What must always hold is judged at whatever moment a run ended.
        func told(_ one: Seen) -> Double? {
            one.value(upTo: fact.high) ?? (fact.role == "always" ? one.shown : nil)
        }
        let values = seen.compactMap(told)
        self.fact = fact.measure.text
        name = fact.name
        role = fact.role
        unit = fact.unit
        source = fact.source
        recordedLow = fact.low
        recordedHigh = fact.high
        simulatedMedian = quantile(values.isEmpty ? seen.compactMap(\.shown) : values, 0.5)
        simulatedP5 = values.count > 1 ? quantile(values, 0.05) : nil
        simulatedP95 = values.count > 1 ? quantile(values, 0.95) : nil
        runs = values.count
        let why = seen.first { told($0) == nil }?.why
        if let shown = Self.shown[fact.role] {
            reason = shown
        } else if values.isEmpty {
            reason = why ?? "no run"
        } else if values.count * 2 <= seen.count {
            reason = "told by \(values.count) of \(seen.count) runs (\(why ?? ""))"
        } else {
            inside = simulatedMedian.map { (fact.low...fact.high).contains($0) }
        }
    }

    public var verdict: String {
        if let inside { return inside ? "inside" : "MISSED" }
        if Self.shown[role] != nil { return simulatedMedian != nil ? "–" : "not told" }
        return "not judged: \(reason ?? "")"
    }

    /// Every fact beside the runs, in the table's order.
    ///
    /// - Throws: `InputError` for a recording that cannot be read.
    public static func rows(_ facts: [Fact], _ runs: [RunRecord]) throws -> [FactRow] {
        try facts.map { fact in FactRow(fact, try runs.map { try fact.seen($0) }) }
    }

    // MARK: Text

    private static let titles = ["fact", "role", "asked", "median", "5-95 %", "unit", "verdict"]

    var cells: [String] {
        let (unit, factor) = shownUnit
        func rounded(_ x: Double) -> String { Validation.rounded(x * factor) }
        var band = ""
        if let low = simulatedP5, let high = simulatedP95 { band = "\(rounded(low)) to \(rounded(high))" }
        return [
            name, role.replacing("_", with: " "),
            recordedLow == recordedHigh
                ? rounded(recordedLow) : "\(rounded(recordedLow)) to \(rounded(recordedHigh))",
            simulatedMedian.map(rounded) ?? "–", band, unit, verdict,
        ]
    }

    /// Dollars from a million on are read in millions or billions, whatever the table counts in.
    private var shownUnit: (name: String, factor: Double) {
        let figures = [recordedLow, recordedHigh, simulatedMedian, simulatedP5, simulatedP95].compactMap {
            $0
        }
        let largest = figures.map(abs).max() ?? 0
        guard unit == MeasureUnit.usd.name, largest >= 1e6 else { return (unit, 1) }
        let readable = MeasureUnit.usd.readable(largest)
        return (readable, MeasureUnit.usd.converted(1, to: readable))
    }

    static func lines(_ rows: [FactRow]) -> [String] { aligned([titles] + rows.map(\.cells)) }

    /// For the terminal.
    public static func text(_ rows: [FactRow]) -> String { lines(rows).joined(separator: "\n") }
}

import Primitives
import Scenarios

/// A recorded fact beside one run or several.
public struct FactRow: Codable, Sendable {
    public var fact: String
    public var name: String
    public var role: String
    public var unit: String
    public var source: String
    public var recordedLow: Double
    public var recordedHigh: Double
    /// Nil where no run tells.
    public var simulatedMedian: Double?
    public var simulatedP5: Double?
    public var simulatedP95: Double?
    /// Whether the median lies in the band; nil without a figure, and for what is only reported.
    public var inside: Bool?
    public var runs: Int

    public init(_ fact: Fact, _ values: [Double]) {
        self.fact = fact.key
        name = fact.name
        role = fact.role
        unit = fact.unit
        source = fact.source
        recordedLow = fact.low
        recordedHigh = fact.high
        simulatedMedian = quantile(values, 0.5)
        simulatedP5 = quantile(values, 0.05)
        simulatedP95 = quantile(values, 0.95)
        runs = values.count
        inside = fact.role == "reported" ? nil : simulatedMedian.map { (fact.low...fact.high).contains($0) }
    }

    public var verdict: String { inside.map { $0 ? "inside" : "MISSED" } ?? (runs == 0 ? "not told" : "–") }

    /// Every fact beside the runs, in the table's order.
    public static func rows(_ facts: [Fact], _ runs: [RunRecord]) -> [FactRow] {
        let measures = runs.map(Measures.init)
        return facts.map { fact in FactRow(fact, measures.compactMap { $0.value(fact.key) }) }
    }
}

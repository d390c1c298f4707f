import Primitives

/// A recorded figure that a result is set beside, with its source and what it was used for.
public struct Fact: Sendable {
    public var name: String
    /// What a run is asked.
    public var measure: MeasureCall
    public var low: Double
    public var high: Double
    /// Of the band: one of the measure's.
    public var unit: String
    public var role: String
    public var source: String

    public init(
        name: String, measure: MeasureCall, low: Double, high: Double, unit: String, role: String,
        source: String
    ) {
        self.name = name
        self.measure = measure
        self.low = low
        self.high = high
        self.unit = unit
        self.role = role
        self.source = source
    }

    /// What a run tells of it, in the fact's unit.
    ///
    /// - Throws: `InputError` for a recording that cannot be read.
    public func seen(_ run: RunRecord) throws -> Seen { try measure.seen(run, in: unit) }
}

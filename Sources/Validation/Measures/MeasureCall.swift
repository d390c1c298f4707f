import Primitives

/// A measure with its arguments, as facts, claims and controls name it: `fall_pct(asset=BTC)`.
public struct MeasureCall: Sendable {
    enum Value: Sendable, Equatable {
        case text(String)
        case list([String])
        case number(Double)
        case ranks(ClosedRange<Int>)
        case moment(Moment)
    }

    public let measure: Measure
    /// As written, with one space after each comma and none elsewhere.
    public let text: String
    let values: [String: Value]
    let names: MeasureNames

    /// What a run tells of it, in the measure's own unit.
    ///
    /// - Throws: `InputError` for a recording that cannot be read.
    public func seen(_ run: RunRecord) throws -> Seen {
        let reading = Reading(run: run, call: self)
        do {
            let seen = try measure.read(reading)
            guard measure.isOfEvent, let why = try reading.endedEarly() else { return seen }
            guard run.endedBefore == nil else { return .nothing(why: why) }
            guard case .value(let x) = seen else { return .nothing(why: why) }
            return .soFar(x, why: why)
        } catch let untold as Untold { return .nothing(why: untold.why) }
    }

    /// The same in another of the measure's units.
    ///
    /// - Throws: `InputError` for a recording that cannot be read.
    public func seen(_ run: RunRecord, in unit: String) throws -> Seen {
        converted(try seen(run), to: unit)
    }

    func converted(_ seen: Seen, to unit: String) -> Seen {
        seen.map { measure.unit.converted($0, to: unit) }
    }
}

extension Seen {
    fileprivate func map(_ change: (Double) -> Double) -> Seen {
        switch self {
        case .value(let x): .value(change(x))
        case .atLeast(let x, let why): .atLeast(change(x), why: why)
        case .soFar(let x, let why): .soFar(change(x), why: why)
        case .nothing: self
        }
    }
}

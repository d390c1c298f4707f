import Primitives
import Recording

/// The control runs of an event: what is changed in each, and what must hold of it.
public struct Controls: Sendable {
    public struct Run: Sendable {
        public var name: String
        /// In words.
        public var what: String
        /// Keys of the scenario and their values, in the file's order.
        public var settings: [(key: String, value: String)]
        var holds: [Hold]
        /// Reported, never judged.
        var shows: [MeasureCall]
        /// What its run is set beside.
        public var facts: [Fact]

        /// - Throws: `InputError` for a run that is not this control.
        public func check(_ run: FinishedRun) throws {
            for (key, value) in settings {
                let found = run.manifest.settings[key]?.text
                if found == value || found.flatMap(Double.init) == Double(value) && Double(value) != nil {
                    continue
                }
                throw InputError(
                    file: run.folder + "/manifest.json", key: "settings.\(key)",
                    found: found.map { "`\($0)`" } ?? "nothing", allowed: "\(value), of the control \(name)")
            }
        }
    }

    /// What must hold of one figure of a control.
    struct Hold: Sendable {
        enum Bound: Sendable {
            case band(ClosedRange<Double>)
            /// Less than this part of the median over the event's runs.
            case belowOfEvent(Double)
        }
        var measure: MeasureCall
        var bound: Bound
    }

    /// What must hold of the event's runs together.
    struct Seeds: Sendable {
        var what: String
        var measure: MeasureCall
        /// Fewer do not tell.
        var runs: Int
        /// From 5 to 95 % of them, and between neighbours, at most.
        var band: Double
        var gap: Double
    }

    public var runs: [Run] = []
    var seeds: [Seeds] = []
    /// Of the event's first run.
    var shows: [MeasureCall] = []

    public init() {}

    /// - Throws: `InputError` for a name that is none of them.
    public func run(named name: String, option: String) throws -> Run {
        if let run = runs.first(where: { $0.name == name }) { return run }
        throw InputError(
            file: option, found: "`\(name)`",
            allowed: runs.isEmpty
                ? "nothing: no controls of this event are described"
                : runs.map(\.name).joined(separator: ", "),
            nearest: nearestName(to: name, among: runs.map(\.name)))
    }
}

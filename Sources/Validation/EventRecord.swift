import Primitives
import Scenarios

/// What is recorded of an event: what its measures may name, the facts, what was said of it, and its control runs.
public struct EventRecord: Sendable {
    public let names: MeasureNames
    public private(set) var facts: [Fact] = []
    public private(set) var claims: [Claim] = []
    public private(set) var controls = Controls()

    /// Reads the tables of an event, those that it has.
    ///
    /// - Throws: `InputError` naming file, line and column or key.
    public init(
        names: MeasureNames, facts: EventTables.File? = nil, claims: EventTables.File? = nil,
        controls: EventTables.File? = nil
    ) throws(InputError) {
        self.names = names
        if let facts {
            self.facts = try FactFile.read(text: facts.text, file: facts.name, names: names)
        }
        if let claims {
            self.claims = try ClaimFile.read(text: claims.text, file: claims.name, names: names)
        }
        if let controls {
            self.controls = try Controls(text: controls.text, file: controls.name, names: names)
        }
    }

    /// Of a built-in scenario; without facts, claims and controls where none are recorded.
    public static func of(scenario: String) -> EventRecord {
        do {
            return try EventRecord(
                names: .builtIn, facts: EventTables.facts(of: scenario),
                claims: EventTables.claims(of: scenario), controls: EventTables.controls(of: scenario))
        } catch { preconditionFailure("a built-in table: \(error)") }
    }
}

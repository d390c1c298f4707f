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
    public init(_ scenario: Scenario) throws {
        try self.init(
            names: MeasureNames(scenario), facts: scenario.factFile,
            claims: scenario.event.files["claims.csv"], controls: scenario.event.files["controls.yaml"])
    }

    /// Of the event that a run kept in its folder.
    ///
    /// - Throws: `InputError` naming file, line and column or key.
    public init(_ run: FinishedRun) throws { try self.init(run.readScenario()) }

    init(
        names: MeasureNames, facts: EventFiles.File? = nil, claims: EventFiles.File? = nil,
        controls: EventFiles.File? = nil
    ) throws(InputError) {
        self.names = names
        if let facts {
            self.facts = try FactFile.read(text: facts.text, file: facts.path, names: names)
        }
        if let claims {
            self.claims = try ClaimFile.read(text: claims.text, file: claims.path, names: names)
        }
        if let controls {
            self.controls = try Controls(text: controls.text, file: controls.path, names: names)
        }
    }
}

import ArgumentParser
import Primitives
import Recording
import Scenarios
import Validation

/// The control runs of an event.
struct ScenarioControls: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controls",
        abstract: "An event's control runs, a line each: the name and what is set, as `run --set` takes it.")

    @Argument(
        help: "A built-in event, an event's folder or a YAML file.", completion: ScenarioNames.completion)
    var name: String

    func run() throws {
        let controls = try EventRecord(Scenario(ScenarioFile(named: name))).controls
        guard !controls.runs.isEmpty else {
            throw InputError(
                file: name, found: "no controls", allowed: "a scenario of which controls are described")
        }
        for run in controls.runs {
            print(([run.name] + run.settings.map { "\($0.key)=\($0.value)" }).joined(separator: " "))
        }
    }
}

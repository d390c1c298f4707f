import ArgumentParser
import Recording
import Validation

/// What facts, claims, controls and targets may ask of a run.
struct ScenarioMeasures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measures", abstract: "Every measure that facts, claims, controls and targets may name.",
        discussion: """
            What stands in brackets may be left out; a default is behind `=`. Times are UTC. `seen` is the moment until which
            a run must have come: an hour after the last announcement where it is not given.
            """)

    @Flag(help: "One JSON object on standard output.") var json = false

    private struct Row: Encodable {
        struct Argument: Encodable {
            var name: String
            var allowed: String
            var required: Bool
            var fallback: String?
        }
        var measure: String
        var unit: String
        /// In which a fact may give its band.
        var units: [String]
        var meaning: String
        var arguments: [Argument]
    }

    func run() throws {
        if json {
            let rows = Measure.all.map { measure in
                Row(
                    measure: measure.name, unit: measure.unit.name, units: measure.unit.allowed,
                    meaning: measure.meaning,
                    arguments: measure.arguments.map {
                        .init(
                            name: $0.name, allowed: $0.kind.form, required: $0.isRequired,
                            fallback: $0.fallback)
                    })
            }
            print(try Recording.json(["measures": rows]))
            return
        }
        for measure in Measure.all {
            print("\(measure.form)\n    \(measure.unit.allowed.joined(separator: ", ")): \(measure.meaning)")
        }
        print("\nArguments:")
        for line in Self.arguments { print("    " + line) }
    }

    /// Each with what it may be, once; where measures differ in it, with those that are meant.
    static var arguments: [String] {
        var forms: [(name: String, form: String, measures: [String])] = []
        for measure in Measure.all {
            for argument in measure.arguments {
                let form = argument.kind.form
                if let i = forms.firstIndex(where: { $0.name == argument.name && $0.form == form }) {
                    forms[i].measures.append(measure.name)
                } else {
                    forms.append((argument.name, form, [measure.name]))
                }
            }
        }
        return forms.map { item in
            let isOne = forms.count { $0.name == item.name } == 1
            return item.name.padded(10) + item.form
                + (isOne ? "" : ": \(item.measures.joined(separator: ", "))")
        }
    }
}

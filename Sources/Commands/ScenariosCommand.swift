import ArgumentParser
import Events
import Foundation
import Primitives
import Recording
import Scenarios
import Validation

struct ScenariosCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenarios", abstract: "What is built in, with sources; a file's errors.",
        discussion: HelpExamples.text(
            "scenarios list", "scenarios export october-2025 --out my-event", "scenarios validate my-event",
            "scenarios keys"),
        subcommands: [
            List.self, Show.self, Validate.self, Export.self, Keys.self, ScenarioMeasures.self,
            ScenarioControls.self,
        ])

    struct List: ParsableCommand {
        @Flag(help: "Print one JSON object.") var json = false

        private struct Output: Encodable {
            struct Event: Encodable {
                var name: String
                var title: String
                var startUtc: String
                var endUtc: String
                var stepSeconds: Double
            }
            var scenarios: [Event]
        }

        func run() throws {
            if json {
                let all = try BuiltInEvents.names.map { name in
                    let scenario = try Scenario(ScenarioFile(named: name))
                    return Output.Event(
                        name: name, title: scenario.title(), startUtc: "\(scenario.start)",
                        endUtc: "\(scenario.end)", stepSeconds: scenario.stepSeconds)
                }
                print(try Recording.json(Output(scenarios: all)))
                return
            }
            for name in BuiltInEvents.names {
                let scenario = try Scenario(ScenarioFile(named: name))
                print(name.padded(24) + scenario.title())
            }
        }
    }

    struct Show: ParsableCommand {
        @Argument(completion: ScenarioNames.completion) var name: String
        func run() throws {
            let scenario = try Scenario(ScenarioFile(named: name))
            print("\(scenario.name): \(scenario.title())\n\(scenario.text("note"))\n")
            for (path, setting) in scenario.file.settings.sorted(by: { $0.key < $1.key }) {
                var line = "\(path): \(setting.text)"
                if let low = setting.low, let high = setting.high { line += "  [\(low) to \(high)]" }
                if let role = setting.role { line += "  (\(role))" }
                if let source = setting.source { line += "\n    source: \(source)" }
                print(line)
            }
            print("")
            for (name, file) in scenario.file.files.files.sorted(by: { $0.key < $1.key }) {
                print("\(name.padded(20))\(file.path)")
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes an event as a folder of files to copy, edit and run.")
        @Argument(
            help: "A built-in event, an event's folder or a YAML file.", completion: ScenarioNames.completion)
        var name: String
        @Option(
            parsing: .unconditional, help: "The folder to make; it must not exist.",
            transform: Allowed.path("--out"))
        var out: String
        func run() throws {
            let scenario = try Scenario(ScenarioFile(named: name))
            guard !FileManager.default.fileExists(atPath: out) else {
                throw InputError(file: "--out", found: "`\(out)`, which exists", allowed: "a new folder")
            }
            try scenario.export(to: out)
            print(out)
        }
    }

    struct Validate: ParsableCommand {
        @Argument(completion: ScenarioNames.completion) var file: String
        func run() throws {
            let scenario = try Scenario(ScenarioFile(named: file))
            try scenario.check(RunOptions(seed: 1))
            _ = try EventRecord(scenario)
            print("\(scenario.name): valid, \(scenario.steps) steps")
        }
    }

    struct Keys: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Every key a scenario may set.")
        func run() {
            for key in ScenarioKeys.all {
                let fallback = key.fallback.map { "  (default: \($0.isEmpty ? "empty" : $0))" } ?? ""
                print("\(key.path.padded(48))\(key.meaning)\(fallback)")
            }
            for kind in EventTableKind.allCases {
                print("\n\(kind.file)")
                for column in kind.columns { print("  \(column.path.padded(46))\(column.meaning)") }
            }
            print(
                "\nA cell of \(EventTableKind.allCases.filter(\.takesCells).map(\.file).joined(separator: ", ")) may be set like a key: venues.binance.fund_usd\n"
            )
            print("\("extends".padded(48))a scenario whose keys this file changes")
        }
    }
}

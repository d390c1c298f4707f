import ArgumentParser
import Foundation
import MarketData
import Scenarios

struct ScenariosCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scenarios", abstract: "What is built in, with sources; a file's errors.",
        subcommands: [
            List.self, Show.self, Validate.self, Keys.self, ScenarioMeasures.self, ScenarioControls.self,
        ])

    struct List: ParsableCommand {
        func run() throws {
            for name in BuiltIn.scenarios {
                let scenario = try Scenario(ScenarioFile(named: name))
                print(name.padded(24) + scenario.title())
            }
        }
    }

    struct Show: ParsableCommand {
        @Argument var name: String
        func run() throws {
            let scenario = try Scenario(ScenarioFile(named: name))
            print("\(scenario.name): \(scenario.title())\n\(scenario.text("note"))\n")
            for key in ScenarioKeys.all {
                guard let setting = scenario.file.settings[key.path] else { continue }
                var line = "\(key.path): \(setting.text)"
                if let low = setting.low, let high = setting.high { line += "  [\(low) to \(high)]" }
                if let role = setting.role { line += "  (\(role))" }
                if let source = setting.source { line += "\n    source: \(source)" }
                print(line)
            }
        }
    }

    struct Validate: ParsableCommand {
        @Argument var file: String
        func run() throws {
            let scenario = try Scenario(ScenarioFile(named: file))
            try scenario.check(RunOptions(seed: 1))
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
            print(
                "\("market.tiers".padded(48))margin tiers in place of the rulebook's: rows of from_usd, max_leverage"
            )
            print("\("extends".padded(48))a scenario whose keys this file changes")
        }
    }
}

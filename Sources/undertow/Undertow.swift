import ArgumentParser
import Foundation
import InputFiles
import Primitives
import Recording

@main
struct Undertow: ParsableCommand {
    static let version = Manifest.version

    static let configuration = CommandConfiguration(
        commandName: "undertow",
        abstract: "Simulates leveraged crypto markets down to every margin account and order.",
        discussion: "Nothing here is investment advice.",
        version: version,
        subcommands: [
            QuickstartCommand.self, ImportCommand.self, StressCommand.self,
            RunCommand.self, CompareCommand.self, ReportCommand.self, ExportCommand.self, ClaimsCommand.self,
            CascadeCommand.self, AdlCommand.self, ReproduceCommand.self, SweepCommand.self,
            CalibrateCommand.self,
            AnatomyCommand.self, ExplainCommand.self, AttributeCommand.self, FragilityCommand.self,
            ReverseCommand.self,
            ScenariosCommand.self, ReplayCommand.self,
            VenuesCommand.self, CheckCommand.self,
            BookCommand.self,
            BenchCommand.self, LabCommand.self,
        ])

    /// Exit codes: 0 done, 1 a check did not hold, 2 bad input, 130 interrupted.
    static func main() {
        Output.begin()
        do {
            let arguments = factsWithValue(Array(CommandLine.arguments.dropFirst()))
            try VerbNames.check(arguments)
            var command = try parseAsRoot(arguments)
            try command.run()
            Output.end(0)
        } catch let error as InputError {
            complain("\(error)")
            Output.end(2)
        } catch let error as ExitCode {
            Output.end(error.rawValue)
        } catch is CancellationError {
            // Interrupted where half an answer is none.
            Output.end(130)
        } catch {
            let code = exitCode(for: error)
            if code == .success {
                // Help or the version: asked for, so a result.
                print(fullMessage(for: error))
                Output.end(0)
            }
            if let refusal = Allowed.lastRefusal {
                complain("\(refusal)")
            } else if code == .validationFailure {
                complain(fullMessage(for: error).replacingOccurrences(of: "Error: ", with: ""))
            } else {
                // Nothing a command throws of its own: whatever lies below it must not show its insides.
                complain(plainWords(error))
            }
            Output.end(2)
        }
    }

    /// `compare RUN --facts` means the built-in table: an option whose value may be left out.
    private static func factsWithValue(_ arguments: [String]) -> [String] {
        guard arguments.first == "compare", let i = arguments.firstIndex(of: "--facts"),
            i + 1 == arguments.count || arguments[i + 1].hasPrefix("--")
        else { return arguments }
        var all = arguments
        all.insert("built-in", at: i + 1)
        return all
    }

    static func complain(_ text: String) {
        Output.note("undertow: \(text)\n")
    }
}

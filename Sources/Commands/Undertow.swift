import ArgumentParser
import Foundation
import InputFiles
import Primitives
import Recording

/// The command line: every verb, for a process and for a program that has the engine in it.
public struct Undertow: ParsableCommand {
    public static let version = Manifest.version

    public static let configuration = CommandConfiguration(
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

    public init() {}

    /// The whole of the process: answers its command line and ends it.
    public static func main() -> Never { main(Array(CommandLine.arguments.dropFirst())) }

    /// The same for a program that has these arguments.
    public static func main(_ arguments: [String]) -> Never {
        Output.begin()
        let end = answer(arguments)
        if let error = end.error { complain("\(error)") } else if let words = end.words { complain(words) }
        Output.end(end.code)
    }

    /// How a command ended.
    public struct End: Sendable {
        /// 0 done, 1 a check did not hold, 2 bad input, 130 interrupted.
        public var code: Int32
        /// What was wrong with the input, where it was.
        public var error: InputError?
        /// What was wrong where nothing says it in parts.
        public var words: String?
    }

    /// Does what a command line says, for the caller of this thread.
    static func answer(_ arguments: [String]) -> End {
        end(of: {
            let arguments = factsWithValue(arguments)
            try VerbNames.check(arguments)
            var command = try parseAsRoot(arguments)
            try command.run()
        })
    }

    /// How a piece of work ended that may throw what commands throw.
    static func end(of work: () throws -> Void) -> End {
        do {
            try work()
            return End(code: 0)
        } catch let error as InputError {
            return End(code: 2, error: error)
        } catch let error as ExitCode {
            return End(code: error.rawValue)
        } catch is CancellationError {
            // Interrupted where half an answer is none.
            return End(code: 130)
        } catch {
            let code = exitCode(for: error)
            if code == .success {
                // Help or the version: asked for, so a result.
                print(fullMessage(for: error))
                return End(code: 0)
            }
            if let refusal = Caller.current.lastRefusal { return End(code: 2, error: refusal) }
            if code == .validationFailure {
                return End(
                    code: 2, words: fullMessage(for: error).replacingOccurrences(of: "Error: ", with: ""))
            }
            // Nothing a command throws of its own: whatever lies below it must not show its insides.
            return End(code: 2, words: plainWords(error))
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
        Caller.current.note("undertow: \(text)\n")
    }
}

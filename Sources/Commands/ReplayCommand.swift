import Analysis
import ArgumentParser
import Primitives
import Recording
import Running
import Scenarios

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Runs a folder's manifest again and compares the state hash.",
        discussion: HelpExamples.text("replay RUN"))

    @Argument(help: "A run folder.", completion: .directory) var folder: String
    @Option(
        parsing: .unconditional, help: "Threads; the result does not depend on it.",
        transform: Allowed.threads)
    var threads: Int = 1
    @Flag(help: "No progress.") var quiet = false

    func run() throws {
        let manifest = try Manifest.read(folder: folder)
        var run = try ScenarioRun(again: manifest, folder: folder)
        run.threads = threads
        var comparison = try HashComparison(folder: folder, manifest)
        if let end = comparison.stopAt { run.stopAt = end }
        let see: (SimTime, String) -> Bool = { comparison.see($0, $1) }
        let result = try run.executeShown(isQuiet: quiet, onMinute: see)
        let (isInterrupted, stateHash) = (result.isInterrupted, result.summary.stateHash)
        if isInterrupted { throw ExitCode(130) }
        switch comparison.verdict(stateHash) {
        case .identical(let words): print(words)
        case .differs(let words):
            print(words)
            throw ExitCode(1)
        }
    }
}

import Analysis
import ArgumentParser
import Foundation
import Primitives
import Recording
import Running
import Scenarios

struct QuickstartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quickstart",
        abstract: "A first run of a second, its page, and three commands to go on with.",
        discussion: """
            Runs `textbook-waterfall`: one model venue, one coin, a crash through every stage from margin call to deleveraging.
            """ + HelpExamples.text("quickstart", "quickstart --out somewhere"))

    @Option(
        parsing: .unconditional, help: "Where the run's folder is made.", transform: Allowed.path("--out"))
    var out: String = "runs"
    @Flag(help: "Only the folder.") var quiet = false

    func run() throws {
        var run = ScenarioRun(scenario: try Scenario(ScenarioFile(named: "textbook-waterfall")), seed: 1)
        run.record = .full
        run.out = out
        let result = try run.executeShown(isQuiet: quiet)
        if let failure = result.failure {
            throw InputError(
                file: result.summary.run, key: "--out", found: failure,
                allowed: "a writable folder with free space")
        }
        if result.isInterrupted { throw ExitCode(130) }
        let folder = result.summary.run
        guard !quiet else { return print(folder) }
        let account = try StoryList(folder: folder, most: 1).liquidated.first?.account
        print(result.report.text)
        print(
            """

            Its page: \(folder)/report.html
            Next:
              undertow explain \(folder)\(account.map { " --account \($0)" } ?? "")
              undertow run october-2025 --scale 50 --until 2025-10-10T22:00:00Z
              undertow scenarios list
            """)
    }
}

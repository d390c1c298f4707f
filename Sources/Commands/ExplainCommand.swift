import Analysis
import ArgumentParser
import Clearing
import Market
import Primitives
import Recording
import Running
import Scenarios
import Stress
import Venues

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "One account's story, step by step, in the venue's rule order.",
        discussion: """
            Told from the recording: every step the venue took against the account, the margin behind it and the rule. With --again
            the run is simulated once more from its manifest (same seed, same bytes) with the account watched: margin calls, its own
            orders, fees, funding and its place in the deleveraging queue too, in as long as the run took. Without --account the
            largest stories of the recording are listed.
            """
                + HelpExamples.text(
                    "explain RUN", "explain RUN --account binance:1234",
                    "explain RUN --account binance:1234 --again",
                    "explain STRESS --account bin-029 --shock -10"))

    @Argument(help: "A run folder, or that of a stress test.", completion: .directory) var folder: String
    @Option(
        help:
            "VENUE:NUMBER, of a coin-margined venue VENUE/COIN:NUMBER.")
    var account: String?
    @Option(
        parsing: .unconditional, help: "How many to list without --account.",
        transform: Allowed.whole("--most", 1...100_000))
    var most: Int = 10
    @Option(
        parsing: .unconditional,
        help: "Of a stress test's folder: the shock, as it was given; without it the last.")
    var shock: String?
    @Flag(help: "Simulate the run once more and tell everything.") var again = false
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    func run() throws {
        if StressAsked.isThere(folder) { return try explainStress(StressAsked(folder: folder)) }
        let manifest = try Manifest.read(folder: folder)
        guard let account else {
            let listing = try StoryList(folder: folder, most: max(1, most))
            guard json || !listing.liquidated.isEmpty else {
                throw InputError(
                    file: folder + "/run.sqlite", found: "nobody whose position was closed by force",
                    allowed: "a run with --record full in which somebody was, or --account to name one")
            }
            print(try json ? Recording.json(listing) : listing.text)
            return
        }
        let run = try ScenarioRun(again: manifest, folder: folder)
        guard again else {
            let story = try ToldStory(recorded: run, folder: folder, account: account)
            print(try json ? Recording.json(story) : story.text)
            return
        }
        let caller = Caller.current
        caller.watchSignals()
        var progress = Progress(run, "explain", isQuiet: quiet || json)
        defer { progress.end() }
        let watch = RunWatch(onStep: { progress.show($0) }, isInterrupted: { caller.isStopped })
        let story = try ToldStory(run, folder: folder, account: account, watch)
        print(try json ? Recording.json(story) : story.text)
    }
}

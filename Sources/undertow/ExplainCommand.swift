import Analysis
import ArgumentParser
import Clearing
import Market
import Primitives
import Recording
import Running
import Scenarios
import Venues

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "One account's story, step by step, in the venue's rule order.",
        discussion: """
            The run is simulated once more from its manifest (same seed, same bytes) with the account watched, so a story has every
            number and takes as long as the run. Without --account the largest stories of the recording are listed.
            """)

    @Argument(help: "A run folder.", completion: .directory) var folder: String
    @Option(
        help:
            "VENUE:NUMBER, of a coin-margined venue VENUE/COIN:NUMBER; a NUMBER for a scenario of one venue.")
    var account: String?
    @Option(
        parsing: .unconditional, help: "How many to list without --account.",
        transform: Allowed.whole("--most", 1...100_000))
    var most: Int = 10
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    func run() throws {
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
        Interrupt.watch()
        var progress = Progress(run, "explain", isQuiet: quiet || json)
        defer { progress.end() }
        let watch = RunWatch(onStep: { progress.show($0) }, isInterrupted: { Interrupt.isRequested })
        let story =
            run.scenario.isWholeMarket
            ? try ToldStory(run, folder: folder, account: account, watch) : try venue(run, account, watch)
        print(try json ? Recording.json(story) : story.text)
    }

    private func venue(_ run: ScenarioRun, _ text: String, _ watch: RunWatch) throws -> ToldStory {
        var built = try RunSession(run: run, isQuiet: quiet || json).world()
        let name = built.world.venue.rulebook.name
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        if parts.count == 2 && parts[0] != name {
            throw InputError(
                file: "--account", found: "`\(parts[0])`", allowed: "a NUMBER, or \(name):NUMBER",
                nearest: nearestName(to: parts[0], among: [name]))
        }
        guard let number = Int32(parts[parts.count - 1]), built.world.venue.house.exists(account: number)
        else {
            throw InputError(
                file: "--account", found: "`\(text)`",
                allowed: "a number from 0 to \(built.world.venue.house.accountCount - 1)")
        }
        var story = AccountStory(account: number)
        built.world.venue.house.watchedAccount = number
        story.begin(built.world.venue)
        while !built.world.isFinished && built.world.now < run.lastMoment {
            if watch.isInterrupted() { throw CancellationError() }
            built.world.step()
            _ = built.world.takeSeconds()
            story.see(&built.world.venue)
            watch.onStep(Double(built.world.steps))
        }
        story.end(built.world.venue)
        return ToldStory(run: folder, account: text, venue: name, story)
    }
}

import ArgumentParser
import Clearing
import Exchanges
import Foundation
import Market
import Primitives
import Recording
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
            "VENUE:NUMBER, of a coin-margined venue VENUE/COIN:NUMBER.")
    var account: String?
    @Option(
        parsing: .unconditional, help: "How many to list without --account.",
        transform: Allowed.whole("--most", 1...100_000))
    var most: Int = 10
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    private struct Output: Encodable {
        var run: String
        var account: String
        var venue: String
        var steps: [AccountStory.Line]
        var rules: [String]
    }

    func run() throws {
        let manifest = try Manifest.read(folder: folder)
        guard let account else {
            let listing = try StoryList(folder: folder, most: max(1, most))
            guard json || !listing.liquidated.isEmpty else {
                throw InputError(
                    file: folder + "/run.sqlite", found: "nobody whose position was closed by force",
                    allowed: "a run with --record full in which somebody was, or --account to name one")
            }
            print(try json ? Recording.json(listing, nullable: []) : listing.text)
            return
        }
        var session = try RunSession(again: manifest, folder: folder)
        session.isQuiet = quiet || json
        Interrupt.watch()
        let output = try market(session, account)
        if json {
            print(try Recording.json(output, nullable: []))
            return
        }
        print("\(output.venue), account \(output.account)\n")
        for line in output.steps {
            print(
                "\(line.timeUtc)  \(line.what)\(line.rule.isEmpty ? "" : "\n                      rule: \(line.rule)")"
            )
        }
        if !output.rules.isEmpty {
            print(
                "\nRules applied (A official text or code read, B seen in part or republished, C our choice):"
            )
            for rule in output.rules { print("  \(rule)") }
        }
    }

    // MARK: Running again

    private func market(_ session: RunSession, _ text: String) throws -> Output {
        var world = try session.wholeMarket()
        let (p, number) = try find(text, world.exchanges)
        var story = AccountStory(account: number)
        world.exchanges.perps[p].house.watchedAccount = number
        story.begin(world.exchanges.perps[p])
        var progress = session.progress("explain")
        while !world.isFinished && world.now < session.lastMoment {
            if Interrupt.isRequested { throw ExitCode(130) }
            world.step()
            story.see(&world.exchanges.perps[p])
            progress.show(Double(world.steps))
        }
        progress.end()
        story.end(world.exchanges.perps[p])
        return Output(
            run: folder, account: text, venue: label(p, world.exchanges), steps: story.lines,
            rules: story.rules)
    }

    private func label(_ p: Int, _ exchanges: borrowing Exchanges) -> String {
        if case .coin(let coin, _) = exchanges.perps[p].rulebook.settlement {
            return "\(exchanges.names[p])/\(coin)"
        }
        return exchanges.names[p]
    }

    private func find(_ text: String, _ exchanges: borrowing Exchanges) throws -> (
        exchange: Int, account: Int32
    ) {
        var labels: [String] = []
        for p in 0..<exchanges.perps.count { labels.append(label(p, exchanges)) }
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let p = labels.firstIndex(of: parts[0]) else {
            throw InputError(
                file: "--account", found: "`\(text)`",
                allowed: "VENUE:NUMBER with \(labels.joined(separator: ", "))",
                nearest: nearestName(to: parts.first ?? "", among: labels))
        }
        guard let number = Int32(parts[1]), exchanges.perps[p].house.exists(account: number) else {
            throw InputError(
                file: "--account", found: "`\(parts[1])`",
                allowed: "a number from 0 to \(exchanges.perps[p].house.accountCount - 1)")
        }
        return (p, number)
    }
}

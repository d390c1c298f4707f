import ArgumentParser
import Clearing
import Exchanges
import Foundation
import GRDB
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
            "VENUE:NUMBER, of a coin-margined venue VENUE/COIN:NUMBER; a NUMBER for a scenario of one venue.")
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
            try list()
            return
        }
        var session = try RunSession(again: manifest, folder: folder)
        session.isQuiet = quiet || json
        Interrupt.watch()
        let output =
            session.scenario.isWholeMarket ? try market(session, account) : try venue(session, account)
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
        var world = try session.scenario.wholeMarket(
            RunOptions(
                seed: session.seed, scale: session.scale, threads: session.threads, until: session.until))
        let (p, number) = try find(text, world.exchanges)
        var story = AccountStory(account: number)
        world.exchanges.perps[p].house.watchedAccount = number
        story.begin(world.exchanges.perps[p])
        var progress = Progress(
            "explain", total: Double(session.scenario.steps), unit: "steps", isQuiet: session.isQuiet)
        while !world.isFinished {
            if Interrupt.isRequested { throw ExitCode(130) }
            world.step()
            _ = world.takeRows()
            story.see(world.exchanges.perps[p])
            progress.show(Double(world.steps))
        }
        progress.end()
        story.end(world.exchanges.perps[p])
        return Output(
            run: folder, account: text, venue: label(p, world.exchanges), steps: story.lines,
            rules: story.rules)
    }

    private func venue(_ session: RunSession, _ text: String) throws -> Output {
        var world = try session.scenario.world(
            RunOptions(
                seed: session.seed, scale: session.scale, threads: session.threads, until: session.until))
        guard let number = Int32(text.split(separator: ":").last ?? ""),
            world.venue.house.exists(account: number)
        else {
            throw InputError(
                file: "--account", found: "`\(text)`",
                allowed: "a number from 0 to \(world.venue.house.accountCount - 1)")
        }
        var story = AccountStory(account: number)
        world.venue.house.watchedAccount = number
        story.begin(world.venue)
        var progress = Progress(
            "explain", total: Double(session.scenario.steps), unit: "steps", isQuiet: session.isQuiet)
        while !world.isFinished {
            if Interrupt.isRequested { throw ExitCode(130) }
            world.step()
            _ = world.takeSeconds()
            story.see(world.venue)
            progress.show(Double(world.steps))
        }
        progress.end()
        story.end(world.venue)
        return Output(
            run: folder, account: text, venue: world.venue.rulebook.name, steps: story.lines,
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

    // MARK: Listing

    private struct Listed: Encodable {
        var account: String
        var usd: Double
        var steps: Int
    }
    private struct Listing: Encodable {
        var liquidated: [Listed]
        var deleveraged: [Listed]
    }

    /// From the events of the recording: the largest by notional.
    private func list() throws {
        let count = max(1, most)
        let listing = try readRecording(folder + "/run.sqlite") { db in
            guard try db.columns(in: "events").contains(where: { $0.name == "venue_id" }),
                try Int.fetchOne(db, sql: "SELECT count(*) FROM (SELECT 1 FROM events LIMIT 1)") == 1
            else { return Listing(liquidated: [], deleveraged: []) }
            func rows(_ column: String, _ kinds: String) throws -> [Listed] {
                try Row.fetchAll(
                    db,
                    sql: """
                        WITH house AS (SELECT DISTINCT venue_id, counterparty AS account FROM events
                            JOIN stages ON stages.id = stage_id WHERE stage IN ('vault takeover', 'fund takeover'))
                        SELECT venue, settlement, \(column) AS account, sum(abs(coins) * CASE settlement WHEN 'USD' THEN price_usd ELSE 1 END) AS usd, count(*) AS steps
                        FROM events JOIN venues ON venues.id = venue_id JOIN stages ON stages.id = stage_id
                        WHERE \(column) IS NOT NULL AND stage IN (\(kinds)) AND NOT EXISTS (SELECT 1 FROM house
                            WHERE house.venue_id = events.venue_id AND house.account = events.\(column))
                        GROUP BY venue_id, \(column) ORDER BY usd DESC, venue_id, account LIMIT \(count)
                        """
                ).map { row in
                    let settlement: String = row["settlement"]
                    let venue: String = row["venue"]
                    let name = settlement == "USD" ? venue : "\(venue)/\(settlement)"
                    return Listed(
                        account: "\(name):\(row["account"] as Int64)", usd: row["usd"] ?? 0,
                        steps: row["steps"])
                }
            }
            return Listing(
                liquidated: try rows(
                    "account",
                    "'partial liquidation', 'full liquidation', 'vault takeover', 'fund takeover', 'auto-deleveraging'"
                ),
                deleveraged: try rows("counterparty", "'auto-deleveraging'"))
        }
        if json {
            print(try Recording.json(listing, nullable: []))
            return
        }
        if listing.liquidated.isEmpty {
            throw InputError(
                file: folder + "/run.sqlite", found: "no events",
                allowed: "a run with --record full, or --account to name one")
        }
        for (title, rows) in [
            ("closed by force", listing.liquidated), ("deleveraged as winners", listing.deleveraged),
        ] {
            print("Largest \(title):")
            for row in rows {
                print(
                    "  --account \(row.account)   \(String(format: "%.0f", row.usd)) USD in \(row.steps) events"
                )
            }
        }
    }
}

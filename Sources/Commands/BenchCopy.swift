import ArgumentParser
import Exchanges
import Foundation
import Market
import Primitives
import Recording
import Running
import Scenarios

/// How long a copy of the whole market takes and what it weighs; the copy, continued, must give the hash of the world.
struct BenchCopy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copies the whole market in a fall; world and copy, continued, must end with one hash.")
    @Option(
        parsing: .unconditional, help: "Like accounts merged into one.",
        transform: Allowed.whole("--scale", 1...1_000_000))
    var scale: Int = 50
    @Option(
        parsing: .unconditional, help: "Seconds of the fall before the copy, and after it.",
        transform: Allowed.whole("--seconds", 1...3600))
    var seconds: Int = 60
    @Option(parsing: .unconditional, help: "Seed of the world.", transform: Allowed.seed)
    var seed: UInt64 = 1
    @Flag(help: "Print one JSON object.") var json = false

    private struct Output: Encodable {
        var accounts: Int
        var books: Int
        var copySeconds: Double
        var hashSeconds: Double
        var megabytes: Double
        var stateHash: String
        var copyHash: String
    }

    func run() throws {
        // An announcement at the start, so that the books are not those of a quiet evening.
        let scenario = try Scenario(
            ScenarioFile(
                named: "october-2025",
                overrides: [
                    "news.time_utc=2025-10-10T20:00:10Z", "news.move_pct=-10", "news.digestion_minutes=1",
                ]))
        var world = try scenario.world(RunOptions(seed: seed, scale: scale))
        while world.steps < seconds { world.step() }
        let before = residentMegabytes() ?? 0
        let begun = ContinuousClock.now
        var copy = world.copy()
        let copySeconds = (ContinuousClock.now - begun).seconds
        let megabytes = (residentMegabytes() ?? 0) - before
        while world.steps < 2 * seconds { world.step() }
        while copy.steps < 2 * seconds { copy.step() }
        let hashed = ContinuousClock.now
        let hash = world.stateHash().hex
        let output = Output(
            accounts: world.metrics.leverage.before.accountsWithPositions, books: world.exchanges.books.count,
            copySeconds: copySeconds, hashSeconds: (ContinuousClock.now - hashed).seconds,
            megabytes: megabytes, stateHash: hash, copyHash: copy.stateHash().hex)
        try show(output, json)
        if output.copyHash != output.stateHash { throw ExitCode(1) }
    }
}

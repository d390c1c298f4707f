import ArgumentParser
import Benchmarks
import Primitives
import Recording

/// `bench book`: own accounts by the million, beside a plain sum over them.
struct BenchBook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "book",
        abstract:
            "Own accounts read, built, shocked and taken along a path; every answer beside a plain sum.",
        discussion: HelpExamples.text("bench book --accounts 1000000 --shocks 100"))
    @Option(
        parsing: .unconditional, help: "Accounts, each with a position.",
        transform: Allowed.whole("--accounts", 1...10_000_000))
    var accounts: Int = 1_000_000
    @Option(
        parsing: .unconditional, help: "Shocks of half a per cent more each.",
        transform: Allowed.whole("--shocks", 1...190))
    var shocks: Int = 100
    @Option(
        parsing: .unconditional, help: "Steps of the path.",
        transform: Allowed.whole("--path-steps", 1...1_000_000))
    var pathSteps: Int = 86_400
    @Option(parsing: .unconditional, help: "Threads.", transform: Allowed.threads) var threads: Int = 2
    @Option(parsing: .unconditional, help: "Seed of the accounts.", transform: Allowed.seed) var seed:
        UInt64 = 1
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let result = try OwnBookSweep(accounts: accounts, seed: seed).run(
            shocks: shocks, pathSteps: pathSteps, threads: threads)
        try show(result, json)
        if result.wrong > 0 { throw ExitCode(1) }
    }
}

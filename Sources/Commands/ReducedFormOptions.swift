import Analysis
import ArgumentParser
import Primitives
import Scenarios

/// What attribute, fragility and reverse have in common: the scenario's news in the reduced form, seeds, changes.
struct ReducedFormOptions: ParsableArguments {
    @Argument(
        help: "A whole-market scenario: its news is the shock.", completion: ScenarioNames.completion)
    var scenario: String
    @Option(
        parsing: .unconditional, help: "Seeds, from the first on.",
        transform: Allowed.whole("--seeds", 1...10_000))
    var seeds: Int = 16
    @Option(parsing: .unconditional, help: "The first seed.", transform: Allowed.seed)
    var seed: UInt64 = 1
    @Option(
        parsing: .unconditional,
        help: "The news in per cent of Bitcoin's price; the scenario's where nothing is said.",
        transform: Allowed.number("--shock-pct", 0...90, "0 to 90, a fall in per cent"))
    var shockPct: Double?
    @Option(
        parsing: .unconditional, help: "Leverage beyond one, times this.",
        transform: Allowed.number("--leverage", 0.01...20, "a number from 0.01 to 20"))
    var leverage: Double = 1
    @Option(
        parsing: .unconditional, help: "Depth of makers and bids, times this.",
        transform: Allowed.number("--depth", 0.001...1000, "a number from 0.001 to 1000"))
    var depth: Double = 1
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    func basis() throws -> ReducedFormBasis {
        try ReducedFormBasis(
            Scenario(ScenarioFile(named: scenario)), shockPct: shockPct, leverage: leverage, depth: depth)
    }

    /// Runs with progress; Ctrl-C ends them.
    func runs() -> ReducedFormRuns {
        let caller = Caller.current
        caller.watchSignals()
        let isQuiet = quiet || json
        let start = ContinuousClock.now
        return ReducedFormRuns(
            seeds: seeds, seed: seed,
            progress: { title, done, total in
                if let onProgress = caller.onProgress {
                    onProgress(title, "settings", Double(done), Double(total))
                    return
                }
                // A line for every eighth, from two seconds on.
                guard !isQuiet, done % max(1, total / 8) == 0, (ContinuousClock.now - start).seconds > 2
                else { return }
                caller.note("undertow: \(title): \(done) of \(total) settings\n")
            }, isInterrupted: { caller.isStopped })
    }
}

import ArgumentParser
import Foundation
import Primitives
import RealModule
import ReducedForm
import Scenarios

/// What attribute, fragility and reverse have in common: the scenario's news in the reduced form, seeds, changes.
struct ReducedFormOptions: ParsableArguments {
    @Argument(help: "A whole-market scenario: its news is the shock.") var scenario: String
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

    func parameters() throws -> ReducedFormParameters {
        let checked = try Scenario(ScenarioFile(named: scenario))
        guard checked.isWholeMarket else {
            throw InputError(
                file: scenario, found: "a scenario of one venue",
                allowed: "a whole-market scenario such as october-2025")
        }
        var p = ReducedFormParameters().scaled(leverage: leverage, depth: depth)
        p.shock = checked.flag("news.happens") ? -Double.log(1 + checked.number("news.move_pct") / 100) : 0
        p.digestionSeconds = checked.number("news.digestion_minutes") * 60
        if let shockPct {
            p.shock = -Double.log(1 - shockPct / 100)
        }
        return p
    }

    /// Behind the last seed comes the first.
    var ensemble: Ensemble { Ensemble(seeds: (0..<UInt64(seeds)).map { seed &+ $0 }) }

    /// Runs the settings with progress; Ctrl-C ends it with 130.
    func results(_ settings: [ReducedFormParameters], title: String) throws -> [[ReducedForm.Result]] {
        Interrupt.watch()
        let isQuiet = quiet || json
        let start = ContinuousClock.now
        let total = settings.count
        let runs = ensemble.run(
            settings,
            progress: { done in
                // A line for every eighth, from two seconds on.
                guard !isQuiet, done % max(1, total / 8) == 0, (ContinuousClock.now - start).seconds > 2
                else { return }
                Undertow.complain("\(title): \(done) of \(total) settings")
            }, isCancelled: { Interrupt.isRequested })
        if Interrupt.isRequested { throw ExitCode(130) }
        return runs.map { $0! }
    }
}

/// An outcome that the reduced form can be asked for.
enum ReducedFormOutcome: String, CaseIterable {
    case fallPct = "fall_pct"
    case altsFallPct = "alts_fall_pct"
    case liquidatedUSD = "liquidated_usd"
    case deleveragedUSD = "deleveraged_usd"

    func value(_ r: ReducedForm.Result) -> Double {
        switch self {
        case .fallPct: r.fallPct[0]
        case .altsFallPct: r.fallPct[1]
        case .liquidatedUSD: r.liquidated
        case .deleveragedUSD: max(0, r.deleveraged)
        }
    }
}

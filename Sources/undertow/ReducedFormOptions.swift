import ArgumentParser
import Foundation
import Primitives
import ReducedForm
import Scenarios

/// What attribute, fragility and reverse have in common: the scenario's news in the reduced form, seeds, changes.
struct ReducedFormOptions: ParsableArguments {
    @Argument(help: "A whole-market scenario: its news is the shock.") var scenario: String
    @Option(help: "Seeds, from the first on.") var seeds: Int = 16
    @Option(help: "The first seed.") var seed: UInt64 = 1
    @Option(help: "The news in per cent of Bitcoin's price; the scenario's where nothing is said.")
    var shockPct: Double?
    @Option(help: "Leverage beyond one, times this.") var leverage: Double = 1
    @Option(help: "Depth of makers and bids, times this.") var depth: Double = 1
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    func parameters() throws -> ReducedFormParameters {
        let checked = try Scenario(ScenarioFile(named: scenario))
        guard checked.isWholeMarket else {
            throw InputError(
                file: scenario, found: "a scenario of one venue",
                allowed: "a whole-market scenario such as october-2025")
        }
        guard (1...10_000).contains(seeds), (0.01...20).contains(leverage), (0.001...1000).contains(depth)
        else {
            throw InputError(
                file: "command line", found: "--seeds \(seeds) --leverage \(leverage) --depth \(depth)",
                allowed: "1 to 10,000 seeds, leverage .01 to 20, depth .001 to 1000")
        }
        var p = ReducedFormParameters().scaled(leverage: leverage, depth: depth)
        p.shock = checked.flag("news.happens") ? -log(1 + checked.number("news.move_pct") / 100) : 0
        p.digestionSeconds = checked.number("news.digestion_minutes") * 60
        if let shockPct {
            guard (0...90).contains(shockPct) else {
                throw InputError(file: "--shock-pct", found: "\(shockPct)", allowed: "0 to 90, a fall")
            }
            p.shock = -log(1 - shockPct / 100)
        }
        return p
    }

    var ensemble: Ensemble { Ensemble(seeds: (0..<UInt64(seeds)).map { seed + $0 }) }

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

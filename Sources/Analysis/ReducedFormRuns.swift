import Primitives
import RealModule
import ReducedForm
import Scenarios

/// Runs of the reduced form under many settings, every setting on the same seeds.
public struct ReducedFormRuns: Sendable {
    /// How many seeds, from the first on; behind the last of all seeds comes the first.
    public var seeds: Int
    public var seed: UInt64
    /// Called after every setting with what is being done and the settings done so far, of how many; from any thread.
    public var progress: @Sendable (_ title: String, _ done: Int, _ total: Int) -> Void
    /// Asked before every setting; from any thread.
    public var isInterrupted: @Sendable () -> Bool

    public init(
        seeds: Int, seed: UInt64,
        progress: @escaping @Sendable (_ title: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
        self.seeds = seeds
        self.seed = seed
        self.progress = progress
        self.isInterrupted = isInterrupted
    }

    /// By setting, then by seed.
    ///
    /// - Throws: `CancellationError` when interrupted.
    public func results(
        _ settings: [ReducedFormParameters], title: String
    ) throws -> [[ReducedForm.Result]] {
        let total = settings.count
        let runs = Ensemble(seeds: (0..<UInt64(seeds)).map { seed &+ $0 }).run(
            settings, progress: { [progress] done in progress(title, done, total) },
            isCancelled: isInterrupted)
        if isInterrupted() { throw CancellationError() }
        return runs.map { $0! }
    }
}

extension ReducedFormParameters {
    /// The parameters with the news of a scenario as their shock.
    ///
    /// - Parameters:
    ///   - shockPct: news in place of the scenario's, a fall in per cent.
    ///   - leverage, depth: factors on leverage beyond one, and on the depth of makers and bids.
    /// - Throws: `InputError` for an event whose index is given.
    public init(_ scenario: Scenario, shockPct: Double? = nil, leverage: Double = 1, depth: Double = 1) throws
    {
        try scenario.refuseImposedIndex()
        self = ReducedFormParameters().scaled(leverage: leverage, depth: depth)
        shock = scenario.announcementCount > 0 ? -Double.log(1 + scenario.number("news.move_pct") / 100) : 0
        digestionSeconds = scenario.number("news.digestion_minutes") * 60
        if let shockPct { shock = -Double.log(1 - shockPct / 100) }
    }
}

/// An outcome that the reduced form can be asked for.
public enum ReducedFormOutcome: String, CaseIterable, Sendable {
    case fallPct = "fall_pct"
    case altsFallPct = "alts_fall_pct"
    case liquidatedUSD = "liquidated_usd"
    case deleveragedUSD = "deleveraged_usd"

    /// In the unit of its name.
    public func value(_ r: ReducedForm.Result) -> Double {
        switch self {
        case .fallPct: r.fallPct[0]
        case .altsFallPct: r.fallPct[1]
        case .liquidatedUSD: r.liquidated
        case .deleveragedUSD: max(0, r.deleveraged)
        }
    }
}

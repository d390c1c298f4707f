import Foundation
import GRDB
import Primitives
import Recording
import Validation

/// What happened in a run and why, as `anatomy` prints it. What a run does not tell is nil, and `notJudged` says why.
public struct RunAnatomy: Encodable, Sendable {
    /// Over several runs, or a bootstrap over the minutes of one; one figure alone has no ends.
    public struct Interval: Encodable, Sendable {
        public var median: Double
        @OrNull public var low: Double?
        @OrNull public var high: Double?

        init(median: Double, low: Double? = nil, high: Double? = nil) {
            self.median = median
            self.low = low
            self.high = high
        }

        /// Nil of nothing.
        init?(_ values: [Double]) {
            guard let median = quantile(values, 0.5) else { return nil }
            self.init(median: median)
            if values.count > 1 { (low, high) = (quantile(values, 0.05), quantile(values, 0.95)) }
        }
    }
    /// Minutes on end in each of which a hundredth of the largest minute or more was closed by force.
    public struct Wave: Encodable, Sendable {
        public var fromUtc: String
        public var toUtc: String
        public var liquidatedUsd: Double
        public var causedByForcedUsd: Double?
        public var branchingRatio: Double?
    }
    /// Who lost what, dollars; of notional where the name says so.
    public struct Payers: Encodable, Sendable {
        public var liquidatedAccountsUsd: Double
        public var vaultTakeoverUsd: Double
        public var fundDrawUsd: Double
        public var deleveragedUsd: Double
        public var socialisedUsd: Double
        public var makersCapitalLostShare: Double?
        public var badDebtUsd: Double
        public var lendingBadDebtUsd: Double?
    }
    struct Minute: Sendable {
        var time: String
        var liquidated: Double
        var caused: Double?
    }

    /// Folders.
    public var runs: [String]
    /// Of every dollar closed by force, what is owed to earlier forced sales.
    @OrNull public var branchingRatio: Interval? = nil
    /// By asset: the fall over what the news explains of it.
    public var amplification: [String: Interval] = [:]
    /// By asset, of the fall's logarithm.
    public var forcedShareOfFall: [String: Interval] = [:]
    /// The seed of the first run, of which waves, payers and cascade are.
    public var firstSeed: UInt64
    /// Of the first run.
    public var waves: [Wave]
    /// In the first run.
    public var whoPaid: Payers
    /// Of the first run.
    @OrNull public var cascade: CascadeSummary? = nil
    /// Why, by key.
    public var notJudged: [String: String] = [:]

    /// - Parameter runs: of one scenario.
    /// - Throws: `InputError` if a recording cannot be read.
    public init(_ runs: [FinishedRun]) throws {
        self.runs = runs.map(\.folder)
        let summaries = runs.map(\.summary)
        let first = summaries[0]
        let minutes = try Self.minutes(runs[0].folder)
        firstSeed = first.seed
        waves = Self.waves(minutes)
        whoPaid = Payers(first)
        cascade = first.anatomy
        for asset in first.anatomy.falls.keys {
            let parts = summaries.compactMap { $0.anatomy.falls[asset] }
            amplification[asset] = Interval(parts.compactMap(\.amplification))
            forcedShareOfFall[asset] = Interval(parts.map(\.forcedShare))
        }
        if first.anatomy.closedUsd > 0 {
            branchingRatio =
                summaries.count > 1
                ? Interval(summaries.map(\.anatomy.branchingRatio))
                : Self.bootstrap(minutes, first.anatomy.branchingRatio, seed: first.seed)
        } else {
            notJudged["branching_ratio"] = "nothing was closed by force"
        }
    }

    private static func minutes(_ folder: String) throws -> [Minute] {
        try readRecording(folder + "/run.sqlite", tables: ["minutes"]) { db in
            let minutes = try RecordedMinutes(db)
            let (long, short) = (minutes.all("liquidated_long_usd"), minutes.all("liquidated_short_usd"))
            let caused = minutes.all("caused_by_forced_usd")
            return minutes.seconds.indices.map { i in
                Minute(
                    time: SimTime(seconds: minutes.seconds[i]).description, liquidated: long[i] + short[i],
                    caused: caused[i])
            }
        }
    }

    /// Minutes drawn with replacement; of fewer than two there is nothing to draw.
    static func bootstrap(_ minutes: [Minute], _ ratio: Double, seed: UInt64) -> Interval {
        let active = minutes.filter { $0.liquidated > 0 }
        guard active.count > 1 else { return Interval(median: ratio) }
        var draws = RandomStream(seed: seed, name: "anatomy")
        let samples = (0..<1000).map { _ -> Double in
            var (all, caused) = (0.0, 0.0)
            for _ in active {
                let minute = active[draws.integer(below: active.count)]
                all += minute.liquidated
                caused += minute.caused ?? 0
            }
            return all > 0 ? caused / all : 0
        }
        return Interval(median: ratio, low: quantile(samples, 0.05), high: quantile(samples, 0.95))
    }

    /// Runs of minutes in which each closed more than a hundredth of the largest.
    static func waves(_ minutes: [Minute]) -> [Wave] {
        let least = (minutes.map(\.liquidated).max() ?? 0) / 100
        var waves: [Wave] = []
        var isOpen = false
        for minute in minutes {
            guard minute.liquidated > least, least > 0 else {
                isOpen = false
                continue
            }
            if !isOpen {
                waves.append(
                    Wave(
                        fromUtc: minute.time, toUtc: minute.time, liquidatedUsd: 0,
                        causedByForcedUsd: minute.caused.map { _ in 0 }))
                isOpen = true
            }
            let last = waves.count - 1
            waves[last].toUtc = minute.time
            waves[last].liquidatedUsd += minute.liquidated
            if let caused = minute.caused { waves[last].causedByForcedUsd? += caused }
            waves[last].branchingRatio = waves[last].causedByForcedUsd.map { $0 / waves[last].liquidatedUsd }
        }
        return waves
    }
}

extension RunAnatomy.Payers {
    init(_ s: MarketSummary) {
        self.init(
            liquidatedAccountsUsd: s.marginLostUsd, vaultTakeoverUsd: s.vaultTakeoverUsd,
            fundDrawUsd: s.fundDrawUsd, deleveragedUsd: s.deleveragedUsd, socialisedUsd: s.socialisedLossUsd,
            makersCapitalLostShare: 1 - s.makerCapitalLeftMinShare, badDebtUsd: s.badDebtUsd,
            lendingBadDebtUsd: s.lendingBadDebtUsd)
    }
}

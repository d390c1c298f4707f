import ArgumentParser
import Foundation
import GRDB
import Primitives
import Recording
import Validation

struct AnatomyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anatomy",
        abstract: "What happened and why: waves, cascade tree, branching ratio, amplification, who paid.",
        discussion:
            "With several runs of one scenario each figure has its median and range. The interval of one run is a bootstrap over its minutes."
    )

    @Argument(help: "Folders of finished whole-market runs.") var runs: [String]
    @Flag(help: "One JSON object on standard output.") var json = false

    private struct Interval: Encodable {
        var median: Double
        var low: Double
        var high: Double
    }
    private struct Wave: Encodable {
        var fromUtc: String
        var toUtc: String
        var liquidatedUsd: Double
        var causedByForcedUsd: Double
        var branchingRatio: Double
    }
    private struct Payers: Encodable {
        var liquidatedAccountsUsd: Double
        var vaultTakeoverUsd: Double
        var fundDrawUsd: Double
        var deleveragedUsd: Double
        var socialisedUsd: Double
        var makersCapitalLostShare: Double
        var badDebtUsd: Double
        var lendingBadDebtUsd: Double
    }
    private struct Output: Encodable {
        var runs: [String]
        var branchingRatio: Interval
        var amplification: [String: Interval]
        var forcedShareOfFall: [String: Interval]
        var waves: [Wave]
        var whoPaid: Payers
        var cascade: CascadeSummary
    }

    private struct Minute: Sendable {
        var time: String
        var liquidated: Double
        var caused: Double
    }

    func run() throws {
        guard !runs.isEmpty else {
            throw InputError(
                file: "anatomy", found: "no run", allowed: "at least one folder of a finished run")
        }
        let records = try runs.map { try RunRecord(folder: $0) }
        let minutes = try runs.map { try self.minutes($0) }
        let first = records[0].summary
        let ratio: Interval
        if records.count > 1 {
            ratio = Self.interval(records.map { $0.summary.anatomy.branchingRatio })
        } else {
            ratio = Self.bootstrap(minutes[0], first.anatomy.branchingRatio, seed: first.seed)
        }
        var amplification: [String: Interval] = [:]
        var share: [String: Interval] = [:]
        for (asset, _) in first.anatomy.falls {
            let parts = records.compactMap { $0.summary.anatomy.falls[asset] }
            let factors = parts.compactMap(\.amplification)
            if !factors.isEmpty { amplification[asset] = Self.interval(factors) }
            share[asset] = Self.interval(parts.map(\.forcedShare))
        }
        let output = Output(
            runs: runs, branchingRatio: ratio, amplification: amplification, forcedShareOfFall: share,
            waves: Self.waves(minutes[0]),
            whoPaid: Payers(
                liquidatedAccountsUsd: first.marginLostUsd, vaultTakeoverUsd: first.vaultTakeoverUsd,
                fundDrawUsd: first.fundDrawUsd, deleveragedUsd: first.deleveragedUsd,
                socialisedUsd: first.socialisedLossUsd,
                makersCapitalLostShare: 1 - first.makerCapitalLeftMinShare,
                badDebtUsd: first.badDebtUsd, lendingBadDebtUsd: first.lendingBadDebtUsd),
            cascade: first.anatomy)
        if json {
            print(try Recording.json(output, nullable: []))
        } else {
            show(output)
        }
    }

    private func minutes(_ folder: String) throws -> [Minute] {
        try readRecording(folder + "/run.sqlite") { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT time_utc, liquidated_long_usd + liquidated_short_usd AS liquidated, caused_by_forced_usd AS caused
                    FROM minutes ORDER BY time_ms
                    """
            ).map { Minute(time: $0["time_utc"], liquidated: $0["liquidated"], caused: $0["caused"]) }
        }
    }

    private static func interval(_ values: [Double]) -> Interval {
        Interval(
            median: quantile(values, 0.5)!, low: quantile(values, 0.05)!, high: quantile(values, 0.95)!)
    }

    /// Minutes drawn with replacement.
    private static func bootstrap(_ minutes: [Minute], _ ratio: Double, seed: UInt64) -> Interval {
        let active = minutes.filter { $0.liquidated > 0 }
        guard !active.isEmpty else { return Interval(median: ratio, low: ratio, high: ratio) }
        var draws = RandomStream(seed: seed, name: "anatomy")
        let samples = (0..<1000).map { _ -> Double in
            var (all, caused) = (0.0, 0.0)
            for _ in active {
                let minute = active[draws.integer(below: active.count)]
                all += minute.liquidated
                caused += minute.caused
            }
            return all > 0 ? caused / all : 0
        }
        let range = interval(samples)
        return Interval(median: ratio, low: range.low, high: range.high)
    }

    /// Runs of minutes in which each closed more than a hundredth of the largest.
    private static func waves(_ minutes: [Minute]) -> [Wave] {
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
                        fromUtc: minute.time, toUtc: minute.time, liquidatedUsd: 0, causedByForcedUsd: 0,
                        branchingRatio: 0))
                isOpen = true
            }
            let last = waves.count - 1
            waves[last].toUtc = minute.time
            waves[last].liquidatedUsd += minute.liquidated
            waves[last].causedByForcedUsd += minute.caused
            waves[last].branchingRatio = waves[last].causedByForcedUsd / waves[last].liquidatedUsd
        }
        return waves
    }

    private func show(_ o: Output) {
        func number(_ x: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", x) }
        func interval(_ i: Interval) -> String {
            "\(number(i.median)) [\(number(i.low)) to \(number(i.high))]"
        }
        func bn(_ x: Double) -> String { number(x / 1e9, 3) }
        print(
            "branching ratio: \(interval(o.branchingRatio)) of every dollar closed by force is owed to earlier forced sales"
        )
        for (asset, value) in o.amplification.sorted(by: { $0.key < $1.key }) {
            let parts = o.cascade.falls[asset]!
            print(
                "\(asset): amplification \(interval(value)); of the fall (log \(number(parts.fallLog, 4))) news \(number(parts.newsLog, 4)), forced sales \(number(parts.forcedLog, 4)), everything else \(number(parts.otherLog, 4))"
            )
        }
        print("\nWaves (minutes above a hundredth of the largest):")
        var lines = [["from", "to", "liquidated bn", "branching ratio"]]
        for wave in o.waves {
            lines.append([wave.fromUtc, wave.toUtc, bn(wave.liquidatedUsd), number(wave.branchingRatio)])
        }
        print(aligned(lines).joined(separator: "\n"))
        let c = o.cascade
        print(
            "\nTrees: \(c.clusters), of \(number(c.meanClusterAccounts, 1)) accounts in the mean; the largest:"
        )
        lines = [["root", "asset", "accounts", "bn", "generations", "ledgers", "other assets"]]
        for item in c.largest {
            lines.append([
                item.rootUtc, item.firstAsset, "\(item.accounts)", bn(item.usd), "\(item.generations)",
                "\(item.venues)",
                item.crossesAssets ? "yes" : "no",
            ])
        }
        print(aligned(lines).joined(separator: "\n"))
        print(
            "\nAccounts by generation: \(c.accountsByGeneration.prefix(12).map { "\($0)" }.joined(separator: " "))\(c.accountsByGeneration.count > 12 ? " …" : "")"
        )
        let p = o.whoPaid
        print(
            "\nWho paid, bn: liquidated accounts lost \(bn(p.liquidatedAccountsUsd)) of margin; funds drew \(bn(p.fundDrawUsd)); winners were deleveraged of \(bn(p.deleveragedUsd)) notional; socialised \(bn(p.socialisedUsd)); bad debt \(bn(p.badDebtUsd)), in lending \(bn(p.lendingBadDebtUsd)); makers lost \(number(100 * p.makersCapitalLostShare, 0)) % of their capital at worst"
        )
    }
}

import Clearing
import Foundation
import Primitives
import RealModule
import Running
import Venues

/// What a mark update costs on each rulebook with the same resting population.
public struct MarkSweepResult: Encodable {
    public struct Venue: Encodable {
        public var venue: String
        public var microsecondsPerUpdate: Double
        /// Margin evaluations over all updates.
        public var accountChecks: Int
        /// Accounts found below maintenance margin and closed.
        public var liquidated: Int
    }
    public var accounts: Int
    public var updates: Int
    public var venues: [Venue]
    /// The slowest rulebook over the fastest.
    public var ratio: Double
    /// Rulebooks on which index and full scan differ at the end; must be 0.
    public var wrong: Int
    public var peakMemoryMb: Double
}

/// A million accounts of one market, each as far from its liquidation price on every rulebook, under a mark that falls by
/// 6 % and rises by 6 % over its start; whoever fails is closed at the mark.
public enum MarkSweep {
    /// - Throws: `InputError` if a rulebook does not read.
    public static func all(accounts: Int, updates: Int, repeats: Int) throws -> MarkSweepResult {
        var venues: [MarkSweepResult.Venue] = []
        var wrong: Set<String> = []
        let rulebooks = try Rulebook.builtInNames.map { try Rulebook.named($0, assets: ["BTC"]) }
        // In rounds, the fastest of each: other work on the machine slows whole stretches of time down.
        for round in 0..<repeats {
            for (i, rulebook) in rulebooks.enumerated() {
                let (result, isRight) = run(rulebook, accounts: accounts, updates: updates)
                if !isRight { wrong.insert(rulebook.name) }
                if round == 0 {
                    venues.append(result)
                } else if result.microsecondsPerUpdate < venues[i].microsecondsPerUpdate {
                    venues[i] = result
                }
            }
        }
        let costs = venues.map(\.microsecondsPerUpdate)
        return MarkSweepResult(
            accounts: accounts, updates: updates, venues: venues, ratio: costs.max()! / costs.min()!,
            wrong: wrong.count, peakMemoryMb: peakMemoryMegabytes())
    }

    private static func run(
        _ rulebook: Rulebook, accounts: Int, updates: Int
    ) -> (MarkSweepResult.Venue, Bool) {
        var house = ClearingHouse(
            markets: rulebook.markets.map(\.spec), convention: rulebook.margin, expectedAccounts: accounts,
            at: SimTime(seconds: 0))
        let unit = rulebook.markets[0].spec.unit
        // About as many ticks everywhere.
        let start = min(1_000_000.0, Double(rulebook.markets[0].spec.maxTicks) / 2)
        house.setMark(0, Ticks(Int(start)))
        var random = RandomStream(seed: 7, name: "bench/marks")
        for _ in 0..<accounts {
            let a = house.openAccount()
            let p = house.positionID(a, 0)
            _ = house.configure(p, leverage: 10, isolated: false)
            let usd = random.logNormal(median: 3000, logSD: 1.5)
            let lots = max(Lots(1), unit.lots(worth: usd, at: Ticks(Int(start))))
            house.book(p, random.chance(0.6) ? lots : -lots, at: Ticks(Int(start)))
            // Two per cent away at least, ten at the median.
            let state = house.margin(.cross(a))
            let away = 0.02 + random.logNormal(median: 0.08, logSD: 0.7)
            house.seedCash(
                state.maintenance + Money(micros: Int64(Double(state.notional.micros) * away)), of: a)
        }
        var found = Buffer<MarginScope>()
        house.scopesToLiquidate(into: &found)
        let before = house.marginChecks
        var liquidated = 0
        let clock = ContinuousClock.now
        for k in 1...updates {
            let mark = Ticks(Int(start * (1 - 0.06 * Double.sin(2 * .pi * Double(k) / Double(updates)))))
            house.setMark(0, mark)
            house.scopesToLiquidate(into: &found)
            for i in 0..<found.count {
                for p in house.openPositions(found[i]) { house.book(p, -house.position(p).lots, at: mark) }
                house.retry(found[i])
                liquidated += 1
            }
            house.events.removeAll()
        }
        let seconds = (ContinuousClock.now - clock).seconds
        house.scopesToLiquidate(into: &found)
        let scanned = house.scopesToLiquidateByFullScan()
        return (
            MarkSweepResult.Venue(
                venue: rulebook.name, microsecondsPerUpdate: seconds / Double(updates) * 1e6,
                accountChecks: house.marginChecks - before, liquidated: liquidated), scanned == found.elements
        )
    }
}

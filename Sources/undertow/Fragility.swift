import ArgumentParser
import Foundation
import Market
import Primitives
import Recording
import Scenarios

/// How far the same announcement makes Bitcoin fall when it comes (once more) at three moments of a run: at the start, at
/// the low, and at the end. Each is a fork: a copy of the run's world at that moment, which goes on with the announcement.
struct Fragility {
    let session: RunSession
    let summary: MarketSummary
    let forks: Forks
    /// How long after the announcement the fall is looked for.
    private static let hours = 2.0

    init(_ session: RunSession, after summary: MarketSummary, forks: Forks) {
        self.session = session
        self.summary = summary
        self.forks = forks
    }

    /// Percent, by fork, of BTC and TOTAL3 from the minute of the announcement.
    func falls() throws -> [String: Double] {
        let scenario = session.scenario
        let low = summary.fallTimeUtc["BTC"].flatMap { SimTime(iso8601: $0) } ?? scenario.reference
        let end = session.until ?? scenario.end
        var falls: [String: Double] = [:]
        try measure("low", forks.takeLow(at: low), at: low, into: &falls)
        try measure("start", forks.takeStart(), at: scenario.start.adding(seconds: 60), into: &falls)
        try measure("end", forks.takeEnd(), at: end, into: &falls)
        return falls
    }

    private func measure(
        _ name: String, _ fork: consuming WholeMarket, at time: SimTime, into falls: inout [String: Double]
    ) throws {
        fork.announce(session.scenario.announcement(at: time))
        fork.measureFalls(
            from: time.adding(seconds: -60), until: time.adding(seconds: Self.hours * 3600))
        while !fork.isFinished {
            // Half a fork is no answer.
            if Interrupt.isRequested { throw ExitCode(130) }
            fork.step()
            _ = fork.takeRows()
        }
        fork.finish()
        let result = MarketSummary(of: fork)
        falls["btc_fall_pct_at_\(name)"] = result.fallPct["BTC"]
        falls["total3_fall_pct_at_\(name)"] = result.fallPct["TOTAL3"]
        falls["liquidated_usd_total_with_shock_at_\(name)"] =
            result.liquidatedLongUsd + result.liquidatedShortUsd
    }
}

/// The moments of a run from which forks go on: its first, that of Bitcoin's low, and its last.
final class Forks {
    private var start: WholeMarket?
    private var last: WholeMarket?
    private var keeper = LowKeeper(asset: 0)

    func begin(_ world: borrowing WholeMarket) { start = world.copy() }

    /// Before every step.
    func see(_ world: borrowing WholeMarket) { keeper.see(world) }

    /// After the last step, before the run's totals are made.
    func end(_ world: borrowing WholeMarket) {
        keeper.see(world)
        last = world.copy()
    }

    func takeLow(at time: SimTime) -> WholeMarket {
        guard let first = start.take() else { preconditionFailure("a run begins") }
        let world = keeper.world(at: time, orFrom: first)
        start = consume first
        return world
    }

    func takeStart() -> WholeMarket {
        guard let world = start.take() else { preconditionFailure("a run begins") }
        return world
    }

    func takeEnd() -> WholeMarket {
        guard let world = last.take() else { preconditionFailure("a run ends") }
        return world
    }
}

import Market
import Primitives
import Recording
import Running
import Scenarios

/// How far the same announcement makes prices fall when it comes (once more) at three moments of a run: at the start, at the
/// low, and at the end. Each is a fork: a copy of the run's world at that moment, which goes on with the announcement.
public struct Fragility {
    private let scenario: Scenario
    private let summary: MarketSummary
    private let forks: Forks
    /// How long after the announcement the fall is looked for.
    private static let hours = 2.0

    /// - Parameters:
    ///   - summary: of the run itself, which says when its low was.
    ///   - forks: what `ScenarioRun.execute` kept of it.
    public init(_ scenario: Scenario, after summary: MarketSummary, forks: Forks) {
        self.scenario = scenario
        self.summary = summary
        self.forks = forks
    }

    /// Whether an event has an announcement that could come again, asked before the run.
    ///
    /// - Throws: `InputError` for an event without one, or whose index none moves.
    public static func check(_ scenario: Scenario) throws {
        try scenario.refuseImposedIndex()
        guard scenario.announcementCount > 0 else {
            throw InputError(
                file: scenario.name, key: "news.happens",
                found: "an event without an announcement: there is none that could come again",
                allowed: "an event with an announcement such as october-2025")
        }
    }

    /// By fork: the falls of BTC and TOTAL3 from the minute of the announcement, per cent, and what was liquidated, dollars.
    ///
    /// - Throws: `CancellationError` when interrupted: half a fork is no answer.
    public func falls(isInterrupted: () -> Bool = { false }) throws -> [String: Double] {
        let reference = summary.majors.first ?? ""
        let low = summary.fallTimeUtc[reference].flatMap { SimTime(iso8601: $0) } ?? scenario.reference
        let end = SimTime(iso8601: summary.simulatedUntilUtc ?? "") ?? scenario.end
        var falls: [String: Double] = [:]
        try measure("low", forks.takeLow(at: low), at: low, into: &falls, isInterrupted)
        let first = scenario.start.adding(seconds: 60)
        try measure("start", forks.takeStart(), at: first, into: &falls, isInterrupted)
        try measure("end", forks.takeEnd(), at: end, into: &falls, isInterrupted)
        return falls
    }

    private func measure(
        _ name: String, _ fork: consuming World, at time: SimTime, into falls: inout [String: Double],
        _ isInterrupted: () -> Bool
    ) throws {
        fork.announce(scenario.announcement(at: time))
        fork.measureFalls(
            from: time.adding(seconds: -60), until: time.adding(seconds: Self.hours * 3600))
        while !fork.isFinished {
            if isInterrupted() { throw CancellationError() }
            fork.step()
        }
        fork.finish()
        let result = MarketSummary(of: fork)
        falls["btc_fall_pct_at_\(name)"] = result.fallPct[summary.majors.first ?? ""]
        falls["total3_fall_pct_at_\(name)"] = result.fallPct["TOTAL3"]
        falls["liquidated_usd_total_with_shock_at_\(name)"] =
            result.liquidatedLongUsd + result.liquidatedShortUsd
    }
}

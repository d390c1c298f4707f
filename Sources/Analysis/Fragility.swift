import ArgumentParser
import Foundation
import Primitives
import Recording
import Scenarios

/// How far the same announcement makes Bitcoin fall when it comes (once more) at three moments of a run: at the start, at
/// the low, and at the end. A run of the same seed with a second announcement is a fork of the first: until then every
/// byte is the same.
struct Fragility {
    let session: RunSession
    let summary: MarketSummary
    /// How long after the announcement the fall is looked for.
    private static let hours = 2.0

    init(_ session: RunSession, after summary: MarketSummary) {
        self.session = session
        self.summary = summary
    }

    /// Percent, by fork, of BTC and TOTAL3 from the minute of the announcement.
    func falls() throws -> [String: Double] {
        let scenario = session.scenario
        let low = summary.fallTimeUtc["BTC"].flatMap { SimTime(iso8601: $0) } ?? scenario.reference
        let end = session.until ?? scenario.end
        var falls: [String: Double] = [:]
        for (name, time, isFirst) in [
            ("start", scenario.start.adding(seconds: 60), true), ("low", low, false), ("end", end, false),
        ] {
            let fork = try fork(at: time, isFirst: isFirst)
            falls["btc_fall_pct_at_\(name)"] = fork.fallPct["BTC"]
            falls["total3_fall_pct_at_\(name)"] = fork.fallPct["TOTAL3"]
            falls["liquidated_usd_total_with_shock_at_\(name)"] =
                fork.liquidatedLongUsd + fork.liquidatedShortUsd
        }
        return falls
    }

    private func fork(at time: SimTime, isFirst: Bool) throws -> MarketSummary {
        var settings = session.scenario.file.settings
        func set(_ path: String, _ text: String) {
            settings[path] = Setting(
                text: text, file: "--fragility", source: "fork of the run", role: "input")
        }
        if isFirst { set("news.happens", "false") }
        set("news.again_utc", time.description)
        set("window.reference_utc", time.adding(seconds: -60).description)
        set("window.end_utc", time.adding(seconds: Self.hours * 3600).description)
        var fork = session
        fork.scenario = try Scenario(
            ScenarioFile(settings: settings, tiers: session.scenario.file.tiers, name: "--fragility"))
        fork.until = nil
        fork.out = nil
        fork.isQuiet = true
        let result = try MarketSession(run: fork).execute()
        // Half a fork is no answer.
        if result.isInterrupted { throw ExitCode(130) }
        return result.summary
    }
}

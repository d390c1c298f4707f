import Primitives
import Recording
import Running
import Scenarios

/// How far the same announcement makes Bitcoin fall when it comes (once more) at three moments of a run: at the start, at
/// the low, and at the end. A run of the same seed with a second announcement is a fork of the first: until then every
/// byte is the same.
public struct Fragility {
    let run: ScenarioRun
    let summary: MarketSummary
    /// How long after the announcement the fall is looked for.
    private static let hours = 2.0

    /// - Parameter summary: of the run itself, which says when its low was.
    public init(_ run: ScenarioRun, after summary: MarketSummary) {
        self.run = run
        self.summary = summary
    }

    /// By fork: the falls of BTC and TOTAL3 from the minute of the announcement, per cent, and what was liquidated, dollars.
    ///
    /// - Throws: `CancellationError` when interrupted: half a fork is no answer.
    public func falls(isInterrupted: @escaping () -> Bool = { false }) throws -> [String: Double] {
        let low = summary.fallTimeUtc["BTC"].flatMap { SimTime(iso8601: $0) } ?? run.scenario.reference
        var falls: [String: Double] = [:]
        for (name, time, isFirst) in [
            ("start", run.scenario.start.adding(seconds: 60), true), ("low", low, false),
            ("end", run.until ?? run.scenario.end, false),
        ] {
            let result = try fork(at: time, isFirst: isFirst).execute(
                RunWatch(isInterrupted: isInterrupted))
            if result.isInterrupted { throw CancellationError() }
            let fork = result.summary
            falls["btc_fall_pct_at_\(name)"] = fork.fallPct["BTC"]
            falls["total3_fall_pct_at_\(name)"] = fork.fallPct["TOTAL3"]
            falls["liquidated_usd_total_with_shock_at_\(name)"] =
                fork.liquidatedLongUsd + fork.liquidatedShortUsd
        }
        return falls
    }

    /// The run with the announcement at this time: in place of the first, or once more.
    func fork(at time: SimTime, isFirst: Bool) throws -> ScenarioRun {
        var settings = run.scenario.file.settings
        func set(_ path: String, _ text: String) {
            settings[path] = Setting(
                text: text, file: "--fragility", source: "fork of the run", role: "input")
        }
        if isFirst { set("news.happens", "false") }
        set("news.again_utc", time.description)
        set("window.reference_utc", time.adding(seconds: -60).description)
        set("window.end_utc", time.adding(seconds: Self.hours * 3600).description)
        var fork = run
        fork.scenario = try Scenario(
            ScenarioFile(settings: settings, files: run.scenario.file.files, name: "--fragility"))
        fork.until = nil
        fork.out = nil
        return fork
    }
}

import Foundation
import Primitives
import Running
import Scenarios

/// A minute of the whole market with few coins and accounts, and a fall at once.
func smallRun(seconds: Double = 60, _ overrides: [String] = []) throws -> ScenarioRun {
    let scenario = try Scenario(
        ScenarioFile(
            named: "october-2025",
            overrides: [
                "universe.open_interest_usd=80e9", "universe.assets=4", "accounts.total=6000",
                "accounts.hedged_accounts=60", "news.time_utc=2025-10-10T20:00:20Z", "news.move_pct=-20",
                "news.digestion_minutes=0.5",
            ] + overrides))
    var run = ScenarioRun(scenario: scenario, seed: 5)
    run.until = scenario.start.adding(seconds: seconds)
    return run
}

/// A folder for `body`, gone afterwards.
func withFolder<T>(_ body: (String) throws -> T) throws -> T {
    let folder = NSTemporaryDirectory() + "running-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

import Foundation
import Primitives
import Recording
import Running
import Scenarios

/// Three minutes of the whole market with few coins and accounts, a fall at once, recorded in full: made once for every test.
enum SmallRun {
    static let run: ScenarioRun = {
        do {
            let scenario = try Scenario(
                ScenarioFile(
                    named: "october-2025",
                    overrides: [
                        "universe.open_interest_usd=80e9", "universe.assets=4", "accounts.total=6000",
                        "accounts.hedged_accounts=60", "news.time_utc=2025-10-10T20:00:20Z",
                        "news.move_pct=-20", "news.digestion_minutes=0.5",
                    ]))
            var run = ScenarioRun(scenario: scenario, seed: 5)
            run.until = scenario.start.adding(seconds: 180)
            run.out = root
            return run
        } catch { fatalError("the run of the tests could not be made: \(error)") }
    }()

    static let result: ScenarioRun.Result = {
        atexit { try? FileManager.default.removeItem(atPath: SmallRun.root) }
        do { return try run.execute() } catch { fatalError("the run of the tests failed: \(error)") }
    }()

    /// Its folder: tests that change anything take a copy.
    static var folder: String { result.folder!.path }

    private static let root =
        FileManager.default.temporaryDirectory.path + "/analysis-\(ProcessInfo.processInfo.processIdentifier)"
}

/// A folder for `body`, gone afterwards.
func withFolder<T>(_ body: (String) throws -> T) throws -> T {
    let folder = NSTemporaryDirectory() + "analysis-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}

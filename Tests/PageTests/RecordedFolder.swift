import Clearing
import Foundation
import GRDB
import Market
import Primitives
import Recording
import Scenarios
import Venues

/// Small run folders as `undertow run` leaves them, made once, and copies of them to damage.
enum RecordedFolder {
    /// Three minutes of the whole market with few coins and accounts, and a fall at once.
    static let market: String = make(
        "october-2025",
        [
            "universe.open_interest_usd=80e9", "universe.assets=4", "accounts.total=6000",
            "accounts.hedged_accounts=60", "news.time_utc=2025-10-10T20:00:20Z", "news.move_pct=-20",
            "news.digestion_minutes=0.5",
        ], until: "2025-10-10T20:03:00Z")
    /// Fifteen minutes of one venue, with liquidations.
    static let venue: String = make("textbook-waterfall", [], until: "2025-01-01T00:15:00Z")

    private static let root =
        FileManager.default.temporaryDirectory.path + "/recorded-\(ProcessInfo.processInfo.processIdentifier)"

    private static func make(_ name: String, _ overrides: [String], until: String) -> String {
        do { return try write(name, overrides, SimTime(iso8601: until)!) } catch {
            fatalError("the folder to damage could not be made: \(error)")
        }
    }

    private static func write(_ name: String, _ overrides: [String], _ until: SimTime) throws -> String {
        atexit { try? FileManager.default.removeItem(atPath: RecordedFolder.root) }
        let folder = root + "/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let scenario = try Scenario(ScenarioFile(named: name, overrides: overrides))
        var manifest = Manifest()
        manifest.status = .finished
        manifest.scenario = scenario.name
        manifest.seed = 5
        manifest.untilUtc = until.description
        manifest.simulatedUntilUtc = until.description
        manifest.settings = scenario.file.settings.mapValues {
            Manifest.Value(
                text: $0.text, file: $0.file, source: $0.source, role: $0.role, low: $0.low, high: $0.high)
        }
        try scenario.export(to: folder + "/event")
        try manifest.write(folder: folder)
        let options = RunOptions(seed: 5, until: until)
        try record(scenario, options, folder).write(
            toFile: folder + "/summary.json", atomically: true, encoding: .utf8)
        return folder
    }

    private static func record(_ scenario: Scenario, _ options: RunOptions, _ folder: String) throws -> String
    {
        var world = try scenario.world(options)
        let recorder = try MarketRecorder(folder: folder, level: .full, limitBytes: 1_000_000_000, world)
        while !world.isFinished {
            world.step()
            recorder.observe(world)
        }
        world.finish()
        recorder.close(world)
        _ = recorder.finish()
        var summary = MarketSummary(of: world)
        (summary.scenario, summary.seed, summary.status) = (scenario.name, 5, "finished")
        return try summary.json()
    }

    /// A copy for `body`, gone afterwards.
    static func copy<T>(_ folder: String, _ body: (String) throws -> T) throws -> T {
        let copy = FileManager.default.temporaryDirectory.path + "/damaged-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        return try body(copy)
    }

    static func tables(_ folder: String) throws -> [(name: String, columns: [(name: String, type: String)])] {
        try DatabaseQueue(path: folder + "/run.sqlite").read { db in
            try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).map { table in
                (table, try db.columns(in: table).map { ($0.name, $0.type) })
            }
        }
    }
}

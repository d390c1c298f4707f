import Foundation
import GRDB

/// The hash per simulated minute that a run folder holds; empty where nothing was recorded.
public struct RecordedHashes {
    /// By the end of the minute, UTC.
    public var byMinute: [String: String] = [:]
    public var last: String?

    public init(folder: String) throws {
        let path = folder + "/run.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return }
        let queue = try DatabaseQueue(path: path)
        let rows = try queue.read { db in
            try Row.fetchAll(db, sql: "SELECT time_utc, state_hash FROM minute_hashes ORDER BY rowid")
        }
        for row in rows { byMinute[row["time_utc"]] = row["state_hash"] }
        last = rows.last?["time_utc"]
    }
}

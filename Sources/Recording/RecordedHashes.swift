import Foundation
import GRDB

/// The hash per simulated minute that a run folder holds; empty where nothing was recorded.
public struct RecordedHashes {
    /// By the end of the minute, UTC.
    public var byMinute: [String: String] = [:]
    public var last: String?

    /// - Throws: `InputError` if the recording cannot be read.
    public init(folder: String) throws {
        let path = folder + "/run.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return }
        let rows = try readRecording(path, tables: ["minute_hashes"]) { db in
            try Row.fetchAll(db, sql: "SELECT time_utc, state_hash FROM minute_hashes ORDER BY rowid")
                .map { (time: $0[0] as String, hash: $0[1] as String) }
        }
        for row in rows { byMinute[row.time] = row.hash }
        last = rows.last?.time
    }
}

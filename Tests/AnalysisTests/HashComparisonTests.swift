import Foundation
import GRDB
import Primitives
import Recording
import Running
import Testing

@testable import Analysis

@Suite("A run beside its record")
struct HashComparisonTests {
    private func replay(_ folder: String) throws -> HashComparison.Verdict {
        let manifest = try Manifest.read(folder: folder)
        var comparison = try HashComparison(folder: folder, manifest)
        var run = try ScenarioRun(again: manifest, folder: folder)
        if let end = comparison.stopAt { run.stopAt = end }
        let result = try run.execute(RunWatch(onMinute: { comparison.see($0, $1) }))
        return comparison.verdict(result.summary.stateHash)
    }

    private func copy<T>(_ body: (String) throws -> T) throws -> T {
        try withFolder { folder in
            let copy = folder + "/copy"
            try FileManager.default.copyItem(atPath: SmallRun.folder, toPath: copy)
            return try body(copy)
        }
    }

    @Test func theSameRunIsIdentical() throws {
        #expect(try replay(SmallRun.folder) == .identical("identical"))
    }

    @Test func theFirstMinuteThatDiffersIsNamed() throws {
        try copy { folder in
            try DatabaseQueue(path: folder + "/run.sqlite").write { db in
                try db.execute(
                    sql: "UPDATE minute_hashes SET state_hash = '0' WHERE time_utc >= '2025-10-10T20:02:00Z'")
            }
            #expect(
                try replay(folder)
                    == .differs("differs first in the minute that ends 2025-10-10T20:02:00Z"))
        }
    }

    @Test func theEndIsComparedToo() throws {
        try copy { folder in
            var manifest = try Manifest.read(folder: folder)
            manifest.stateHash = "0"
            try manifest.write(folder: folder)
            let now = SmallRun.result.summary.stateHash
            #expect(try replay(folder) == .differs("differs at the end: recorded 0, now \(now)"))
        }
    }

    /// Of a run that did not finish only what is recorded is compared, and that is said.
    @Test func anInterruptedRunIsComparedAsFarAsRecorded() throws {
        try copy { folder in
            var manifest = try Manifest.read(folder: folder)
            manifest.status = .interrupted
            manifest.simulatedUntilUtc = "2025-10-10T20:02:30Z"
            try manifest.write(folder: folder)
            let database = try DatabaseQueue(path: folder + "/run.sqlite")
            try database.write { db in
                try db.execute(sql: "DELETE FROM minute_hashes WHERE time_utc <> '2025-10-10T20:02:00Z'")
            }
            #expect(
                try replay(folder)
                    == .identical(
                        "identical as far as recorded: 1 minutes, to 2025-10-10T20:02:00Z; 1 minutes before that are not recorded"
                    ))
            try database.write { db in try db.execute(sql: "DELETE FROM minute_hashes") }
            #expect(throws: InputError.self) { try HashComparison(folder: folder, manifest) }
        }
    }
}

import Foundation
import GRDB
import Primitives

/// Reads `run.sqlite` of a run. Before anything else every value of the tables is looked at: a file that was damaged or
/// written to by somebody else is refused with the table, the column and the row, and what `body` reads has the types that
/// the tables promise.
///
/// - Parameters:
///   - tables: those that `body` reads; all without.
///   - only: by table, the rows that `body` reads, as an SQL condition: others are not looked at.
/// - Throws: `InputError` if there is no such file, or if it is not one of this version.
public func readRecording<T: Sendable>(
    _ path: String, tables: [String]? = nil, only: [String: String] = [:],
    _ body: @Sendable (Database) throws -> T
) throws -> T {
    let allowed = "a recording by this version (--record minute or full)"
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
        throw InputError(file: path, found: "nothing", allowed: allowed)
    }
    var configuration = Configuration()
    configuration.readonly = true
    do {
        return try DatabaseQueue(path: path, configuration: configuration).read { db in
            try RecordingSchema.checkVersion(db, file: path)
            try RecordingSchema().check(db, file: path, tables: tables, only: only)
            return try body(db)
        }
    } catch let error as DatabaseError {
        throw InputError(
            file: path,
            found: "a file that SQLite cannot read (\((error.message ?? "no reason given").prefix(120)))",
            allowed: allowed)
    }
}

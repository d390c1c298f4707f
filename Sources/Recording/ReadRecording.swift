import Foundation
import GRDB
import Primitives

/// Reads `run.sqlite` of a finished run of the whole market.
///
/// - Throws: `InputError` if there is none, or if it is not one of this version.
public func readRecording<T: Sendable>(_ path: String, _ body: @Sendable (Database) throws -> T) throws -> T {
    let allowed = "a recording of the whole market by this version (--record minute or full)"
    guard FileManager.default.fileExists(atPath: path) else {
        throw InputError(file: path, found: "nothing", allowed: allowed)
    }
    var configuration = Configuration()
    configuration.readonly = true
    do { return try DatabaseQueue(path: path, configuration: configuration).read(body) } catch let error
        as DatabaseError
    {
        throw InputError(file: path, found: error.message ?? "unreadable", allowed: allowed)
    }
}

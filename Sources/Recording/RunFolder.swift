import Foundation
import InputFiles
import MarketData
import Primitives

/// The folder a run leaves behind: `runs/<scenario>-<seed>-<hash8>/`.
public struct RunFolder: Sendable {
    public let path: String
    private let lock: FolderLock
    /// Everything a run writes there: a rerun begins without any of it.
    private static let files = [
        "run.sqlite", "run.sqlite-wal", "run.sqlite-shm", "run.sqlite-journal", "summary.md", "summary.json",
        "report.html", "manifest.json", room,
    ]
    /// Room for the last words of a run on a disk that is full by then.
    private static let room = ".room"
    private static let roomBytes = 1 << 18

    /// Makes the folder of a run; a folder of the very same run is written anew.
    ///
    /// - Parameter identity: a hash of everything that decides the run.
    /// - Throws: `InputError` for a folder that cannot be written or that another run is writing.
    public init(under parent: String, scenario: String, seed: UInt64, identity: StateHash) throws {
        let name = "\(scenario)-\(seed)-\(identity.hex.prefix(8))"
        path = parent + "/" + name
        // The scenario's name is checked where it is read: nothing else may reach into other folders.
        precondition(!scenario.contains("/") && !name.hasPrefix("."), "a name that is a path")
        try makeFolder(parent)
        try makeFolder(path)
        do {
            lock = try FolderLock(path)
            for file in Self.files where FileManager.default.fileExists(atPath: path + "/" + file) {
                try FileManager.default.removeItem(atPath: path + "/" + file)
            }
            // A folder can exist and still take no file: found out before the simulation, not after.
            try Data(repeating: UInt8(ascii: " "), count: Self.roomBytes).write(
                to: URL(fileURLWithPath: path + "/" + Self.room))
        } catch let error as InputError {
            throw error
        } catch {
            try? FileManager.default.removeItem(atPath: path + "/" + Self.room)
            throw InputError(
                file: path, key: "--out",
                found: "a folder that cannot be written: \(plainWords(error))",
                allowed: "a writable folder with free space")
        }
    }

    /// Gives the reserved room back: what is written now are the last words.
    public func giveRoom() { try? FileManager.default.removeItem(atPath: path + "/" + Self.room) }

    /// Writes a file of the folder, whole or not at all.
    ///
    /// - Throws: what the system says where it cannot be written.
    public func write(_ text: String, to name: String) throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }
}

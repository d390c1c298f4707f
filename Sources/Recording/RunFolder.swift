import Foundation
import InputFiles
import MarketData
import Primitives

/// The folder a run leaves behind: `runs/<scenario>-<seed>-<hash8>/`.
public struct RunFolder: Sendable {
    public let path: String

    /// Makes the folder of a run; a folder of the very same run is written anew.
    ///
    /// - Parameter identity: a hash of everything that decides the run.
    public init(under parent: String, scenario: String, seed: UInt64, identity: StateHash) throws {
        let name = "\(scenario)-\(seed)-\(identity.hex.prefix(8))"
        path = parent + "/" + name
        // The scenario's name is checked where it is read: nothing else may reach into other folders.
        precondition(!scenario.contains("/") && !name.hasPrefix("."), "a name that is a path")
        try makeFolder(parent)
        try makeFolder(path)
        do {
            for file in ["run.sqlite", "run.sqlite-wal", "run.sqlite-shm", "summary.md", "manifest.json"] {
                if FileManager.default.fileExists(atPath: path + "/" + file) {
                    try FileManager.default.removeItem(atPath: path + "/" + file)
                }
            }
            // A folder can exist and still take no file: find out before the simulation, not after.
            let probe = path + "/.probe"
            try Data("x".utf8).write(to: URL(fileURLWithPath: probe))
            try FileManager.default.removeItem(atPath: probe)
        } catch {
            throw InputError(
                file: path, key: "--out",
                found: "a folder that cannot be written: \(plainWords(error))",
                allowed: "a writable folder with free space")
        }
    }
}

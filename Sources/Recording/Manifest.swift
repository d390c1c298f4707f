import Foundation
import InputFiles
import MarketData
import Primitives

/// What a run folder says about itself: enough to run it again and to know how far it got.
public struct Manifest: Codable, Sendable {
    /// Of this program, as manifests and `--version` say it.
    public static let version = "0.1.0"

    public enum Status: String, Codable, Sendable {
        case running, finished, interrupted, failed
    }

    public struct Value: Codable, Sendable {
        public var text: String
        public var file: String
        public var source: String?
        public var role: String?
        public var low: String?
        public var high: String?
        public init(text: String, file: String, source: String?, role: String?, low: String?, high: String?) {
            self.text = text
            self.file = file
            self.source = source
            self.role = role
            self.low = low
            self.high = high
        }
    }
    public var notice = "Nothing here is investment advice."
    public var undertow = ""
    public var status = Status.running
    /// What may be missing, in words.
    public var completeness = Manifest.whileRunning
    public var scenario = ""
    /// One line for people, true of this run.
    public var title: String?
    public var seed: UInt64 = 0
    public var scale = 1
    public var threads = 1
    public var record = "full"
    public var untilUtc: String?
    public var indexPath: String?
    /// The folder of own accounts that were carried into the run.
    public var book: String?
    /// What was done to the world while it ran, in the order of time; absent where nothing was.
    public var changes: [String]?
    /// A 64-bit content hash of every input file, by path.
    public var inputHashes: [String: String] = [:]
    public var settings: [String: Value] = [:]
    public var startedUtc = ""
    public var simulatedUntilUtc: String?
    /// Everything up to then is in `run.sqlite`, nothing later is; absent where all of the run is.
    public var recordedUntilUtc: String?
    public var stateHash: String?
    public var wallSeconds: Double?
    public var rowsWritten: Int?
    public var recordLimitReached = false

    public static let whileRunning =
        "running, or killed: committed rows stay readable, at most the last second of wall time is missing, and the "
        + "per-minute row of the minute that was being simulated"

    public init() {}

    /// Reads the manifest of a run folder.
    ///
    /// - Throws: `InputError` naming file and key.
    public static func read(folder: String) throws -> Manifest {
        let path = folder + "/manifest.json"
        guard let data = try? readData(path) else {
            throw InputError(
                file: path, found: "no such file", allowed: "a run folder that `undertow run` made")
        }
        return try fromJSON(
            Manifest.self, data, file: path, allowed: "a manifest that `undertow run` wrote")
    }

    /// Writes it, whole or not at all.
    ///
    /// - Throws: what the system says where it cannot be written.
    public func write(folder: String) throws {
        try Data(Recording.json(self, pretty: true).utf8).write(
            to: URL(fileURLWithPath: folder + "/manifest.json"), options: .atomic)
    }
}

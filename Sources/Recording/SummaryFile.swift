import Foundation
import InputFiles
import Primitives

/// `summary.json` of a run folder, whose keys are those of `run --json`.
enum SummaryFile {
    static let allowed = "a folder written by `undertow run` of this version"

    static func read<T: Decodable>(_ type: T.Type, _ file: String) throws -> T {
        guard let data = try? readData(file) else {
            throw InputError(file: file, found: "no readable file", allowed: allowed)
        }
        return try fromJSON(type, data, file: file, allowed: allowed)
    }
}

extension RunSummary {
    /// As `run --json` prints it.
    ///
    /// - Throws: `InputError` for a figure that JSON cannot hold.
    public func json() throws -> String {
        try Recording.json(self)
    }

    /// - Throws: `InputError` naming file and key.
    public init(file: String) throws {
        self = try SummaryFile.read(RunSummary.self, file)
    }
}

extension MarketSummary {
    /// As `run --json` prints it.
    ///
    /// - Throws: `InputError` for a figure that JSON cannot hold.
    public func json() throws -> String { try Recording.json(self) }

    /// - Throws: `InputError` naming file and key.
    public init(json: String, file: String = "summary.json") throws {
        self = try fromJSON(MarketSummary.self, Data(json.utf8), file: file, allowed: SummaryFile.allowed)
    }

    /// - Throws: `InputError` naming file and key.
    public init(file: String) throws { self = try SummaryFile.read(MarketSummary.self, file) }
}

import Primitives
import Recording
import Scenarios

/// What a finished run folder says without its recording: the manifest and the figures.
public struct FinishedRun: Sendable {
    public let folder: String
    public let manifest: Manifest
    public let summary: MarketSummary

    /// Reads `manifest.json` and `summary.json`. An unfinished run has no verdict.
    ///
    /// - Throws: `InputError` naming file and key.
    public init(folder: String) throws {
        self.folder = folder
        let file = folder + "/manifest.json"
        manifest = try Manifest.read(folder: folder)
        guard manifest.status == .finished else {
            throw InputError(
                file: file, key: "status", found: "\(manifest.status.rawValue)", allowed: "finished")
        }
        summary = try MarketSummary(file: folder + "/summary.json")
    }

    /// The scenario as it was run, from the manifest and the event in the folder.
    ///
    /// - Throws: `InputError` where one of them cannot be read.
    public func readScenario() throws -> Scenario {
        try Scenario(
            manifest: manifest.settings.mapValues {
                Setting(
                    text: $0.text, file: $0.file, source: $0.source, low: $0.low, high: $0.high, role: $0.role
                )
            }, folder: folder)
    }

    public var scenario: String { summary.scenario }
    public var scale: Int { summary.scale }

    /// Unix seconds at which the simulation ended; nil where the manifest does not tell.
    public var end: Int64? {
        manifest.simulatedUntilUtc.flatMap { SimTime(iso8601: $0) }.map { Int64($0.seconds) }
    }

    /// Unix seconds of the announcements that happen, in order.
    public var announcements: [Int64] {
        let happens = manifest.settings["news.happens"]?.text != "false"
        return [happens ? "news.time_utc" : nil, "news.again_utc"].compactMap { $0 }
            .compactMap { manifest.settings[$0].flatMap { SimTime(iso8601: $0.text) }?.seconds }.sorted()
    }

    /// A day without an announcement.
    public var isCalm: Bool {
        manifest.settings["news.happens"]?.text == "false" && announcements.isEmpty
            && !["imposed", "model"].contains(manifest.settings["index.kind"]?.text)
    }
}

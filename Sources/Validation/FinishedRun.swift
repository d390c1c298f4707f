import Primitives
import Recording
import Scenarios

/// What a finished run folder says without its recording: the manifest and the figures of the whole market or of one venue.
public struct FinishedRun: Sendable {
    public enum Figures: Sendable {
        case market(MarketSummary)
        case venue(RunSummary)
    }

    public let folder: String
    public let manifest: Manifest
    public let figures: Figures

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
        guard let world = manifest.settings["world"]?.text else {
            throw InputError(
                file: file, key: "settings.world", found: "no such key",
                allowed: "a manifest that `undertow run` wrote")
        }
        figures =
            world == ScenarioKeys.wholeMarket
            ? .market(try MarketSummary(file: folder + "/summary.json"))
            : .venue(try RunSummary(file: folder + "/summary.json"))
    }

    public var scenario: String {
        switch figures {
        case .market(let s): s.scenario
        case .venue(let s): s.scenario
        }
    }

    public var scale: Int {
        switch figures {
        case .market(let s): s.scale
        case .venue(let s): s.scale
        }
    }

    /// Unix seconds at which the simulation ended; nil where the manifest does not tell.
    public var end: Int64? {
        manifest.simulatedUntilUtc.flatMap { SimTime(iso8601: $0) }.map { Int64($0.seconds) }
    }

    /// A day without the announcement.
    public var isCalm: Bool { manifest.settings["news.happens"]?.text == "false" }
}

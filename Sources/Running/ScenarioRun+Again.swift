import Foundation
import Primitives
import Recording
import Scenarios

extension ScenarioRun {
    /// The run of a folder's manifest once more: every option of it, nothing recorded.
    ///
    /// - Throws: `InputError` if the manifest is of no run or an input has changed since.
    public init(again manifest: Manifest, folder: String) throws {
        guard manifest.scale >= 1 else {
            throw InputError(
                file: folder + "/manifest.json", key: "scale", found: "\(manifest.scale)",
                allowed: "at least 1")
        }
        let settings = manifest.settings.mapValues {
            Setting(
                text: $0.text, file: $0.file, line: nil, source: $0.source, low: $0.low, high: $0.high,
                role: $0.role)
        }
        let scenario = try Scenario(manifest: settings, folder: folder)
        var until: SimTime?
        if let text = manifest.untilUtc {
            guard let time = SimTime(iso8601: text), time > scenario.start, time <= scenario.end else {
                throw InputError(
                    file: folder + "/manifest.json", key: "until_utc", found: "`\(text.prefix(40))`",
                    allowed: "a UTC time after \(scenario.start), up to \(scenario.end)")
            }
            until = time
        }
        for (file, hash) in manifest.inputHashes where try Self.contentHash(file) != hash {
            throw InputError(
                file: file, found: "other content than at the time of the run", allowed: "the same file")
        }
        func time(_ key: String, _ text: String?) throws -> SimTime? {
            guard let text else { return nil }
            guard let time = SimTime(iso8601: text) else {
                throw InputError(
                    file: folder + "/manifest.json", key: key, found: "`\(text)`",
                    allowed: "a UTC time like 2025-10-10T21:30:00Z")
            }
            return time
        }
        self.init(scenario: scenario, seed: manifest.seed)
        scale = manifest.scale
        threads = min(256, max(1, manifest.threads))
        self.until = until
        indexPathFile = manifest.indexPath
        bookFolder = manifest.book
        changes = try (manifest.changes ?? []).map {
            try RunChange($0, file: folder + "/manifest.json")
        }
        record = .off
        // A run that ended before its end is told to where it came.
        if manifest.status == .interrupted || manifest.status == .failed {
            stopAt = try time("simulated_until_utc", manifest.simulatedUntilUtc)
        }
    }
}

import Foundation
import Primitives
import Recording
import Scenarios

extension RunSession {
    /// The run of a folder's manifest once more: same scenario, seed and inputs, nothing recorded.
    ///
    /// - Throws: `InputError` if the manifest is of no run or an input has changed since.
    init(again manifest: Manifest, folder: String) throws {
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
        let tiers = manifest.tiers.map {
            ScenarioFile.TierRow(fromUSD: $0.fromUsd, maxLeverage: $0.maxLeverage)
        }
        let scenario = try Scenario(
            ScenarioFile(settings: settings, tiers: tiers, name: folder + "/manifest.json"))
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
        self.init(
            scenario: scenario, seed: manifest.seed, scale: manifest.scale,
            until: until, indexPathFile: manifest.indexPath,
            record: .off, out: nil)
    }
}

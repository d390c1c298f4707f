import ArgumentParser
import Foundation
import Primitives
import Recording
import Validation

struct ClaimsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "What the press said of the day, beside the record and a run; written to docs/claims.md.")

    @Argument(help: "A finished run folder of october-2025.") var folder: String
    @Option(help: "The page to write.") var write = "docs/claims.md"

    func run() throws {
        let record = try RunRecord(folder: folder)
        guard record.summary.scenario.hasPrefix("october-2025"), !record.summary.scenario.hasSuffix("calm")
        else {
            throw InputError(
                file: folder, key: "scenario", found: record.summary.scenario,
                allowed: "october-2025 or october-2025-6h: the statements are about that day")
        }
        try writePage(Claim.markdown(record), to: write)
        print(write)
    }
}

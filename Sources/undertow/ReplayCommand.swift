import ArgumentParser
import Foundation
import MarketData
import Primitives
import Recording
import Scenarios

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Runs a folder's manifest again and compares the state hash.")

    @Argument(help: "A run folder.", completion: .directory) var folder: String
    @Option(
        parsing: .unconditional, help: "Threads; the result does not depend on it.",
        transform: Allowed.threads)
    var threads: Int = 1
    @Flag(help: "No progress.") var quiet = false

    func run() throws {
        try PointRuns.check(threads: threads)
        let manifest = try Manifest.read(folder: folder)
        var session = try RunSession(again: manifest, folder: folder)
        session.threads = threads
        session.isQuiet = quiet
        let recorded = try RecordedHashes(folder: folder)
        var firstDifference: String?
        var compared = 0
        var missing = 0
        if manifest.status != .finished {
            // Beyond its last recorded minute such a run has nothing to compare.
            guard let last = recorded.last.flatMap({ SimTime(iso8601: $0) }) else {
                throw InputError(
                    file: folder, found: "a run that ended before its first recorded minute",
                    allowed: "a folder with at least one recorded minute")
            }
            session.stopAt = last
        }
        session.onMinute = { time, hash in
            if let expected = recorded.byMinute[time.description] {
                compared += 1
                if expected != hash { firstDifference = firstDifference ?? time.description }
            } else if recorded.last != nil {
                missing += 1
            }
            return firstDifference == nil
        }
        let result = try MarketSession(run: session).execute()
        let (isInterrupted, stateHash) = (result.isInterrupted, result.summary.stateHash)
        if isInterrupted { throw ExitCode(130) }
        if let firstDifference {
            print("differs first in the minute that ends \(firstDifference)")
            throw ExitCode(1)
        }
        if manifest.status == .finished, let expected = manifest.stateHash,
            expected != stateHash
        {
            print("differs at the end: recorded \(expected), now \(stateHash)")
            throw ExitCode(1)
        }
        print(said(manifest, compared: compared, missing: missing, last: recorded.last))
    }

    /// What was compared, where that is not all of the run.
    private func said(_ manifest: Manifest, compared: Int, missing: Int, last: String?) -> String {
        let hole = missing > 0 ? "; \(missing) minutes before that are not recorded" : ""
        switch manifest.status {
        case .finished:
            return missing == 0
                ? "identical"
                : "identical at the end and in the \(compared) minutes recorded; \(missing) are not recorded"
        case .failed:
            return
                "identical as far as recorded: \(compared) minutes, to \(last ?? "")\(hole); then \(manifest.completeness)"
        case .interrupted, .running:
            return "identical as far as recorded: \(compared) minutes, to \(last ?? "")\(hole)"
        }
    }
}

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
        let manifest = try Manifest.read(folder: folder)
        var session = try RunSession(again: manifest, folder: folder)
        session.threads = threads
        session.isQuiet = quiet
        let scenario = session.scenario
        let recorded = try RecordedHashes(folder: folder)
        var firstDifference: String?
        var compared = 0
        let stopAt = manifest.status == .finished ? nil : recorded.last
        session.onMinute = { time, hash in
            if let expected = recorded.byMinute[time.description] {
                compared += 1
                if expected != hash { firstDifference = firstDifference ?? time.description }
            }
            return firstDifference == nil && (stopAt == nil || time.description != stopAt)
        }
        let (isInterrupted, stateHash): (Bool, String)
        if scenario.isWholeMarket {
            let result = try MarketSession(run: session).execute()
            (isInterrupted, stateHash) = (result.isInterrupted, result.summary.stateHash)
        } else {
            let result = try session.execute()
            (isInterrupted, stateHash) = (result.isInterrupted, result.summary.stateHash)
        }
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
        if manifest.status == .finished {
            print("identical")
        } else if compared > 0 {
            print("identical as far as recorded: \(compared) minutes, to \(recorded.last ?? "")")
        } else {
            throw InputError(
                file: folder, found: "a run that ended before its first recorded minute",
                allowed: "a folder with at least one recorded minute")
        }
    }
}

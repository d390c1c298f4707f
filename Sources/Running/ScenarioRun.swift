import Desk
import Foundation
import Market
import MarketData
import Primitives
import Recording
import Scenarios

/// One run of a scenario: everything that decides it, and what is kept of it. `execute` simulates it, for the command line
/// as for any other caller.
public struct ScenarioRun: Sendable {
    public var scenario: Scenario
    public var seed: UInt64
    /// One account stands for so many alike.
    public var scale = 1
    /// The result does not depend on it.
    public var threads = 1
    /// Nil for the scenario's end.
    public var until: SimTime?
    /// A recorded path in place of the scenario's index: a file of `readPricePath`.
    public var indexPathFile: String?
    /// A book of own accounts that take the place of as much of the population.
    public var bookFolder: String?
    /// What is done to the world while it runs.
    public var changes: [RunChange] = []
    /// Every margin test, book and lending protocol beside its slow twin; the result does not depend on it.
    public var usesTwins = false
    public var record = RecordLevel.full
    /// Size at which recording stops, in megabytes (10^6 bytes).
    public var recordLimitMegabytes = 4096
    /// The folder that run folders are made in; nil leaves none.
    public var out: String?
    /// Ends the simulation there although the run was to go on: where an interrupted one ended.
    public var stopAt: SimTime?

    public init(scenario: Scenario, seed: UInt64) {
        self.scenario = scenario
        self.seed = seed
    }

    /// The end of the run as asked for.
    public var plannedEnd: SimTime { until.map { min($0, scenario.end) } ?? scenario.end }
    /// Where this simulation of it ends.
    public var lastMoment: SimTime { stopAt.map { min($0, plannedEnd) } ?? plannedEnd }
    /// Steps of this simulation, for progress.
    public var steps: Double {
        (lastMoment.seconds(since: scenario.start) / scenario.stepSeconds).rounded(.up)
    }
    /// One line for people, true of this run.
    public var title: String { scenario.title(until: until, indexPath: indexPathFile) }

    /// What `indexPathFile` holds, and what to tell of it: trades may be silent for minutes, the path is straight across a
    /// silence. Nil without such a file.
    ///
    /// - Throws: `InputError` for a file that is no index path.
    public func indexPath() throws -> (path: PricePath, note: String?)? {
        guard let file = indexPathFile else { return nil }
        let read = try readPricePath(file, longestSilence: 900)
        let gap = Int(read.largestGapSeconds)
        return (
            read.path, gap > 60 ? "\(file): silent for up to \(gap) s, crossed in a straight line" : nil
        )
    }

    /// The world of this run at its first moment: the one way to it for a run, its replay and its stories.
    ///
    /// - Throws: `InputError` for settings that do not fit together, `CancellationError` once it is interrupted.
    public func world(isInterrupted: @escaping @Sendable () -> Bool = { false }) throws -> World {
        var options = RunOptions(
            seed: seed, scale: scale, threads: threads, indexPath: try indexPath()?.path, until: until)
        options.usesTwins = usesTwins
        options.isInterrupted = isInterrupted
        options.own = try ownBook()?.accounts ?? []
        var world = try scenario.world(options)
        world.usesFullScan = usesTwins
        for change in try scenario.changes(changes, for: world) { world.schedule(change) }
        return world
    }

    /// Content hashes of the files read beside the event's, by path.
    ///
    /// - Throws: `InputError` if one cannot be read.
    public func inputs() throws -> [String: String] {
        var files = [indexPathFile].compactMap { $0 }
        if let bookFolder {
            files += AccountBook.tables.map { bookFolder + "/" + $0 }.filter {
                FileManager.default.fileExists(atPath: $0)
            }
        }
        return Dictionary(uniqueKeysWithValues: try files.map { ($0, try Self.contentHash($0)) })
    }

    /// The accounts of the book that the scenario's venues take in; nil without a book.
    ///
    /// - Throws: `InputError` for a book that cannot be read.
    public func ownBook() throws -> OwnBook? {
        guard let bookFolder else { return nil }
        var health = Health()
        return try OwnBook(try AccountBook(folder: bookFolder, health: &health), scenario)
    }
}

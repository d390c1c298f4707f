import Clearing
import Foundation
import InputFiles
import Market
import MarketData
import Primitives
import Recording
import Scenarios
import Venues

/// One run from a checked scenario to its folder and summary.
struct RunSession {
    var scenario: Scenario
    var seed: UInt64
    var scale = 1
    var threads = 1
    var until: SimTime?
    var indexPathFile: String?
    var record = RecordLevel.full
    var recordLimitMegabytes = 4096
    /// Nil leaves no folder.
    var out: String?
    var isQuiet = false
    /// Ends the simulation there although the run was to go on: where an interrupted one ended.
    var stopAt: SimTime?
    /// Called after every simulated minute with the world's hash; false stops the run.
    var onMinute: ((SimTime, String) -> Bool)?

    /// The end of the run as asked for.
    var plannedEnd: SimTime { until.map { min($0, scenario.end) } ?? scenario.end }
    /// Where this simulation of it ends.
    var lastMoment: SimTime { stopAt.map { min($0, plannedEnd) } ?? plannedEnd }
    /// Steps of this simulation, for progress.
    var steps: Double { (lastMoment.seconds(since: scenario.start) / scenario.stepSeconds).rounded(.up) }
    var title: String { scenario.title(until: until, indexPath: indexPathFile) }

    /// Progress over the steps of this simulation.
    func progress(_ name: String) -> Progress {
        Progress(name, total: steps, unit: "steps", isQuiet: isQuiet)
    }

    /// The world of this run at its first moment, built from everything that decides it: the one way to it for a run, its
    /// replay and its stories.
    func wholeMarket(usesTwins: Bool = false) throws -> WholeMarket {
        var path: PricePath?
        if let file = indexPathFile {
            // Trades may be silent for minutes; the path is straight across a silence, and that is said.
            let read = try readPricePath(file, longestSilence: 900)
            path = read.path
            if read.largestGapSeconds > 60 && !isQuiet {
                Undertow.complain(
                    "\(file): silent for up to \(Int(read.largestGapSeconds)) s, crossed in a straight line")
            }
        }
        var options = RunOptions(seed: seed, scale: scale, threads: threads, indexPath: path, until: until)
        options.usesTwins = usesTwins
        var world = try scenario.wholeMarket(options)
        world.usesFullScan = usesTwins
        return world
    }

    /// Content hashes of the files read besides the event's.
    func inputs() throws -> [String: String] {
        try indexPathFile.map { [$0: try Self.contentHash($0)] } ?? [:]
    }

    /// The manifest with what only the end knows.
    func describe(_ manifest: Manifest, _ stateHash: String, _ wallSeconds: Double) -> Manifest {
        var manifest = manifest
        manifest.stateHash = stateHash
        manifest.wallSeconds = wallSeconds
        return manifest
    }

    func makeManifest(_ inputs: [String: String]) -> Manifest {
        var manifest = Manifest()
        manifest.undertow = Undertow.version
        manifest.scenario = scenario.name
        manifest.title = title
        manifest.seed = seed
        manifest.scale = scale
        manifest.threads = threads
        manifest.record = record.rawValue
        manifest.untilUtc = until?.description
        manifest.indexPath = indexPathFile
        manifest.inputHashes = inputs
        manifest.settings = scenario.file.settings.mapValues {
            Manifest.Value(
                text: $0.text, file: $0.file, source: $0.source, role: $0.role, low: $0.low, high: $0.high)
        }
        manifest.startedUtc = Date().ISO8601Format()
        return manifest
    }

    /// A hash of everything that decides the run and its folder: a run that records less has a folder of its own,
    /// so that it does not take the place of one that recorded more.
    func identity(_ inputs: [String: String]) -> StateHash {
        var hash = StateHash()
        for key in scenario.file.settings.keys.sorted() {
            hash.combine(StateHash.of(key + "=" + scenario.file.settings[key]!.text))
        }
        hash.combine(scenario.file.files.contentHash.value)
        for (_, content) in inputs.sorted(by: { $0.key < $1.key }) { hash.combine(StateHash.of(content)) }
        hash.combine(StateHash.of(record.rawValue))
        hash.combine(seed)
        hash.combine(scale)
        hash.combine(until?.nanoseconds ?? 0)
        return hash
    }

    /// A 64-bit hash of a file's bytes.
    static func contentHash(_ file: String) throws -> String {
        var hash = StateHash()
        for byte in try readData(file) { hash.combine(UInt64(byte)) }
        return hash.hex
    }

    /// A failure to write becomes an error that names the folder.
    func writing<T>(_ folder: String, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as InputError {
            throw error
        } catch {
            throw unwritable(folder, plainWords(error))
        }
    }

    func unwritable(_ folder: String, _ reason: String) -> InputError {
        InputError(
            file: folder, key: "--out", found: "a folder that cannot be written: \(reason)",
            allowed: "a writable folder with free space")
    }
}

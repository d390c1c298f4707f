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
    /// Called after every simulated minute with the world's hash; false stops the run.
    var onMinute: ((SimTime, String) -> Bool)?

    struct Result {
        var summary: RunSummary
        var minutes: [SeriesRow]
        var isInterrupted: Bool
        var recordingFailure: String?
    }

    func execute() throws -> Result {
        Interrupt.watch()
        let clock = ContinuousClock.now
        var path: PricePath?
        var inputs: [String: String] = [:]
        if let file = indexPathFile {
            // Trades may be silent for minutes; the path is straight across a silence, and that is said.
            let read = try readPricePath(file, longestSilence: 900)
            path = read.path
            if read.largestGapSeconds > 60 && !isQuiet {
                Undertow.complain(
                    "\(file): silent for up to \(Int(read.largestGapSeconds)) s, crossed in a straight line")
            }
            inputs[file] = try Self.contentHash(file)
        }
        var world = try scenario.world(
            RunOptions(seed: seed, scale: scale, threads: threads, indexPath: path, until: until))
        var manifest = makeManifest(inputs)
        var folder: RunFolder?
        var recorder: Recorder?
        if let out {
            let made = try RunFolder(
                under: out, scenario: scenario.name, seed: seed, identity: identity(inputs))
            folder = made
            try writing(made.path) { try manifest.write(folder: made.path) }
            if record != .off { recorder = try writing(made.path) { try makeRecorder(made.path, world) } }
        }
        var progress = Progress(
            scenario.name, total: Double(scenario.steps), unit: "steps", isQuiet: isQuiet)
        var stopped = false
        while !world.isFinished && !Interrupt.isRequested && !stopped {
            world.step()
            if let recorder { recorder.observe(&world) } else { _ = world.takeSeconds() }
            progress.show(Double(world.steps))
            if let onMinute, let minute = world.minuteEnded {
                stopped = !onMinute(minute, world.stateHash().hex)
            }
            if recorder?.outcome.failure != nil { stopped = true }
        }
        progress.end()
        world.finish()
        recorder?.close(world)
        let outcome = recorder?.finish()
        let interrupted = Interrupt.isRequested && !world.isFinished
        var summary = RunSummary(of: world)
        complete(&summary, folder, outcome, clock, interrupted)
        if let folder {
            finish(&manifest, world, summary, outcome, interrupted)
            try writing(folder.path) {
                try manifest.write(folder: folder.path)
                try Report(summary, minutes: world.metrics.minutes).markdown.write(
                    toFile: folder.path + "/summary.md", atomically: true, encoding: .utf8)
            }
        }
        return Result(
            summary: summary, minutes: world.metrics.minutes, isInterrupted: interrupted,
            recordingFailure: outcome?.failure)
    }

    private func makeRecorder(_ folder: String, _ world: borrowing World) throws -> Recorder {
        let units = world.venue.rulebook.markets.map { AssetUnits(name: $0.spec.name, unit: $0.spec.unit) }
        let rows: SecondRows
        switch scenario.text("recording.per_second") {
        case "watch": rows = .always
        case "never": rows = .never
        default: rows = .stress(move: scenario.number("recording.stress_move_pct") / 100)
        }
        return try Recorder(
            folder: folder, level: record, assets: units, secondRows: rows,
            limitBytes: recordLimitMegabytes * 1_000_000)
    }

    private func complete(
        _ summary: inout RunSummary, _ folder: RunFolder?, _ outcome: Recorder.Outcome?,
        _ clock: ContinuousClock.Instant, _ interrupted: Bool
    ) {
        summary.scenario = scenario.name
        summary.seed = seed
        summary.scale = scale
        summary.threads = threads
        summary.run = folder?.path ?? ""
        summary.status = interrupted ? "interrupted" : "finished"
        summary.wallSeconds = (ContinuousClock.now - clock).seconds
        summary.peakMemoryMb = peakMemoryMegabytes()
        if outcome?.limitReached == true {
            summary.capsHit.append("recording stopped at \(recordLimitMegabytes) MB")
        }
        if scenario.isIndexImposed || indexPathFile != nil { summary.imposed.append("index_path") }
    }

    private func finish(
        _ manifest: inout Manifest, _ world: borrowing World, _ summary: RunSummary,
        _ outcome: Recorder.Outcome?,
        _ interrupted: Bool
    ) {
        manifest.status = outcome?.failure != nil ? .failed : interrupted ? .interrupted : .finished
        manifest.completeness =
            outcome?.failure.map { "recording failed: \($0)" }
            ?? (interrupted ? "interrupted: complete up to simulated_until_utc" : "complete")
        manifest.simulatedUntilUtc = world.now.description
        manifest.stateHash = summary.stateHash
        manifest.wallSeconds = summary.wallSeconds
        manifest.rowsWritten = outcome?.rowsWritten
        manifest.recordLimitReached = outcome?.limitReached ?? false
    }

    func makeManifest(_ inputs: [String: String]) -> Manifest {
        var manifest = Manifest()
        manifest.undertow = Undertow.version
        manifest.scenario = scenario.name
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
        manifest.tiers = scenario.file.tiers.map {
            Manifest.Tier(fromUsd: $0.fromUSD, maxLeverage: $0.maxLeverage)
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
        for tier in scenario.file.tiers {
            hash.combine(tier.fromUSD)
            hash.combine(tier.maxLeverage)
        }
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
            throw InputError(
                file: folder, key: "--out", found: "a folder that cannot be written: \(plainWords(error))",
                allowed: "a writable folder with free space")
        }
    }
}

import Clearing
import Foundation
import InputFiles
import Market
import MarketData
import Primitives
import Recording
import Running
import Scenarios
import Venues

/// One run of a scenario of one venue from the checked scenario to its folder and summary.
struct RunSession {
    var run: ScenarioRun
    var isQuiet = false
    /// Called after every simulated minute with the world's hash; false stops the run.
    var onMinute: ((SimTime, String) -> Bool)?

    struct Result {
        var summary: RunSummary
        var report: Report
        var isInterrupted: Bool
        /// What could not be written, if anything.
        var failure: String?
    }

    /// The world of this run at its first moment, built from everything that decides it, with the hashes of the files read:
    /// the one way to it for a run, its replay and its stories.
    func world() throws -> BuiltWorld {
        var path: PricePath?
        var inputs: [String: String] = [:]
        if let file = run.indexPathFile {
            // Trades may be silent for minutes; the path is straight across a silence, and that is said.
            let read = try readPricePath(file, longestSilence: 900)
            path = read.path
            if read.largestGapSeconds > 60 && !isQuiet {
                Undertow.complain(
                    "\(file): silent for up to \(Int(read.largestGapSeconds)) s, crossed in a straight line")
            }
            inputs[file] = try ScenarioRun.contentHash(file)
        }
        return BuiltWorld(
            world: try run.scenario.world(
                RunOptions(
                    seed: run.seed, scale: run.scale, threads: run.threads, indexPath: path, until: run.until)
            ),
            inputs: inputs)
    }

    struct BuiltWorld: ~Copyable {
        var world: World
        let inputs: [String: String]
    }

    func execute() throws -> Result {
        Interrupt.watch()
        let clock = ContinuousClock.now
        var built = try world()
        let inputs = built.inputs
        let manifest = run.manifest(inputs)
        let (units, venue) = Self.names(built.world)
        let opened = try run.open(manifest, inputs) { folder in
            try makeRecorder(folder, venue: venue, units)
        }
        let recorder = opened?.recorder
        var progress = Progress(run, run.scenario.name, isQuiet: isQuiet)
        var stopped = false
        while !built.world.isFinished && built.world.now < run.lastMoment && !Interrupt.isRequested
            && !stopped
        {
            built.world.step()
            if let recorder { recorder.observe(&built.world) } else { _ = built.world.takeSeconds() }
            progress.show(Double(built.world.steps))
            if let onMinute, let minute = built.world.minuteEnded {
                stopped = !onMinute(minute, built.world.stateHash().hex)
            }
            if recorder?.outcome.failure != nil { stopped = true }
        }
        progress.end()
        built.world.finish()
        recorder?.close(built.world)
        let end = RunEnd(
            now: built.world.now, planned: run.plannedEnd,
            isInterrupted: Interrupt.isRequested && !built.world.isFinished, record: recorder?.finish())
        var summary = RunSummary(of: built.world)
        complete(&summary, opened?.folder, end, clock)
        let report = Report(
            summary, minutes: built.world.metrics.minutes, title: run.title, warning: end.warning)
        var failure: String?
        if let folder = opened?.folder {
            failure = try run.finish(
                folder, manifest.ended(summary.stateHash, wallSeconds: summary.wallSeconds), end,
                summaries: [("summary.md", report.markdown), ("summary.json", try summary.json())], page: nil)
        }
        return Result(
            summary: summary, report: report, isInterrupted: end.isInterrupted, failure: failure)
    }

    private static func names(_ world: borrowing World) -> (units: [AssetUnits], venue: String) {
        (
            world.venue.rulebook.markets.map { AssetUnits(name: $0.spec.name, unit: $0.spec.unit) },
            world.venue.rulebook.name
        )
    }

    private func makeRecorder(_ folder: String, venue: String, _ units: [AssetUnits]) throws -> Recorder {
        let rows: SecondRows
        switch run.scenario.text("recording.per_second") {
        case "watch": rows = .always
        case "never": rows = .never
        default: rows = .stress(move: run.scenario.number("recording.stress_move_pct") / 100)
        }
        return try Recorder(
            folder: folder, level: run.record, venue: venue, assets: units, secondRows: rows,
            limitBytes: run.recordLimitMegabytes * 1_000_000)
    }

    private func complete(
        _ summary: inout RunSummary, _ folder: RunFolder?, _ end: RunEnd, _ clock: ContinuousClock.Instant
    ) {
        summary.scenario = run.scenario.name
        summary.title = run.title
        summary.seed = run.seed
        summary.scale = run.scale
        summary.threads = run.threads
        summary.run = folder?.path ?? ""
        summary.status = end.status.rawValue
        summary.simulatedUntilUtc = end.now.description
        summary.wallSeconds = (ContinuousClock.now - clock).seconds
        summary.peakMemoryMb = peakMemoryMegabytes()
        if end.record?.limitReached == true {
            summary.capsHit.append("recording stopped at \(run.recordLimitMegabytes) MB")
        }
        if run.scenario.isIndexImposed || run.indexPathFile != nil { summary.imposed.append("index_path") }
    }
}

import Exchanges
import Foundation
import InputFiles
import Market
import MarketData
import Page
import Primitives
import Recording
import Scenarios

/// One run of a whole-market scenario from the checked scenario to its folder and summary.
struct MarketSession {
    var run: RunSession
    /// Every margin test, book and lending protocol beside its slow twin.
    var usesTwins = false
    /// Keeps the moments of the run from which `--fragility` goes on.
    var forks: Forks?

    struct Result {
        var summary: MarketSummary
        var report: MarketReport
        var folder: RunFolder?
        var isInterrupted: Bool
        /// What could not be written, if anything.
        var failure: String?

        /// The answer of `run --fragility`, in the folder's files, too.
        mutating func add(fragility: [String: Double]) throws {
            summary.fragility = fragility
            report.summary.fragility = fragility
            guard let folder, failure == nil else { return }
            do {
                try folder.write(report.markdown, to: "summary.md")
                try folder.write(summary.json(), to: "summary.json")
            } catch { failure = "the answer of --fragility could not be written: \(plainWords(error))" }
        }
    }

    func execute() throws -> Result {
        Interrupt.watch()
        let clock = ContinuousClock.now
        var world = try run.wholeMarket(usesTwins: usesTwins)
        let buildSeconds = (ContinuousClock.now - clock).seconds
        forks?.begin(world)
        let manifest = run.makeManifest([:])
        let opened = try run.open(manifest, [:]) { folder in
            try MarketRecorder(
                folder: folder, level: run.record, limitBytes: run.recordLimitMegabytes * 1_000_000, world)
        }
        let recorder = opened?.recorder
        let pace = simulate(&world, recorder)
        forks?.end(world)
        world.finish()
        recorder?.close(&world)
        let end = RunEnd(
            now: world.now, planned: run.plannedEnd,
            isInterrupted: Interrupt.isRequested && !world.isFinished, record: recorder?.finish())
        var summary = MarketSummary(of: world)
        complete(&summary, opened?.folder, end)
        summary.wallSeconds = (ContinuousClock.now - clock).seconds
        summary.buildSeconds = buildSeconds
        summary.worstStepMs = pace.worst * 1000
        summary.worstStepUtc = pace.worstAt.map { "\($0)" } ?? ""
        summary.stepsOver100Ms = pace.over100Ms
        let report = MarketReport(summary, title: run.title, warning: end.warning)
        var failure: String?
        if let folder = opened?.folder {
            var page: (() throws -> String)?
            if run.record != .off {
                page = { try RunPage(folder: folder.path, library: .installed).html }
            }
            failure = try run.finish(
                folder, run.describe(manifest, summary.stateHash, summary.wallSeconds), end,
                summaries: [("summary.md", report.markdown), ("summary.json", try summary.json())],
                page: page)
        }
        return Result(
            summary: summary, report: report, folder: opened?.folder, isInterrupted: end.isInterrupted,
            failure: failure)
    }

    /// Wall seconds of the longest step, the moment it led to, and how many took more than a tenth of a second.
    private struct Pace {
        var worst = 0.0
        var worstAt: SimTime?
        var over100Ms = 0
    }

    /// Steps to the end.
    private func simulate(_ world: inout WholeMarket, _ recorder: MarketRecorder?) -> Pace {
        var progress = run.progress(run.scenario.name)
        var pace = Pace()
        var stopped = false
        while !world.isFinished && world.now < run.lastMoment && !Interrupt.isRequested && !stopped {
            forks?.see(world)
            let before = ContinuousClock.now
            world.step()
            let seconds = (ContinuousClock.now - before).seconds
            if seconds > 0.1 { pace.over100Ms += 1 }
            if seconds > pace.worst { (pace.worst, pace.worstAt) = (seconds, world.now) }
            if let recorder { recorder.observe(&world) } else { _ = world.takeRows() }
            progress.show(Double(world.steps))
            if let onMinute = run.onMinute, let minute = world.minuteEnded {
                stopped = !onMinute(minute, world.minuteHash().hex)
            }
            if recorder?.outcome.failure != nil { stopped = true }
        }
        progress.end()
        return pace
    }

    private func complete(_ summary: inout MarketSummary, _ folder: RunFolder?, _ end: RunEnd) {
        summary.scenario = run.scenario.name
        summary.title = run.title
        summary.seed = run.seed
        summary.scale = run.scale
        summary.threads = run.threads
        summary.run = folder?.path ?? ""
        summary.status = end.status.rawValue
        summary.simulatedUntilUtc = end.now.description
        summary.peakMemoryMb = peakMemoryMegabytes()
        if end.record?.limitReached == true {
            summary.capsHit.append("recording of events and books stopped at \(run.recordLimitMegabytes) MB")
        }
        summary.imposed = run.scenario.imposedRows(until: end.now)
        summary.scaleNotes = run.scenario.scaleNotes(run.scale)
    }
}

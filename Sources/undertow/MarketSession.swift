import Exchanges
import Foundation
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

    struct Result {
        var summary: MarketSummary
        var minutes: [MarketMinute]
        var isInterrupted: Bool
        var recordingFailure: String?
    }

    func execute() throws -> Result {
        Interrupt.watch()
        let clock = ContinuousClock.now
        var options = RunOptions(seed: run.seed, scale: run.scale, threads: run.threads, until: run.until)
        options.usesTwins = usesTwins
        var world = try run.scenario.wholeMarket(options)
        world.usesFullScan = usesTwins
        let buildSeconds = (ContinuousClock.now - clock).seconds
        var manifest = run.makeManifest([:])
        var folder: RunFolder?
        var recorder: MarketRecorder?
        if let out = run.out {
            let made = try RunFolder(
                under: out, scenario: run.scenario.name, seed: run.seed, identity: run.identity([:]))
            folder = made
            try run.writing(made.path) { try manifest.write(folder: made.path) }
            if run.record != .off {
                recorder = try run.writing(made.path) {
                    try MarketRecorder(
                        folder: made.path, level: run.record,
                        limitBytes: run.recordLimitMegabytes * 1_000_000,
                        world)
                }
            }
        }
        let pace = simulate(&world, recorder)
        world.finish()
        recorder?.close(&world)
        let outcome = recorder?.finish()
        let interrupted = Interrupt.isRequested && !world.isFinished
        var summary = MarketSummary(of: world)
        complete(&summary, folder, outcome, interrupted)
        summary.wallSeconds = (ContinuousClock.now - clock).seconds
        summary.buildSeconds = buildSeconds
        summary.worstStepMs = pace.worst * 1000
        summary.worstStepUtc = pace.worstAt.map { "\($0)" } ?? ""
        summary.stepsOver100Ms = pace.over100Ms
        if let folder {
            finish(&manifest, world, summary, outcome, interrupted)
            try run.writing(folder.path) {
                try manifest.write(folder: folder.path)
                try MarketReport(summary, title: run.scenario.title).markdown.write(
                    toFile: folder.path + "/summary.md", atomically: true, encoding: .utf8)
                try summary.json().write(
                    toFile: folder.path + "/summary.json", atomically: true, encoding: .utf8)
                if manifest.status == .finished && run.record != .off {
                    try RunPage(folder: folder.path, library: .installed).html.write(
                        toFile: folder.path + "/report.html", atomically: true, encoding: .utf8)
                }
            }
        }
        return Result(
            summary: summary, minutes: world.metrics.minutes, isInterrupted: interrupted,
            recordingFailure: outcome?.failure)
    }

    /// Wall seconds of the longest step, the moment it led to, and how many took more than a tenth of a second.
    private struct Pace {
        var worst = 0.0
        var worstAt: SimTime?
        var over100Ms = 0
    }

    /// Steps to the end.
    private func simulate(_ world: inout WholeMarket, _ recorder: MarketRecorder?) -> Pace {
        var progress = Progress(
            run.scenario.name, total: Double(run.scenario.steps), unit: "steps", isQuiet: run.isQuiet)
        var pace = Pace()
        var stopped = false
        while !world.isFinished && !Interrupt.isRequested && !stopped {
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

    private func complete(
        _ summary: inout MarketSummary, _ folder: RunFolder?, _ outcome: Recorder.Outcome?,
        _ interrupted: Bool
    ) {
        summary.scenario = run.scenario.name
        summary.seed = run.seed
        summary.scale = run.scale
        summary.threads = run.threads
        summary.run = folder?.path ?? ""
        summary.status = interrupted ? "interrupted" : "finished"
        summary.peakMemoryMb = peakMemoryMegabytes()
        if outcome?.limitReached == true {
            summary.capsHit.append("recording of events and books stopped at \(run.recordLimitMegabytes) MB")
        }
        summary.imposed = run.scenario.imposedRows
        summary.scaleNotes = run.scenario.scaleNotes(run.scale)
    }

    private func finish(
        _ manifest: inout Manifest, _ world: borrowing WholeMarket, _ summary: MarketSummary,
        _ outcome: Recorder.Outcome?, _ interrupted: Bool
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
}

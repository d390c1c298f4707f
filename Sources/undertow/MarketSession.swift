import Foundation
import Market
import MarketData
import Primitives
import Recording
import Scenarios

/// One run of a whole-market scenario from the checked scenario to its folder and summary.
struct MarketSession {
    var run: RunSession

    struct Result {
        var summary: MarketSummary
        var minutes: [MarketMinute]
        var isInterrupted: Bool
        var recordingFailure: String?
    }

    func execute() throws -> Result {
        Interrupt.watch()
        let clock = ContinuousClock.now
        var world = try run.scenario.wholeMarket(
            RunOptions(seed: run.seed, scale: run.scale, threads: run.threads, until: run.until))
        let buildSeconds = (ContinuousClock.now - clock).seconds
        var progress = Progress(
            run.scenario.name, total: Double(run.scenario.steps), unit: "steps", isQuiet: run.isQuiet)
        var stopped = false
        var worst = 0.0
        while !world.isFinished && !Interrupt.isRequested && !stopped {
            let before = ContinuousClock.now
            world.step()
            worst = max(worst, (ContinuousClock.now - before).seconds)
            _ = world.takeRows()
            progress.show(Double(world.steps))
        }
        progress.end()
        world.finish()
        let interrupted = Interrupt.isRequested && !world.isFinished
        var summary = MarketSummary(of: world)
        summary.scenario = run.scenario.name
        summary.seed = run.seed
        summary.scale = run.scale
        summary.threads = run.threads
        summary.status = interrupted ? "interrupted" : "finished"
        summary.wallSeconds = (ContinuousClock.now - clock).seconds
        summary.buildSeconds = buildSeconds
        summary.worstStepMs = worst * 1000
        summary.peakMemoryMb = peakMemoryMegabytes()
        return Result(
            summary: summary, minutes: world.metrics.minutes, isInterrupted: interrupted, recordingFailure: nil)
    }
}

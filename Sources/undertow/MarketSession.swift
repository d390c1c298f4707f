import Agents
import Clearing
import Exchanges
import Foundation
import Market
import MarketData
import Primitives
import OrderBook
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
        let stopped = false
        var worst = 0.0
        while !world.isFinished && !Interrupt.isRequested && !stopped {
            let before = ContinuousClock.now
            world.step()
            worst = max(worst, (ContinuousClock.now - before).seconds)
            if ProcessInfo.processInfo.environment["DUMPS"] != nil, world.steps < 8 {
                for a in [0, 1] {
                var line = "\(world.now) \(world.exchanges.assets[a]) \(world.exchanges.views[a].index)"
                for b in world.exchanges.booksOfAsset[a] {
                    let u = world.exchanges.unit(b)
                    line += " \(world.exchanges.names[Int(world.exchanges.place(b).exchange)]) \(String(format: "%.2f/%.2f t%ld", world.exchanges.bestBid(b).map { u.usd($0) } ?? 0, world.exchanges.bestAsk(b).map { u.usd($0) } ?? 0, Int(world.exchanges.tape(b))))"
                }
                FileHandle.standardError.write(Data((line + " ev \(world.metrics.maximumEventsInAStep)\n").utf8))
                }
            }
            let rows = world.takeRows()
            if let dump = ProcessInfo.processInfo.environment["DUMP"], !rows.assets.isEmpty {
                let names = dump.split(separator: ",").map(String.init)
                var line = "\(world.now) liq \(Int(world.metrics.minutes.last!.liquidatedUSD / 1e6)) cap \(String(format: "%.3f", world.makers.capitalShareLeft)) cau \(String(format: "%.2f", world.makers.caution))"
                for r in rows.assets where names.contains(world.exchanges.assets[Int(r.asset)]) && world.now.seconds % 300 == 0 {
                    line += " \(world.exchanges.assets[Int(r.asset)]) \(String(format: "%.5g v%.1f p%.2f", r.indexUSD, r.volatility * 1e4, r.presence))"
                }
                if world.now.seconds % 300 == 0 || world.metrics.minutes.last!.liquidatedUSD > 2e8 { FileHandle.standardError.write(Data((line + "\n").utf8)) }
            }
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

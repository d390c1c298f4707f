import Foundation
import Primitives
import Recording
import Running
import Testing
import Validation

@testable import Analysis

@Suite("The anatomy of a run")
struct RunAnatomyTests {
    private func minute(_ k: Int, _ usd: Double, _ caused: Double? = nil) -> RunAnatomy.Minute {
        .init(time: "20:0\(k)", liquidated: usd, caused: caused)
    }

    /// A hundredth of the largest minute is calm: it ends a wave.
    @Test func wavesAreMinutesOnEnd() throws {
        let waves = RunAnatomy.waves([
            minute(0, 0, 0), minute(1, 100, 10), minute(2, 50, 20), minute(3, 1, 1), minute(4, 2, 0),
            minute(5, 0, 0),
        ])
        #expect(waves.map(\.fromUtc) == ["20:01", "20:04"] && waves.map(\.toUtc) == ["20:02", "20:04"])
        #expect(waves.map(\.liquidatedUsd) == [150, 2])
        #expect(waves.map(\.causedByForcedUsd) == [30, 0])
        #expect(waves[0].branchingRatio == 0.2)
        #expect(RunAnatomy.waves([minute(0, 0), minute(1, 0)]).isEmpty)
        let untold = RunAnatomy.waves([minute(0, 5)])
        #expect(untold[0].causedByForcedUsd == nil && untold[0].branchingRatio == nil)
    }

    /// Of one active minute there is nothing to draw; of several the interval holds the figure, and repeats by seed.
    @Test func theIntervalIsABootstrapOverMinutes() throws {
        let one = RunAnatomy.bootstrap([minute(0, 10, 5), minute(1, 0, 0)], 0.5, seed: 1)
        #expect(one.low == nil && one.high == nil && one.median == 0.5)
        let minutes = (0..<9).map { minute($0, 10 + sqrt(Double($0)), Double($0)) }
        let two = RunAnatomy.bootstrap(minutes, 0.4, seed: 1)
        let (low, high) = (try #require(two.low), try #require(two.high))
        #expect(low < 0.4 && high > 0.4 && low > 0 && high < 0.8)
        #expect(RunAnatomy.bootstrap(minutes, 0.4, seed: 1).low == low)
        #expect(RunAnatomy.bootstrap(minutes, 0.4, seed: 2).low != low)
    }

    @Test func tellsARecordedRun() throws {
        let run = try FinishedRun(folder: SmallRun.folder)
        let anatomy = try RunAnatomy([run])
        let summary = SmallRun.result.summary
        let inWaves = anatomy.waves.reduce(0) { $0 + $1.liquidatedUsd }
        let all = summary.liquidatedLongUsd + summary.liquidatedShortUsd
        #expect(inWaves > 0.97 * all && inWaves <= all * (1 + 1e-9))
        #expect(anatomy.whoPaid.deleveragedUsd == summary.deleveragedUsd)
        #expect(anatomy.branchingRatio?.median == summary.anatomy.branchingRatio)
        #expect(anatomy.notJudged.isEmpty)
        #expect(
            anatomy.text.contains("Who paid: liquidated accounts lost")
                && anatomy.text.contains("branching ratio: "))
        // One run alone has no range of amplification: null in JSON.
        let text = try json(anatomy)
        #expect(text.contains(#""amplification":{"BTC":{"high":null,"low":null,"median":"#))
        let twice = try RunAnatomy([run, run])
        // What is the first run's is said to be: of one run there is nothing to say.
        let parts = ["of the fall", "Waves", "Trees", "Accounts by generation", "Who paid"]
        for part in parts {
            #expect(twice.text.contains("\(part) of seed \(summary.seed)"), "\(twice.text)")
        }
        #expect(!anatomy.text.contains("of seed"))
        #expect(twice.amplification["BTC"]?.low == twice.amplification["BTC"]?.median)
    }

    @Test func whatIsNotJudgedIsNull() throws {
        var anatomy = try RunAnatomy([FinishedRun(folder: SmallRun.folder)])
        anatomy.branchingRatio = nil
        anatomy.cascade = nil
        anatomy.notJudged = ["branching_ratio": "nothing was closed by force"]
        let text = try json(anatomy)
        #expect(text.contains(#""branching_ratio":null"#) && text.contains(#""cascade":null"#))
        #expect(anatomy.text.hasPrefix("not judged: branching ratio: nothing was closed by force"))
    }
}

import Foundation
import Market
import Primitives
import Recording
import Running
import Scenarios
import Testing

@testable import Analysis

@Suite("The same announcement again")
struct FragilityTests {
    private var run: ScenarioRun { SmallRun.run }

    /// Until the second announcement every byte is the first run's; from then on it is another world.
    @Test func aForkIsTheRunUntilThen() throws {
        let time = run.scenario.start.adding(seconds: 90)
        let fork = try Fragility(run, after: MarketSummary()).fork(at: time, isFirst: false)
        #expect(fork.out == nil && fork.until == nil && fork.seed == run.seed)
        #expect(fork.scenario.end == time.adding(seconds: 7200))
        var own = try run.world()
        var forked = try fork.world()
        func hashes(after seconds: Int) -> (StateHash, StateHash) {
            while own.steps < seconds {
                own.step()
                forked.step()
            }
            return (own.stateHash(), forked.stateHash())
        }
        let before = hashes(after: 89)
        #expect(before.0 == before.1)
        let after = hashes(after: 100)
        #expect(after.0 != after.1)
    }

    @Test func theFirstForkHasOneAnnouncementOnly() throws {
        let fork = try Fragility(run, after: MarketSummary()).fork(
            at: run.scenario.start.adding(seconds: 60), isFirst: true)
        #expect(!fork.scenario.flag("news.happens") && run.scenario.flag("news.happens"))
    }

    @Test func halfAForkIsNoAnswer() {
        #expect(throws: CancellationError.self) {
            try Fragility(run, after: MarketSummary()).falls { true }
        }
    }
}

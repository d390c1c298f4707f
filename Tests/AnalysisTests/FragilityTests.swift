import Market
import Primitives
import Recording
import Running
import Scenarios
import Testing

@testable import Analysis

@Suite("The same announcement again")
struct FragilityTests {
    /// The run of two minutes, and what it kept for forks.
    private func run() throws -> (run: ScenarioRun, summary: MarketSummary, forks: Forks) {
        var run = SmallRun.run
        run.out = nil
        run.until = run.scenario.start.adding(seconds: 120)
        let forks = Forks(reference: run.scenario.referenceAsset)
        let result = try run.execute(forks: forks)
        return (run, result.summary, forks)
    }

    @Test func halfAForkIsNoAnswer() throws {
        let (run, summary, forks) = try run()
        #expect(throws: CancellationError.self) {
            try Fragility(run.scenario, after: summary, forks: forks).falls { true }
        }
    }

    /// Each moment can be taken, at its own time, and the start is the run's.
    @Test func theMomentsAreTheRuns() throws {
        let (run, summary, forks) = try run()
        let low = run.scenario.start.adding(seconds: 70)
        let times = (forks.takeLow(at: low).now, forks.takeStart().stateHash(), forks.takeEnd().now)
        #expect(times.0 == low && times.2 == run.until)
        #expect(summary.simulatedUntilUtc == run.until?.description)
        let fresh = try run.world().stateHash()
        #expect(times.1 == fresh)
    }
}

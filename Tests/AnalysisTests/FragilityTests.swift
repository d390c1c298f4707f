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

    /// Without an announcement that moves prices there is none that could come again; said before the run.
    @Test(arguments: [
        ("october-2025-calm", [], "news.happens"), ("textbook-waterfall", [], "index is given"),
        ("october-2025-btc", [], "index is given"),
        (
            "textbook-waterfall", ["news.happens=true", "news.time_utc=2025-01-01T00:10:00Z"],
            "index is given"
        ),
    ])
    func anEventWithoutAnAnnouncementIsRefused(name: String, set: [String], why: String) throws {
        let scenario = try Scenario(ScenarioFile(named: name, overrides: set))
        let error = try #require(#expect(throws: InputError.self) { try Fragility.check(scenario) })
        #expect(error.description.contains(why), "\(error)")
    }

    @Test func anAnnouncementMayComeAgain() throws {
        for set in [[], ["news.happens=false", "news.again_utc=2025-10-10T21:00:00Z"]] {
            try Fragility.check(Scenario(ScenarioFile(named: "october-2025", overrides: set)))
        }
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

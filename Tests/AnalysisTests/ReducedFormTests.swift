import Foundation
import Primitives
import Recording
import ReducedForm
import Scenarios
import Synchronization
import Testing

@testable import Analysis

@Suite("Questions to the reduced form")
struct ReducedFormTests {
    private func base() throws -> ReducedFormParameters {
        try ReducedFormParameters(Scenario(ScenarioFile(named: "october-2025")))
    }
    private let runs = ReducedFormRuns(seeds: 1, seed: 3)

    @Test func theShockIsTheScenariosNews() throws {
        let calm = try ReducedFormParameters(Scenario(ScenarioFile(named: "october-2025-calm")))
        #expect(calm.shock == 0)
        #expect(try base().shock > 0)
        let own = try ReducedFormParameters(
            Scenario(ScenarioFile(named: "october-2025-calm")), shockPct: 50, leverage: 2, depth: 3)
        #expect(abs(own.shock - 0.6931471805599453) < 1e-12)
        #expect(own.depth == calm.depth.map { $0 * 3 })
        #expect(own.medianLeverage == calm.medianLeverage.map { 1 + ($0 - 1) * 2 })
        #expect(throws: InputError.self) {
            try ReducedFormParameters(Scenario(ScenarioFile(named: "textbook-waterfall")))
        }
    }

    /// Every answer says how little of the event is in it.
    @Test(arguments: [
        ("october-2025", nil, "; of october-2025 only the news of -2.1 %"),
        ("march-2020", nil, "of march-2020 only the news of -4.87 %, the first of its 2 announcements"),
        ("october-2025-calm", nil, "of october-2025-calm, which has no announcement, nothing"),
        ("march-2020", 3.0, "of march-2020 nothing, and news of -3 % as asked"),
    ])
    func theBasisIsSaid(name: String, shockPct: Double?, words: String) throws {
        let basis = try ReducedFormBasis(Scenario(ScenarioFile(named: name)), shockPct: shockPct)
        #expect(basis.words.hasPrefix("Reduced form: open interest, leverage and depth of October 2025; of"))
        #expect(basis.words.hasSuffix(words), "\(basis.words)")
        #expect(basis.scenario == name)
        let reverse = try ReverseStress(basis, limit: "fall_pct=90", runs)
        #expect(try json(reverse).contains("\"basis\":\"Reduced form: open interest"))
    }

    @Test func interruptedIsNoAnswer() throws {
        let runs = ReducedFormRuns(seeds: 1, seed: 1, isInterrupted: { true })
        let base = try base()
        #expect(throws: CancellationError.self) { try runs.results([base], title: "") }
    }

    @Test func progressCountsTheSettings() throws {
        let told = Mutex<[Int]>([])
        let runs = ReducedFormRuns(
            seeds: 1, seed: 1,
            progress: { title, done, total in
                if title == "own" && total == 3 { told.withLock { $0.append(done) } }
            })
        let base = try base()
        #expect(try runs.results([base, base, base], title: "own").count == 3)
        #expect(told.withLock { $0.sorted() } == [1, 2, 3])
    }

    @Test func theMapHasARowADepth() throws {
        let basis = try ReducedFormBasis(Scenario(ScenarioFile(named: "october-2025")))
        let map = try FragilityMap(basis, runs)
        #expect(map.fallPctByDepthAndShock.count == FragilityMap.depths.count)
        #expect(map.fallPctByDepthAndShock.allSatisfy { $0.count == FragilityMap.shocks.count })
        #expect(map.fallPctByDepthAndLeverage.allSatisfy { $0.count == FragilityMap.leverages.count })
        // The cell of today's depth and leverage is the scenario as it is.
        #expect(map.fallPctByDepthAndLeverage[3][3] == map.now.fallPct)
        #expect(map.now.amplification == map.now.fallPct / map.newsPct)
        // Less depth, more fall; more leverage, less depth at which theory runs away.
        #expect(map.fallPctByDepthAndLeverage[0][3] > map.fallPctByDepthAndLeverage[6][3])
        #expect(map.criticalDepthCalm.last! > map.criticalDepthCalm.first!)
        #expect(map.worlds == 0 && map.indicators.isEmpty)
        if case .between(let safe, let beyond) = map.cliffs.depth {
            let edge = try #require(map.distanceToCliff.depth)
            #expect(edge <= safe && edge >= beyond)
        }
        let text = try json(map)
        #expect(text.contains(#""distance_to_cliff":{"depth":"#) && !text.contains("cliffs"))
    }

    /// Null, not left out.
    @Test func noCliffIsNull() throws {
        #expect(try json(FragilityMap.Distance(shockPct: nil, depth: 2)) == #"{"depth":2,"shock_pct":null}"#)
    }

    @Test(arguments: ["fall_pct", "fall_pct=0", "fall_pct=-1", "fal_pct=3", "fall_pct=x", ""])
    func aLimitThatIsNoneIsRefused(text: String) {
        #expect(throws: InputError.self) { try ReverseStress.Limit(text) }
    }

    /// What is found breaks the limit, a little less does not.
    @Test func theSmallestShockIsAtTheEdge() throws {
        let base = try base()
        func fall(_ shockPct: Double) throws -> Double {
            var p = base
            p.shock = -log(1 - shockPct / 100)
            return try runs.results([p], title: "")[0][0].fallPct[0]
        }
        let search = FragilitySearch(runs, base: base)
        let found = try #require(
            try search.smallest(
                from: 0.02, to: 30, growing: true, { p, x in p.shock = -log(1 - x / 100) },
                breaks: { $0.fallPct[0] > 8 }))
        #expect(try fall(found) > 8)
        #expect(try fall(found * 0.98) <= 8)
        let none = try search.smallest(
            from: 0.02, to: 0.05, growing: true, { p, x in p.shock = -log(1 - x / 100) },
            breaks: { $0.fallPct[0] > 80 })
        #expect(none == nil)
    }

    /// Causes that add up have their own shares, no interactions, and no interval of one seed.
    @Test func sharesOfCausesThatAddUp() throws {
        let weights: [Double] = [8, 1, 2, 3, 4, 5, 6, 7]
        func value(_ coalition: Int) -> Double {
            weights.indices.filter { coalition & (1 << $0) != 0 }.reduce(1) { $0 + weights[$1] }
        }
        let view = Attribution.view((0..<256).map { [value($0)] }, seed: 1)
        for (factor, weight) in zip(Factor.allCases, weights) {
            let share = try #require(view.shares[factor.rawValue])
            #expect(abs(share.share - weight) < 1e-9 && share.low == nil && share.high == nil)
        }
        #expect(view.withNothing == 1 && view.withEverything == 37 && view.total == 36)
        #expect(abs(view.givenNewsTotal - 28) < 1e-9 && view.givenNews.count == 7)
        #expect(view.interactions.allSatisfy { abs($0.dividend) < 1e-9 } && view.efficiencyError < 1e-9)
        #expect(try json(view).contains(#"{"high":null,"low":null,"share":"#))
        let two = Attribution.view((0..<256).map { [value($0), value($0) * 2] }, seed: 1)
        let news = try #require(two.shares[Factor.fundamentals.rawValue])
        let (low, high) = (try #require(news.low), try #require(news.high))
        #expect(abs(news.share - 12) < 1e-9 && abs(low - 8) < 1e-9 && abs(high - 16) < 1e-9)
    }
}

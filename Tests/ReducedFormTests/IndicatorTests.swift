import Primitives
import Testing

@testable import ReducedForm

@Suite("Early-warning indicators")
struct IndicatorTests {
    @Test("The area under the curve counts pairs, ties half")
    func area() {
        #expect(areaUnderROC([1, 2, 3, 4], [false, false, true, true]) == 1)
        #expect(areaUnderROC([4, 3, 2, 1], [false, false, true, true]) == 0)
        #expect(areaUnderROC([1, 1, 1, 1], [false, true, true, false]) == 0.5)
        // Pairs (2 over 1), (2 under 3), (3 over 1), (3 ties 3).
        #expect(areaUnderROC([1, 2, 3, 3], [false, true, true, false]) == 2.5 / 4)
    }

    @Test("Drawn worlds differ in each thing apart and come back with the seed")
    func worlds() {
        let base = ReducedFormParameters()
        let worlds = base.drawnWorlds(50, seed: 3)
        #expect(worlds.map { $0.depth[0] } == base.drawnWorlds(50, seed: 3).map { $0.depth[0] })
        #expect(
            worlds.allSatisfy { $0.depth[0] > base.depth[0] / 3.01 && $0.depth[0] < base.depth[0] * 3.01 })
        #expect(Set(worlds.map { $0.openInterest[0][0] }).count == 50)
    }

    @Test("Where crashes follow the densest triggers, their ratio ranks perfectly and open interest does not")
    func knownTruth() throws {
        let worlds = ReducedFormParameters().drawnWorlds(200, seed: 5)
        let crashes = worlds.map { Indicator.branchingMax.value($0) > 1 }
        let scores = Indicator.scores(worlds, crashes: crashes, seed: 1, resamples: 60)
        let best = try #require(scores.first { $0.indicator == .branchingMax })
        #expect(best.auc == 1 && best.leadP5 > 0)
        #expect(scores[0].leadOverOpenInterest == 0 && scores[0].auc < 1)
        #expect(Indicator.scores(worlds, crashes: worlds.map { _ in true }, seed: 1).isEmpty)
    }
}

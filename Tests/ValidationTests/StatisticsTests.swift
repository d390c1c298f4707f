import Primitives
import Testing

@testable import Validation

@Suite("Statistics of the comparison")
struct StatisticsTests {
    /// Values of scipy.stats.spearmanr, ties included.
    @Test(arguments: [
        ([1.0, 2, 3, 4, 5], [5.0, 6, 7, 8, 7], 0.820782681668123),
        ([1.0, 2, 3], [3.0, 2, 1], -1.0),
        ([1.0, 1, 2, 2, 3], [1.0, 2, 2, 3, 3], 7.25 / 9),
    ])
    func rankCorrelationOfKnownPairs(x: [Double], y: [Double], expected: Double) throws {
        let r = try #require(rankCorrelation(x, y))
        #expect(abs(r - expected) < 1e-9)
    }

    @Test func rankCorrelationNeedsThreePairsThatVary() {
        #expect(rankCorrelation([1, 2], [1, 2]) == nil)
        #expect(rankCorrelation([1, 1, 1], [1, 2, 3]) == nil)
        #expect(rankCorrelation([1, 2, 3], [1, 2]) == nil)
    }

    /// numpy.quantile of [1, 2, 4, 8].
    @Test(arguments: [(0.0, 1.0), (0.05, 1.15), (0.5, 3.0), (0.95, 7.4), (1.0, 8.0)])
    func quantilesInterpolate(q: Double, expected: Double) throws {
        let value = try #require(quantile([8, 1, 4, 2], q))
        #expect(abs(value - expected) < 1e-12)
    }

    @Test func nothingHasNoQuantile() { #expect(quantile([], 0.5) == nil) }
}

import Testing

@testable import Validation

@Suite("The shape of Bitcoin's fall")
struct BitcoinPathTests {
    /// Minute ends from one minute before the news (time 600); percent of the first.
    private func path(_ prices: [Double]) -> BitcoinPath? {
        BitcoinPath(
            prices.enumerated().map { (seconds: Int64(540 + 60 * $0.offset), usd: $0.element) }, news: 600)
    }

    @Test func slideCliffAndRecovery() throws {
        let slide = [100.0] + [Double](repeating: 98, count: 20)
        let p = try #require(path(slide + [97, 94, 91, 88, 90, 92, 94.5, 95]))
        #expect(p.troughMinute == 23)
        #expect(abs(p.fall - 12) < 1e-9)
        #expect(abs(p.earlyLow - 2) < 1e-9)
        #expect(p.cliffMinutes == 3)  // 97 is the last minute above -3.5 %
        #expect(p.halfRegainedMinutes == 3)
    }

    @Test func aSmallFallHasNoCliff() throws {
        let p = try #require(path([100, 99, 98, 99]))
        #expect(p.cliffMinutes == nil)
        #expect(p.halfRegainedMinutes == 1)
    }

    @Test func notRegainedIsNotANumber() throws {
        let p = try #require(path([100, 95, 90, 91]))
        #expect(p.halfRegainedMinutes == nil)
        #expect(p.cliffMinutes == 1)  // below from the first minute on
    }

    @Test func withoutAPriceBeforeOrAfterThereIsNoPath() {
        #expect(path([100]) == nil)
        #expect(BitcoinPath([(seconds: 600, usd: 100), (seconds: 660, usd: 90)], news: 600) == nil)
    }
}

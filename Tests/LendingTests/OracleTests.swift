import Lending
import Primitives
import Testing

@Suite struct OracleTests {
    /// Half a percent or an hour.
    @Test func itPushesOnDeviationOrHeartbeat() {
        var oracle = PriceOracle(answer: usd("4000"), heartbeat: 3_600, deviationBps: 50, at: noon)
        var pushes: [Bool] = []
        for (seconds, source) in [
            (60, "4019.99999999"), (61, "4020"), (62, "4000"), (63, "3999.9"), (3_660, "3990"),
            (3_661, "3999.90000001"), (7_200, "3999.9"), (7_261, "3999.9"),
        ] {
            pushes.append(oracle.observe(source: usd(source), at: after(Int64(seconds))))
        }
        #expect(pushes == [false, true, false, true, false, false, true, false])
        #expect(oracle.answer == usd("3999.9"))
    }

    @Test func aStoppedSourceGoesStale() {
        var oracle = PriceOracle(answer: usd("4000"), heartbeat: 3_600, deviationBps: 50, at: noon)
        for hour in 1...5 {
            let pushed = oracle.observe(source: nil, at: after(3_600 * Int64(hour)))
            #expect(!pushed)
        }
        #expect(!oracle.isStale(at: after(3_599)))
        #expect(oracle.isStale(at: after(3_600)))
        #expect(oracle.answer == usd("4000"))
    }

    /// While the feed is down the market halves; every protocol goes on with the last answer.
    @Test func aStoppedFeedHidesAFallUntilItAnswersAgain() throws {
        var oracle = PriceOracle(answer: usd("4000"), heartbeat: 3_600, deviationBps: 50, at: noon)
        var comet = makeComet()
        var morpho = makeMorpho()
        var maker = makeMaker()
        let (lender, cometBorrower) = (comet.addAccount(), comet.addAccount())
        try comet.supply(units("100000", 6), by: lender)
        try comet.supplyCollateral(0, wad("10"), by: cometBorrower)
        try comet.withdraw(units("30000", 6), by: cometBorrower)
        let (morphoLender, morphoBorrower) = (morpho.addAccount(), morpho.addAccount())
        try morpho.supply(.assets(units("100000", 6)), by: morphoLender)
        try morpho.supplyCollateral(wad("10"), by: morphoBorrower)
        try morpho.borrow(.assets(units("30000", 6)), by: morphoBorrower)
        let urn = maker.openUrn(ilk: 0)
        try maker.lockAndDraw(urn, ink: wad("10"), art: wad("27000"))
        var unsafe: [[LendingVerdict]] = []
        for (hour, source) in [(1, nil), (2, nil), (3, usd("2000")), (4, usd("2000"))] {
            let time = after(3_600 * Int64(hour))
            let isPushed = oracle.observe(source: source, at: time)
            #expect(isPushed == (source != nil))
            comet.setPrice(0, oracle.answer)
            morpho.price = oracle.answer * .powerOf10(16)
            maker.advance(to: time)
            maker.poke(0, source: source.map { $0 * .powerOf10(10) })
            unsafe.append([
                comet.verdict(cometBorrower), morpho.verdict(morphoBorrower), maker.verdict(urn),
            ])
        }
        // The security module takes one hour more.
        #expect(
            unsafe == [
                [.safe, .safe, .safe], [.safe, .safe, .safe], [.unsafe, .unsafe, .safe],
                [.unsafe, .unsafe, .unsafe],
            ])
    }

    @Test func zeroAndAMillionFoldJumpAreAnswersLikeAnyOther() {
        var oracle = PriceOracle(answer: usd("4000"), heartbeat: 3_600, deviationBps: 50, at: noon)
        for (seconds, price) in [
            (1, UInt256.zero), (2, 1), (3, usd("4000000000")), (4, .max / 10_000), (5, .zero),
        ] {
            let pushed = oracle.observe(source: price, at: after(Int64(seconds)))
            #expect(pushed)
            #expect(oracle.answer == price)
        }
        let again = oracle.observe(source: .zero, at: after(6))
        #expect(!again)
    }
}

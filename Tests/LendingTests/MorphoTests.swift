import Lending
import Primitives
import Testing

/// wstETH (18 decimals) against USDC (6 decimals): a price of 4,000 is 4,000 × 10^(36 + 6 - 18).
private func price(_ dollars: String) -> UInt256 { units(dollars, 24) }

func makeMorpho(fee: String = "0.1") -> MorphoMarket {
    MorphoMarket(
        lltv: wad("0.86"), fee: wad(fee), rateCurve: MorphoRateCurve(rateAtTarget: 1_268_391_679),
        price: price("4000"), at: noon)
}

private func checkConservation(_ market: borrowing MorphoMarket) {
    var (supply, borrow, collateral) = (UInt256.zero, UInt256.zero, UInt256.zero)
    for account in 0..<market.accountCount {
        let position = market.position(account)
        supply += position.supplyShares
        borrow += position.borrowShares
        collateral += position.collateral
    }
    let totals = (market.totalSupplyShares, market.totalBorrowShares, market.collateralHeld)
    #expect(totals == (supply, borrow, collateral))
    let (held, supplied, borrowed) = (market.loanHeld, market.totalSupplyAssets, market.totalBorrowAssets)
    #expect(borrowed <= supplied)
    #expect(held + borrowed >= supplied)
}

@Suite struct MorphoTests {
    @Test func oneAccountThroughEveryStage() throws {
        var market = makeMorpho()
        let (lender, borrower) = (market.addAccount(), market.addAccount())
        try market.supply(.assets(units("100000", 6)), by: lender)
        try market.supplyCollateral(wad("10"), by: borrower)
        #expect(throws: MorphoError.insufficientCollateral) {
            try market.borrow(.assets(units("34400.000001", 6)), by: borrower)
        }
        try market.borrow(.assets(units("34000", 6)), by: borrower)
        market.accrueInterest(to: after(86_400 * 30))
        let owed = market.borrowed(borrower)
        #expect(owed > units("34000", 6) && owed < units("34100", 6))
        let feeShares = market.position(MorphoMarket.feeRecipient).supplyShares
        #expect(feeShares > .zero)
        #expect(throws: MorphoError.healthyPosition) {
            try market.liquidate(borrower, .seize(wad("1")))
        }
        market.price = price("3900")
        let first = try market.liquidate(borrower, .seize(wad("5")))
        let incentive = MorphoLiquidation.incentiveFactor(lltv: wad("0.86"))
        let quoted = MorphoLiquidation.repaid(seized: wad("5"), price: price("3900"), incentive: incentive)
        #expect(first.repaid >= quoted && first.repaid <= quoted + 1)
        #expect(first.badDebt == .zero)
        market.price = price("2000")
        let before = market.totalSupplyAssets
        let last = try market.liquidate(borrower, .seize(wad("5")))
        #expect(last.badDebt > units("5000", 6))
        let (after, position) = (market.totalSupplyAssets, market.position(borrower))
        #expect(before - after == last.badDebt)
        #expect(position.borrowShares == .zero && position.collateral == .zero)
        checkConservation(market)
        let all = market.position(lender).supplyShares
        let out = try market.withdraw(.shares(all), by: lender)
        #expect(out.assets < units("100000", 6))
        checkConservation(market)
    }

    @Test func repayGivenAndSeizeGivenAgree() throws {
        for given in ["1000", "20000"] {
            var market = makeMorpho()
            let (lender, borrower) = (market.addAccount(), market.addAccount())
            try market.supply(.assets(units("100000", 6)), by: lender)
            try market.supplyCollateral(wad("10"), by: borrower)
            try market.borrow(.assets(units("34000", 6)), by: borrower)
            market.price = price("3900")
            let shares = units(given, 12)
            let result = try market.liquidate(borrower, .repay(shares: shares))
            #expect(result.repaidShares == shares)
            #expect(result.repaid == units(given, 6))
            let incentive = MorphoLiquidation.incentiveFactor(lltv: wad("0.86"))
            let seized = MorphoLiquidation.seized(
                repaid: units(given, 6), price: price("3900"), incentive: incentive)
            #expect(result.seized <= seized && seized - result.seized < wad("0.000001"))
            checkConservation(market)
        }
    }

    @Test func aPriceOfZeroMakesCollateralFree() throws {
        var market = makeMorpho()
        let (lender, borrower) = (market.addAccount(), market.addAccount())
        try market.supply(.assets(units("100000", 6)), by: lender)
        try market.supplyCollateral(wad("10"), by: borrower)
        try market.borrow(.assets(units("34000", 6)), by: borrower)
        market.price = .zero
        #expect(throws: MorphoError.zeroPrice) { try market.liquidate(borrower, .repay(shares: 1)) }
        let result = try market.liquidate(borrower, .seize(wad("10")))
        #expect(result.repaid == .zero)
        #expect(result.badDebt == units("34000", 6))
        let supplied = market.totalSupplyAssets
        #expect(supplied == units("66000", 6))
        checkConservation(market)
    }

    @Test func aMillionFoldRiseIsHealthy() throws {
        var market = makeMorpho()
        let (lender, borrower) = (market.addAccount(), market.addAccount())
        try market.supply(.assets(units("100000", 6)), by: lender)
        try market.supplyCollateral(wad("10"), by: borrower)
        market.price = price("4000000000")
        try market.borrow(.assets(units("100000", 6)), by: borrower)
        let isHealthy = market.isHealthy(borrower)
        #expect(isHealthy)
        #expect(throws: MorphoError.insufficientLiquidity(available: .zero)) {
            try market.withdraw(.assets(1), by: lender)
        }
        #expect(throws: MorphoError.amountTooLarge) { try market.supply(.assets(.max), by: lender) }
        #expect(throws: MorphoError.zeroAmount) { try market.supply(.assets(.zero), by: lender) }
        #expect(throws: MorphoError.unknownAccount(7)) { try market.supply(.assets(1), by: 7) }
    }

    @Test func preLiquidationGrowsWithTheLoanToValue() throws {
        let agreement = MorphoPreLiquidation(
            lltv: wad("0.80"), closeFactors: (wad("0.1"), wad("0.5")), incentives: (wad("1.01"), wad("1.04")))
        let middle = agreement.factors(ltv: wad("0.83"), marketLLTV: wad("0.86"))
        #expect(middle == (wad("1.025"), wad("0.3")))
        var market = makeMorpho()
        let (lender, borrower) = (market.addAccount(), market.addAccount())
        try market.supply(.assets(units("100000", 6)), by: lender)
        try market.supplyCollateral(wad("10"), by: borrower)
        try market.borrow(.assets(units("33200", 6)), by: borrower)
        market.price = price("4200")
        #expect(throws: MorphoError.notPreLiquidatable) {
            try market.preLiquidate(borrower, .repay(shares: 1), under: agreement)
        }
        market.price = price("4000")
        let repayable = market.position(borrower).borrowShares * 3 / 10
        #expect(throws: MorphoError.self) {
            try market.preLiquidate(borrower, .repay(shares: repayable + 1_000_000_000), under: agreement)
        }
        let result = try market.preLiquidate(
            borrower, .repay(shares: repayable - 1_000_000), under: agreement)
        #expect(abs(Double(result.repaid) / 33_200e6 - 0.3) < 1e-6)
        #expect(abs(Double(result.seized) / 1e18 - 33_200 * 0.3 * 1.025 / 4_000) < 1e-6)
        checkConservation(market)
        market.price = price("3000")
        #expect(throws: MorphoError.liquidatablePosition) {
            try market.preLiquidate(borrower, .repay(shares: 1), under: agreement)
        }
    }

    @Test func sharesRoundForTheMarket() {
        let (assets, shares) = (UInt256(1_000_003), UInt256(999_999_000_000))
        for amount in [1, 7, 1_000, 999_983] as [UInt256] {
            let down = MorphoShares.sharesDown(amount, totalAssets: assets, totalShares: shares)
            let up = MorphoShares.sharesUp(amount, totalAssets: assets, totalShares: shares)
            #expect(up - down <= 1)
            #expect(MorphoShares.assetsDown(down, totalAssets: assets, totalShares: shares) <= amount)
            #expect(MorphoShares.assetsUp(up, totalAssets: assets, totalShares: shares) >= amount)
        }
        let curve = MorphoRateCurve(rateAtTarget: 1_000_000_000)
        #expect(curve.rate(utilization: .zero) == 250_000_000)
        #expect(curve.rate(utilization: wad("0.9")) == 1_000_000_000)
        #expect(curve.rate(utilization: .wad) == 4_000_000_000)
        // e^0.1 - 1 cut after the cube.
        #expect(MorphoRateCurve.compounded(rate: wad("0.01"), seconds: 10) == wad("0.105166666666666666"))
    }

    @Test func randomSequencesConserve() {
        var liquidated = 0
        for seed in 1...6 {
            var random = RandomStream(seed: UInt64(seed), name: "morpho")
            var market = makeMorpho(fee: seed % 2 == 0 ? "0" : "0.25")
            for _ in 0..<6 { _ = market.addAccount() }
            var time = noon
            var done = 0
            for _ in 0..<600 {
                time = SimTime(seconds: time.seconds + Int64(random.next() % 40_000))
                market.accrueInterest(to: time)
                let before = (market.collateralHeld, market.totalBorrowShares)
                if step(&market, &random) != nil { done += 1 }
                // Only a liquidation takes collateral and debt at once.
                let after = (market.collateralHeld, market.totalBorrowShares)
                if after.0 < before.0 && after.1 < before.1 { liquidated += 1 }
                checkConservation(market)
            }
            #expect(done > 150)
        }
        // Without one the totals of a liquidation were never looked at.
        #expect(liquidated > 5)
    }

    /// One random call. Returns whose positions changed, nil if it was refused.
    func step(_ market: inout MorphoMarket, _ random: inout RandomStream) -> [Int32]? {
        let account = Int32(1 + random.next() % 6)
        let assets = UInt256(1 + random.next() % 20_000_000_000)
        let collateral = UInt256(1 + random.next() % 1_000_000_000) * 3_000_000_000
        let shares = market.position(account).borrowShares
        do {
            switch random.next() % 9 {
            case 0, 1: try market.supply(.assets(assets * 2), by: account)
            case 2: try market.withdraw(.assets(assets), by: account)
            case 3: try market.borrow(.assets(assets), by: account)
            case 4: try market.repay(.shares(max(1, shares / 2)), of: account)
            case 5: try market.supplyCollateral(collateral * 2, by: account)
            case 6: try market.withdrawCollateral(collateral, by: account)
            case 7:
                market.price = market.price.mulDivDown(UInt256(7_500 + random.next() % 5_500), 10_000)
            default:
                // Whoever can be: a drawn account is hardly ever an unsafe one.
                let weak = (1...6).first { !market.isHealthy($0) } ?? account
                let position = market.position(weak)
                let half = random.next() % 2 == 0
                try market.liquidate(
                    weak,
                    half ? .repay(shares: max(1, position.borrowShares / 2)) : .seize(position.collateral))
                return [weak]
            }
            return [account]
        } catch {
            return nil
        }
    }
}

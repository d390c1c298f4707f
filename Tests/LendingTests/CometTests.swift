import Lending
import Primitives
import Testing

/// The USDC market: asset 0 is WETH at 4,000 USD, asset 1 COMP at 50.
func makeComet(target: String = "5000000") -> CometMarket {
    let supply = CometRateCurve(
        kinkBps: 9_000, baseBpsPerYear: 0, slopeLowBpsPerYear: 300, slopeHighBpsPerYear: 4_000)
    let borrow = CometRateCurve(
        kinkBps: 9_000, baseBpsPerYear: 150, slopeLowBpsPerYear: 350, slopeHighBpsPerYear: 5_000)
    return CometMarket(
        CometParameters(
            baseDecimals: 6, supplyRate: supply, borrowRate: borrow, storeFrontPriceFactor: wad("0.5"),
            targetReserves: units(target, 6), minimumBorrow: units("100", 6),
            assets: [
                CometAssetParameters(
                    decimals: 18, borrowCollateralBps: 8_250, liquidateCollateralBps: 8_950,
                    liquidationFactorBps: 9_500),
                CometAssetParameters(
                    decimals: 18, borrowCollateralBps: 6_500, liquidateCollateralBps: 7_000,
                    liquidationFactorBps: 9_300, supplyCap: wad("1000")),
            ]), basePrice: usd("1"), prices: [usd("4000"), usd("50")], at: noon)
}

private func checkConservation(_ market: borrowing CometMarket) {
    var (supply, borrow) = (UInt256.zero, UInt256.zero)
    var collateral = [UInt256.zero, UInt256.zero]
    for account in 1..<market.accountCount {
        let principal = market.principal(of: account)
        if principal >= 0 { supply += UInt256(principal) } else { borrow += UInt256(-principal) }
        for asset in 0..<2 { collateral[asset] += market.collateral(Int32(asset), of: account) }
    }
    let totals = market.principalTotals
    #expect(supply == totals.supply && borrow == totals.borrow)
    let supplied = market.collateralSupplied
    #expect(collateral == supplied)
    let (reserves, held) = (market.reserves, market.baseHeld)
    let (owed, due) = (market.totalSupply, market.totalBorrow)
    #expect(reserves == Int128(held.low) - Int128(owed.low) + Int128(due.low))
}

@Suite struct CometTests {
    @Test func oneAccountThroughEveryStage() throws {
        var market = makeComet()
        let (lender, borrower) = (market.addAccount(), market.addAccount())
        try market.supply(units("100000", 6), by: lender)
        try market.supplyCollateral(0, wad("10"), by: borrower)
        try market.withdraw(units("33000", 6), by: borrower)
        #expect(throws: CometError.notCollateralized) { try market.withdraw(1, by: borrower) }
        market.advance(to: after(86_400 * 30))
        let debt = -market.baseBalance(of: borrower)
        #expect(debt > 33_000_000_000 && debt < 33_200_000_000)
        #expect(throws: CometError.notLiquidatable) { try market.absorb(borrower) }
        market.setPrice(0, usd("3600"))
        let paid = try market.absorb(borrower)
        #expect(paid == units("34200", 6))
        let rest = market.baseBalance(of: borrower)
        #expect(abs(rest - (34_200_000_000 - debt)) <= 1)
        let reserves = market.reserves
        #expect(reserves < 0)
        // The storefront sells at half of the 5 % penalty off.
        let quote = try market.quoteCollateral(0, baseAmount: units("3510", 6))
        #expect(quote == wad("1"))
        #expect(throws: CometError.tooMuchSlippage(offered: quote)) {
            try market.buyCollateral(0, baseAmount: units("3510", 6), minimum: quote + 1)
        }
        #expect(throws: CometError.insufficientCollateralReserves(available: wad("10"))) {
            try market.buyCollateral(0, baseAmount: units("40000", 6))
        }
        try market.buyCollateral(0, baseAmount: units("3510", 6) * 10)
        let left = market.collateralReserves(0)
        #expect(left == .zero)
        checkConservation(market)
    }

    @Test func limitsAreRefused() throws {
        var market = makeComet(target: "0")
        let (lender, borrower) = (market.addAccount(), market.addAccount())
        try market.supply(units("1000", 6), by: lender)
        try market.supplyCollateral(1, wad("1000"), by: borrower)
        #expect(throws: CometError.supplyCapExceeded(asset: 1)) {
            try market.supplyCollateral(1, 1, by: borrower)
        }
        #expect(throws: CometError.badAsset(2)) { try market.supplyCollateral(2, 1, by: borrower) }
        #expect(throws: CometError.borrowTooSmall(minimum: units("100", 6))) {
            try market.withdraw(units("99", 6), by: borrower)
        }
        #expect(throws: CometError.insufficientLiquidity(available: units("1000", 6))) {
            try market.withdraw(units("1001", 6), by: borrower)
        }
        #expect(throws: CometError.notForSale) { try market.buyCollateral(1, baseAmount: 1) }
        #expect(throws: CometError.amountTooLarge) { try market.supply(.max, by: lender) }
        #expect(throws: CometError.amountTooLarge) { try market.quoteCollateral(1, baseAmount: .max) }
        market.setPrice(1, 1)
        #expect(throws: CometError.badPrice(asset: 1)) { try market.quoteCollateral(1, baseAmount: 1) }
        market.setPrice(1, usd("50"))
        try market.withdraw(units("500", 6), by: borrower)
        #expect(throws: CometError.notCollateralized) {
            try market.withdrawCollateral(1, wad("990"), by: borrower)
        }
        let kept = market.collateral(1, of: borrower)
        #expect(kept == wad("1000"))
    }

    @Test func aPriceOfZeroIsBadAndALossIsTheReserves() throws {
        var market = makeComet()
        let (lender, borrower) = (market.addAccount(), market.addAccount())
        try market.supply(units("100000", 6), by: lender)
        try market.supplyCollateral(0, wad("10"), by: borrower)
        try market.withdraw(units("33000", 6), by: borrower)
        market.setPrice(0, .zero)
        #expect(throws: CometError.badPrice(asset: 0)) { try market.absorb(borrower) }
        #expect(throws: CometError.badPrice(asset: 0)) {
            try market.buyCollateral(0, baseAmount: 1)
        }
        market.setPrice(-1, .zero)
        #expect(throws: CometError.badPrice(asset: -1)) { try market.isLiquidatable(borrower) }
        market.setPrice(-1, usd("1"))
        market.setPrice(0, usd("0.004"))
        let paid = try market.absorb(borrower)
        #expect(paid == units("33000", 6))
        let (rest, reserves) = (market.baseBalance(of: borrower), market.reserves)
        #expect(rest == 0)
        #expect(reserves == -33_000_000_000)
        checkConservation(market)
    }

    @Test func aMillionFoldRiseLeavesTheDebtCovered() throws {
        var market = makeComet()
        let (lender, borrower) = (market.addAccount(), market.addAccount())
        try market.supply(units("100000000", 6), by: lender)
        try market.supplyCollateral(0, wad("10"), by: borrower)
        market.setPrice(0, usd("4000000000"))
        try market.withdraw(units("90000000", 6), by: borrower)
        let isLiquidatable = try market.isLiquidatable(borrower)
        #expect(!isLiquidatable)
        market.setPrice(0, usd("4000"))
        try market.absorb(borrower)
        let reserves = market.reserves
        #expect(reserves == 38_000_000_000 - 90_000_000_000_000 - 38_000_000_000)
        checkConservation(market)
    }

    @Test func ratesHaveAKink() {
        let curve = CometRateCurve(
            kinkBps: 8_000, baseBpsPerYear: 100, slopeLowBpsPerYear: 400, slopeHighBpsPerYear: 10_000)
        let perYear = { (u: String) in Double(curve.rate(utilization: wad(u))) * 31_536_000 / 1e18 }
        #expect(abs(perYear("0") - 0.01) < 1e-9)
        #expect(abs(perYear("0.8") - 0.042) < 1e-9)
        #expect(abs(perYear("1") - 0.242) < 1e-9)
    }

    @Test func randomSequencesConserve() throws {
        var absorbed = 0
        for seed in 1...5 {
            var random = RandomStream(seed: UInt64(seed), name: "comet")
            var market = makeComet()
            for _ in 0..<6 { _ = market.addAccount() }
            var time = noon
            var done = 0
            for _ in 0..<600 {
                time = SimTime(seconds: time.seconds + Int64(random.next() % 20_000))
                market.advance(to: time)
                let before = market.collateralReserves(0)
                if step(&market, &random) != nil { done += 1 }
                let after = market.collateralReserves(0)
                if after != before { absorbed += 1 }
                checkConservation(market)
            }
            #expect(done > 200)
        }
        // Without one the totals of a liquidation were never looked at.
        #expect(absorbed > 5)
    }

    /// One random call. Returns whose positions changed, nil if it was refused.
    func step(_ market: inout CometMarket, _ random: inout RandomStream) -> [Int32]? {
        let account = Int32(1 + random.next() % 6)
        let asset = Int32(random.next() % 2)
        let base = UInt256(1 + random.next() % 20_000_000_000)
        let amount = UInt256(1 + random.next() % 5_000_000_000) * 1_000_000_000
        do {
            switch random.next() % 8 {
            case 0, 1: try market.supply(base * 2, by: account)
            case 2, 3: try market.withdraw(base * 2, by: account)
            case 4: try market.supplyCollateral(asset, amount * 2, by: account)
            case 5: try market.withdrawCollateral(asset, amount, by: account)
            case 6:
                let factor = UInt256(5_500 + random.next() % 9_000)
                let price = market.prices[Int(asset)]
                market.setPrice(asset, max(1, price.mulDivDown(factor, 10_000)))
            default:
                // Whoever can be: a drawn account is hardly ever an unsafe one.
                let weak = (1...6).first { market.verdict($0) == .unsafe } ?? account
                try market.absorb(weak)
                try market.buyCollateral(asset, baseAmount: base)
                return [weak]
            }
            return [account]
        } catch {
            return nil
        }
    }
}

import Lending
import Primitives
import Testing

/// The published or recomputed examples of each protocol, as tables.
@Suite struct WorkedExamples {
    @Test func aaveHealthFactor() {
        let factor = AaveLiquidation.healthFactor(
            weightedCollateral: usd("10000") * 8_000, debt: usd("6000"))
        #expect(factor == wad("1.333333333333333333"))
    }

    /// Aave v3.3 features, and the deployed rule either side of a health factor of 0.95.
    @Test(arguments: [
        (3_000, 9_000, 9_000, "0.96", AaveRevision.beforeV33, "1500"),
        (3_000, 9_000, 9_000, "0.96", .v33, "3000"), (5_000, 8_000, 5_000, "0.94", .v37, "5000"),
        (5_000, 8_000, 5_000, "0.97", .v37, "2500"), (5_000, 8_000, 5_000, "0.95", .v37, "5000"),
        (1_999, 8_000, 1_999, "0.97", .v37, "1999"), (5_000, 1_999, 5_000, "0.97", .v37, "5000"),
        (2_000, 2_000, 2_000, "0.97", .v33, "1000"),
    ]) func aaveCloseFactor(
        debt: Int, collateral: Int, total: Int, factor: String, revision: AaveRevision, most: String
    ) {
        let value = usd("\(debt)")
        let repay = AaveLiquidation.maxRepay(
            reserveDebt: value, debtPrice: 1, debtUnit: 1, reserveDebtValue: value,
            reserveCollateralValue: usd("\(collateral)"), totalDebtValue: usd("\(total)"),
            healthFactor: wad(factor), revision: revision)
        #expect(repay == usd(most))
    }

    @Test(arguments: [
        (
            "1000000000", "200000000000", "1000000000000000000", "10000000000000000000",
            "522500000000000000", "1000000000", "2500000000000000"
        ),
        ("5000000000", "6000000000000", "100000000", "8000000", "7961904", "4571428572", "38096"),
    ]) func aaveAmounts(
        cover: String, price: String, unit: String, balance: String, seized: String, repaid: String,
        fee: String
    ) {
        let amounts = AaveLiquidation.amounts(
            debtPrice: usd("1"), debtToCover: UInt256(cover)!, debtUnit: 1_000_000,
            collateralPrice: UInt256(price)!, collateralUnit: UInt256(unit)!,
            borrowerCollateral: UInt256(balance)!, bonusBps: 10_500, protocolFeeBps: 1_000, revision: .v37)
        #expect(amounts.collateralToLiquidator.description == seized)
        #expect(amounts.debtRepaid.description == repaid)
        #expect(amounts.protocolFee.description == fee)
    }

    @Test func aaveRoundingBeforeV37IsHalfUp() {
        // base 1,999,999 × 1.05 = 2,099,998.95; the bonus is 100,000 - 0.05, its tenth is 10,000 - 0.005.
        let ask = { (revision: AaveRevision) in
            AaveLiquidation.amounts(
                debtPrice: 1, debtToCover: 1_999_999, debtUnit: 1, collateralPrice: 1, collateralUnit: 1,
                borrowerCollateral: 10_000_000, bonusBps: 10_500, protocolFeeBps: 1_000, revision: revision)
        }
        #expect(ask(.v33) == (2_089_999, 1_999_999, 10_000))
        #expect(ask(.v37) == (2_089_998, 1_999_999, 10_000))
    }

    @Test func aaveLeverageAndBonus() {
        let leverage = AaveLiquidation.maximumLeverage(liquidationThreshold: 0.95, healthFactor: 1.01)
        #expect(abs(leverage - 16.83) < 0.01)
        let seizure = AaveLiquidation.seizure(debt: wad("5"), closeFactorBps: 5_000, bonusBps: 500)
        #expect(seizure == (wad("2.5"), wad("0.125"), wad("2.625")))
    }

    /// Comet quote-collateral-test: 200 USD of an asset at 200 with liquidation factor 0.6.
    @Test(arguments: [("0.5", "1.25"), ("0", "1")])
    func cometQuote(storeFront: String, amount: String) {
        let quote = CometLiquidation.quoteCollateral(
            baseAmount: units("200", 6), basePrice: usd("1"), baseUnit: 1_000_000, assetPrice: usd("200"),
            assetUnit: .wad, liquidationFactor: wad("0.6"), storeFrontPriceFactor: wad(storeFront))
        #expect(quote == wad(amount))
    }

    /// Comet is-liquidatable-test: a debt of 100,000 USD against units at one dollar.
    @Test(arguments: [("95000", true), ("100000", false), ("99999.999999999999999999", true)])
    func cometLiquidatable(collateral: String, expected: Bool) {
        let item = CometCollateral(
            amount: wad(collateral), price: usd("1"), unit: .wad, factor: wad("1"))
        let isLiquidatable = CometLiquidation.isLiquidatable(
            debt: units("100000", 6), basePrice: usd("1"), baseUnit: 1_000_000, collateral: [item])
        #expect(isLiquidatable == expected)
    }

    /// Comet absorb-test: 44,175 USD of collateral for a debt of one unit less.
    @Test func cometAbsorb() {
        let collateral = [("1", "175"), ("1", "3000"), ("1", "41000")].map {
            CometCollateral(amount: wad($0.0), price: usd($0.1), unit: .wad, factor: wad("1"))
        }
        let result = CometLiquidation.absorb(
            debt: units("44174.999999", 6), basePrice: usd("1"), baseUnit: 1_000_000, collateral: collateral)
        #expect(result.newBalance == 1)
        #expect(result.basePaidOut == units("44175", 6))
        #expect(result.collateralValue == usd("44175"))
    }

    @Test func compoundV2SeizeTokens() {
        let tokens = CompoundV2Liquidation.seizeTokens(
            repayAmount: .wad, priceBorrowed: .wad, priceCollateral: .wad, exchangeRate: .wad * 2,
            incentive: .wad)
        #expect(tokens == .wad / 2)
        #expect(CompoundV2Liquidation.split(seizeTokens: 1_000, protocolShare: wad("0.028")) == (972, 28))
    }

    @Test func makerKick() {
        let rules = MakerAuctionRules(
            curve: .linear(tau: 3_600), buf: .ray, tail: 3_600, cusp: ray("0.3"), tip: rad("100"))
        #expect(rules.top(oraclePrice: wad("4")) == ray("4"))
        #expect(rules.incentive(tab: rad("110")) == rad("100"))
        let bark = try! MakerBark(
            ink: wad("40"), art: wad("100"), rate: .ray, room: rad("1000"), chop: wad("1.1"), dust: rad("20"))
        #expect(bark.tab == rad("110"))
        #expect(bark.dink == wad("40"))
    }

    @Test func makerPartialBark() throws {
        let bark = try MakerBark(
            ink: wad("40"), art: wad("100"), rate: .ray, room: rad("80"), chop: .wad, dust: rad("20"))
        #expect(bark.dart == wad("80"))
        #expect(bark.dink == wad("32"))
        #expect(bark.tab == rad("80"))
    }

    /// dss clip tests: buying more than the tab, and less than leaves a tab worth keeping.
    @Test(arguments: [
        ("25", "22", "110", "0", "18"), ("18", "17.6", "88", "22", "22.4"), ("10", "10", "50", "60", "30"),
    ]) func makerTake(amount: String, slice: String, owe: String, tab: String, lot: String) throws {
        let taken = try MakerAuctionRules.slice(
            tab: rad("110"), lot: wad("40"), amount: wad(amount), price: ray("5"), chost: rad("22"))
        #expect(
            taken
                == MakerSlice(slice: wad(slice), owe: rad(owe), tabLeft: rad(tab), lotLeft: wad(lot)))
    }

    @Test func makerTakeWithTooLittleTabIsRefused() {
        #expect(throws: MakerError.noPartialPurchase) {
            try MakerAuctionRules.slice(
                tab: rad("22"), lot: wad("40"), amount: wad("1"), price: ray("5"), chost: rad("22"))
        }
    }

    @Test func makerCurves() {
        let stairs = AuctionCurve.stairstep(cut: ray("0.99"), step: 1).price(top: ray("5"), elapsed: 60)
        #expect(abs(Double(stairs) / 1e27 - 2.735783211953807) < 1e-12)
        let linear = AuctionCurve.linear(tau: 3_600)
        #expect(linear.price(top: ray("1000"), elapsed: 360) == ray("900"))
        #expect(linear.price(top: ray("1000"), elapsed: 1_800) == ray("500"))
        #expect(linear.price(top: ray("1000"), elapsed: 3_600) == .zero)
        let half = AuctionCurve.exponential(cut: ray("0.999230132966")).price(top: ray("4000"), elapsed: 900)
        #expect(abs(Double(half) / 1e27 - 2_000) < 0.001)
        let vault = AuctionCurve.stairstep(cut: ray("0.99"), step: 60).price(top: ray("1.2"), elapsed: 1_140)
        #expect(abs(Double(vault) / 1e27 - 0.9914) < 0.001)
    }

    @Test func makerReset() {
        let rules = MakerAuctionRules(
            curve: .linear(tau: 36_000), buf: ray("1.25"), tail: 3_600, cusp: ray("0.5"))
        #expect(!rules.status(top: ray("5"), elapsed: 3_600).needsRedo)
        #expect(rules.status(top: ray("5"), elapsed: 3_601).needsRedo)
        #expect(rules.top(oraclePrice: wad("3")) == ray("3.75"))
        #expect(AuctionCurve.resetFloor(buf: 1.2, cusp: 0.4) == 0.48)
    }

    @Test(arguments: [
        ("0.8", 1.06, 0.005), ("0.86", 1.0438413361169103, 1e-15), ("0.945", 1.0167768174885612, 1e-15),
        ("0.625", 1.1267605633802817, 1e-15), ("0.385", 1.15, 1e-15),
    ]) func morphoIncentive(lltv: String, expected: Double, tolerance: Double) {
        let factor = MorphoLiquidation.incentiveFactor(lltv: wad(lltv))
        #expect(abs(Double(factor) / 1e18 - expected) <= tolerance)
    }

    @Test func morphoSeizure() {
        let incentive = MorphoLiquidation.incentiveFactor(lltv: wad("0.8"))
        let price = MorphoLiquidation.priceScale
        let seized = MorphoLiquidation.seized(repaid: wad("80"), price: price, incentive: incentive)
        #expect(abs(Double(seized) / 1e18 - 85.106382979) < 1e-6)
        let full = MorphoLiquidation.fullSeizure(
            collateral: wad("100"), price: price / 2, debt: wad("80"), lltv: wad("0.8"))
        #expect(abs(Double(full.repaid) / 1e18 - 47) < 1e-9)
        #expect(full.repaid + full.badDebt == wad("80"))
    }
}

import Primitives
import Testing

@testable import Clearing

/// Which way each division of a rule loses its remainder.
@Suite struct RoundingTests {
    private func house(inverse: Bool, convention: MarginConvention = MarginConvention()) throws
        -> ClearingHouse
    {
        // Inverse: a lot is worth 1,000 units at a price of one tick.
        let unit = ContractUnit(
            microsPerTickLot: inverse ? 1000 : 1, ticksPerUSD: 1, lotsPerCoin: 1, isInverse: inverse)
        let schedule = try MarginSchedule([MarginTier(fromUSD: 0, maxLeverage: 10)])
        var spec = MarketSpec(
            name: "X", unit: unit, schedule: schedule, maxTicks: 10_000, takerFee: Rate(1, over: 1000),
            makerFee: .zero)
        let contract = spec
        spec.kind = .collateral(haircut: Rate(1, over: 10))
        spec.unit = ContractUnit(microsPerTickLot: 1, ticksPerUSD: 1, lotsPerCoin: 1)
        return ClearingHouse(markets: [contract, spec], convention: convention, at: SimTime(seconds: 0))
    }

    @Test func margins() throws {
        let half = Rate(1, over: 2)
        #expect(MarginSchedule.deductionStep(floor: Money(micros: 3), half, after: .zero).micros == 1)
        let schedule = try MarginSchedule([MarginTier(fromUSD: 0, maxLeverage: 10)])
        #expect(schedule.maintenance(Money(micros: 1)).micros == 1)
        #expect(schedule.initial(Money(micros: 11)).micros == 2)
        #expect(ClearingHouse.initialMargin(Money(micros: 10), leverage: 3).micros == 4)
        #expect(Rate(1, over: 3).pico == 333_333_333_334)
        let slope = try MarginSchedule(
            [MarginTier(fromUSD: 0, maxLeverage: 2)],
            slope: SizeSlope(perCoin: Rate(pico: 1), sizePerCoin: 3, countsNotional: false))
        // A third of 1e-12 counts as one.
        #expect(
            slope.maintenance(Money(micros: 4_000_000_000_000), lots: Lots(1)).micros == 1_000_000_000_004)
    }

    @Test func inverseContracts() throws {
        var house = try house(inverse: true)
        // 7 lots at 300: 23.33 units, towards zero on both sides; an order reserves 4 a lot.
        #expect(house.valueOf(0, 7, 300) == -23 && house.valueOf(0, -7, 300) == 23)
        #expect(house.orderValue(0, 7, 300) == 28)
        house.setMark(0, Ticks(300))
        let a = house.openAccount()
        let p = house.positionID(a, 0)
        house.book(p, Lots(7), at: Ticks(300))
        house.seedCash(Money(micros: 10), of: a)
        // 7,000 / 33 = 212.1: up for a long, in its favour; down for a short.
        #expect(house.bankruptcyPrice(p) == Ticks(213))
        house.book(p, Lots(-14), at: Ticks(300))
        house.seedCash(Money(micros: -house.account(a).cash.micros + 10), of: a)
        // 7,000 / 13 = 538.5.
        #expect(house.bankruptcyPrice(p) == Ticks(538))
    }

    @Test func linearBankruptcy() throws {
        var house = try house(inverse: false)
        house.setMark(0, Ticks(300))
        let a = house.openAccount()
        let p = house.positionID(a, 0)
        house.book(p, Lots(7), at: Ticks(300))
        house.seedCash(Money(micros: 100), of: a)
        // 300 - 14.3: the tick above.
        #expect(house.bankruptcyPrice(p) == Ticks(286))
        house.book(p, Lots(-14), at: Ticks(300))
        #expect(house.bankruptcyPrice(p) == Ticks(314))
    }

    @Test func collateralAndFees() throws {
        var house = try house(inverse: false)
        house.setMark(1, Ticks(15))
        let a = house.openAccount()
        house.depositCollateral(1, Lots(1), to: a)
        // 90 % of 15.
        #expect(house.margin(.cross(a)).equity.micros == 13)
        let fee = Rate(1, over: 1000)
        // (1000 - 10) × 0.001 / 0.999, up.
        #expect(
            MarginConvention.feeAtBankruptcy(cost: Money(micros: 1000), rest: Money(micros: 10), fee: fee)
                .micros == 1)
        #expect(
            MarginConvention.feeAtBankruptcy(
                cost: Money(micros: -1_000_000), rest: Money(micros: 1000), fee: fee
            ).micros
                == 1000)
        #expect(
            MarginConvention.feeAtBankruptcy(
                cost: Money(micros: 1_000_000), rest: Money(micros: 1000), fee: fee
            ).micros
                == 1000)
        #expect(
            MarginConvention.feeAtBankruptcy(cost: Money(micros: 5), rest: Money(micros: 10), fee: fee)
                == .zero)
        let fund = house.openAccount(.fund)
        house.setMark(0, Ticks(10))
        let p = house.positionID(a, 0)
        house.chargeLiquidationFee(p, on: Money(micros: 1), fee, atMost: Money(micros: 9), to: fund)
        #expect(house.account(fund).cash.micros == 1)
        #expect(house.closingFeeReserve(0, .buy, Money(micros: 1000), leverage: 3).micros == 1)
    }

    @Test func fundingIsRoundedAgainstTheHolder() throws {
        var house = try house(inverse: false)
        house.setMark(0, Ticks(10))
        let a = house.openAccount()
        let b = house.openAccount()
        house.book(house.positionID(a, 0), Lots(1), at: Ticks(10))
        house.book(house.positionID(b, 0), Lots(-1), at: Ticks(10))
        house.settleFunding(0, rate: Rate(1, over: 100), at: Ticks(10))
        #expect(house.account(a).cash.micros == -1 && house.account(b).cash.micros == 0)
        #expect(house.roundingPot.micros == 1)
    }

    @Test func inverseFundingIsPaidByLongs() throws {
        var house = try house(inverse: true)
        house.setMark(0, Ticks(10))
        let a = house.openAccount()
        house.book(house.positionID(a, 0), Lots(10), at: Ticks(10))
        house.settleFunding(0, rate: Rate(1, over: 100), at: Ticks(10))
        // Of 1,000 units.
        #expect(house.account(a).cash.micros == -10)
    }

    @Test func fundsAndTriggers() {
        let drop = FundDropTrigger(fraction: Rate(1, over: 2), leastDrop: Money(micros: 1))
        #expect(drop.threshold(average: Money(micros: 5)).micros == 3)
        #expect(drop.isTriggered(balance: Money(micros: 2), average: Money(micros: 5)))
        #expect(!drop.isTriggered(balance: Money(micros: 3), average: Money(micros: 5)))
        #expect(drop.isTriggered(balance: .zero, average: .zero))
        let symbol = SymbolDrawdownTrigger(
            trigger: Rate(pico: -300_000_000_000), stop: Rate(pico: -250_000_000_000),
            threshold: Money(micros: 10))
        #expect(symbol.kind(balance: Money(micros: 10), ratio: Rate(pico: -500_000_000_000)) == nil)
        #expect(symbol.kind(balance: Money(micros: 11), ratio: Rate(pico: -300_000_000_000)) == .drawdown)
        #expect(symbol.kind(balance: Money(micros: 11), ratio: Rate(pico: -260_000_000_000)) == nil)
        #expect(
            symbol.kind(balance: Money(micros: 11), ratio: Rate(pico: -260_000_000_000), isRunning: true)
                == .drawdown)
        let rule = FillableLiquidation(
            bankruptcyAdjustment: .one, spreadToMaintenance: .one, feeCap: Rate(1, over: 2),
            leastNotional: Money(micros: 10), portion: Rate(1, over: 10), mostPerBlock: Money(micros: 50),
            blockSeconds: 1)
        #expect(rule.fundDelta(proceeds: Money(micros: 5), bankruptcyQuote: .zero).micros == 2)
        #expect(rule.fundDelta(proceeds: Money(micros: 5), bankruptcyQuote: Money(micros: 6)).micros == -1)
        #expect(
            rule.orderNotional(position: Money(micros: 1000), leftThisBlock: Money(micros: 50)).micros == 50)
        #expect(
            rule.orderNotional(position: Money(micros: 300), leftThisBlock: Money(micros: 50)).micros == 30)
        #expect(
            rule.orderNotional(position: Money(micros: 30), leftThisBlock: Money(micros: 50)).micros == 10)
        var history = FundHistory()
        for (second, micros) in [(0, 10), (30, 99), (60, 20), (120, 33)] as [(Int64, Int64)] {
            history.sample(Money(micros: micros), at: SimTime(seconds: second))
        }
        // One sample a minute: 10, 20 and 33.
        #expect(history.average?.micros == 21 && history.maximum?.micros == 33)
    }

    @Test func deleveragingPrices() {
        func price(_ rule: DeleveragingPrice, empty: Bool = false) -> Double {
            rule.price(mark: 100, previousMark: 110, bankruptcy: 96, isFundEmpty: empty)
        }
        #expect(price(.previousMark) == 110 && price(.mark) == 100 && price(.bankruptcy) == 96)
        #expect(price(.bankruptcyWithin(Rate(5, over: 100))) == 96)
        #expect(price(.bankruptcyWithin(Rate(3, over: 100))) == 100)
        #expect(price(.markUnlessFundEmpty) == 100 && price(.markUnlessFundEmpty, empty: true) == 96)
    }

    /// The sizes of forced orders, on a long of 1,000 lots in the third of three rows.
    @Test func liquidationSizes() throws {
        let tiers = [
            MarginTier(floor: 0, initialRate: Rate(1, over: 10), maintenanceRate: Rate(1, over: 100)),
            MarginTier(floor: 3001, initialRate: Rate(1, over: 5), maintenanceRate: Rate(2, over: 100)),
            MarginTier(floor: 6001, initialRate: Rate(1, over: 2), maintenanceRate: Rate(10, over: 100)),
        ]
        let spec = MarketSpec(
            name: "X", unit: ContractUnit(microsPerTickLot: 1, ticksPerUSD: 1, lotsPerCoin: 1),
            schedule: try MarginSchedule(tiers), maxTicks: 1000, takerFee: .zero, makerFee: .zero)
        var house = ClearingHouse(markets: [spec], at: SimTime(seconds: 0))
        house.setMark(0, Ticks(10))
        let a = house.openAccount()
        let p = house.positionID(a, 0)
        house.book(p, Lots(1000), at: Ticks(10))
        #expect(house.marginRow(p) == 2)
        #expect(house.liquidationLots(p, .share(Rate(1, over: 3))) == Lots(333))
        // Rows end at 6,001 and 3,001 units of notional, ten a lot.
        #expect(house.liquidationLots(p, .rowsDown(1)) == Lots(400))
        #expect(house.liquidationLots(p, .rowsDown(2)) == Lots(700))
        #expect(house.liquidationLots(p, .toFirstRow) == Lots(700))
        // Maintenance of 10,000 is 490 and must fall to 90 of equity: 6,000 of notional need 89.99.
        house.seedCash(Money(micros: 90), of: a)
        #expect(house.liquidationLots(p, .untilMargined) == Lots(400))
        // A fee of a thousandth takes 5 of the equity: 5,750 of notional need 84.99.
        #expect(house.liquidationLots(p, .untilMargined, fee: Rate(1, over: 1000)) == Lots(425))
        // No part is enough when the fee eats more than the part frees.
        #expect(house.liquidationLots(p, .untilMargined, fee: Rate(1, over: 100)) == Lots(1000))
    }
}

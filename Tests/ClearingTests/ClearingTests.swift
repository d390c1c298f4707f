import Checks
import Primitives
import Testing

@testable import Clearing

@Suite struct MarginScheduleTests {
    /// The testnet DOGE tiers of Hyperliquid's documentation: deductions by its recursion.
    @Test func documentedDeductions() throws {
        let schedule = try MarginSchedule([
            MarginTier(fromUSD: 0, maxLeverage: 10), MarginTier(fromUSD: 20_000, maxLeverage: 5),
            MarginTier(fromUSD: 100_000, maxLeverage: 3),
        ])
        expect(schedule.maintenanceDeduction(row: 0) == .zero)
        expect(schedule.maintenanceDeduction(row: 1) == Money(usd: 1000))
        expect(abs(schedule.maintenanceDeduction(row: 2).dollars - 7666.6666667) < 0.001)
    }

    /// Margin never jumps at a tier's floor and never falls with notional.
    @Test func continuousAndRising() throws {
        let schedule = try MarginSchedule([
            MarginTier(fromUSD: 0, maxLeverage: 40), MarginTier(fromUSD: 150_000_000, maxLeverage: 20),
        ])
        for floor in [150_000_000] as [Int64] {
            let below = schedule.maintenance(Money(micros: floor * 1_000_000 - 1))
            let at = schedule.maintenance(Money(usd: floor))
            expect((at - below).micros <= 1 && at >= below)
        }
        // 1/80 up to 150M, 1/40 less 150M × (1/40 - 1/80) above; initial margin at twice these.
        for usd in [1, 1000, 149_999_999, 150_000_001, 735_000_000] as [Int64] {
            let expected = usd < 150_000_000 ? Double(usd) / 80 : Double(usd) / 40 - 1_875_000
            expect(abs(schedule.maintenance(Money(usd: usd)).dollars - expected) < 1e-5)
            expect(abs(schedule.initial(Money(usd: usd)).dollars - 2 * expected) < 1e-5)
        }
    }

    @Test func badTablesAreRefused() {
        #expect(throws: MarginTableError.mustNotBeEmpty) { try MarginSchedule([]) }
        #expect(throws: MarginTableError.mustStartAtZero) {
            try MarginSchedule([MarginTier(fromUSD: 5, maxLeverage: 10)])
        }
        #expect(throws: MarginTableError.floorsMustIncrease(row: 2)) {
            try MarginSchedule([
                MarginTier(fromUSD: 0, maxLeverage: 10), MarginTier(fromUSD: 0, maxLeverage: 5),
            ])
        }
        #expect(throws: MarginTableError.ratesMustNotDecrease(row: 2)) {
            try MarginSchedule([
                MarginTier(fromUSD: 0, maxLeverage: 10), MarginTier(fromUSD: 9, maxLeverage: 20),
            ])
        }
    }
}

@Suite struct LiquidationPriceTests {
    /// p = p0 (1 - 1/L) / (1 - m): the price at which an isolated long of leverage L is found, within a tick of it.
    @Test(arguments: [(3, 40, 0.675105), (5, 50, 0.808081), (10, 100, 0.904523)] as [(UInt8, Int64, Double)])
    func isolatedLong(_ leverage: UInt8, _ maxLeverage: Int64, _ ratio: Double) throws {
        let found = try Self.liquidationPrice(leverage, maxLeverage, long: true)
        expect(abs(Double(found) / 1_000_000 - ratio) < 2e-6, "found at \(found)")
    }

    @Test func isolatedShort() throws {
        let found = try Self.liquidationPrice(10, 100, long: false)
        expect(abs(Double(found) / 1_000_000 - 1.094527) < 2e-6, "found at \(found)")
    }

    private static func liquidationPrice(_ leverage: UInt8, _ maxLeverage: Int64, long: Bool) throws -> Int32
    {
        let spec = MarketSpec(
            name: "X", unit: ContractUnit(microsPerTickLot: 1, ticksPerUSD: 1, lotsPerCoin: 1),
            schedule: try MarginSchedule([MarginTier(fromUSD: 0, maxLeverage: maxLeverage)]),
            maxTicks: 1 << 22,
            takerFee: .zero, makerFee: .zero)
        var house = ClearingHouse(markets: [spec], at: SimTime(seconds: 0))
        let dealer = house.openAccount(.vault)
        house.deposit(Money(usd: 1_000_000), to: dealer)
        let a = house.openAccount()
        house.deposit(Money(usd: 1000), to: a)
        house.setMark(0, Ticks(1_000_000))
        let p = house.positionID(a, 0)
        _ = house.configure(p, leverage: leverage, isolated: true)
        let lots = Lots(long ? 1000 : -1000)
        house.settle(
            maker: house.positionID(dealer, 0), taker: p, takerSide: long ? .buy : .sell, Lots(1000),
            at: Ticks(1_000_000))
        expect(house.position(p).lots == lots)
        var found = Buffer<MarginScope>()
        var price: Int32 = 1_000_000
        while price > 600_000 && price < 1_200_000 {
            price += long ? -1 : 1
            house.setMark(0, Ticks(price))
            house.scopesToLiquidate(into: &found)
            if !found.isEmpty { return price }
        }
        return -1
    }
}

@Suite struct IsolatedMarginTests {
    /// Closing half of an isolated position at the mark leaves half of its equity with the other half; found by
    /// review, when all of the loss was charged to the collateral that stayed.
    @Test func partialCloseKeepsEquityPerLot() throws {
        let spec = MarketSpec(
            name: "X", unit: ContractUnit(microsPerTickLot: 1_000_000, ticksPerUSD: 1, lotsPerCoin: 1),
            schedule: try MarginSchedule([MarginTier(fromUSD: 0, maxLeverage: 100)]), maxTicks: 1000,
            takerFee: .zero, makerFee: .zero)
        var house = ClearingHouse(markets: [spec], at: SimTime(seconds: 0))
        let dealer = house.openAccount()
        let long = house.openAccount()
        house.deposit(Money(usd: 100_000), to: dealer)
        house.deposit(Money(usd: 100), to: long)
        house.setMark(0, Ticks(100))
        let p = house.positionID(long, 0)
        let other = house.positionID(dealer, 0)
        _ = house.configure(p, leverage: 10, isolated: true)
        house.settle(maker: other, taker: p, takerSide: .buy, Lots(10), at: Ticks(100))
        house.setMark(0, Ticks(92))
        expect(house.margin(.isolated(position: p)).equity == Money(usd: 20))
        house.settle(maker: other, taker: p, takerSide: .sell, Lots(5), at: Ticks(92))
        expect(house.margin(.isolated(position: p)).equity == Money(usd: 10))
        expect(house.account(long).cash == Money(usd: 10))
        // Failing, it keeps everything until it is closed.
        house.setMark(0, Ticks(90))
        var found = Buffer<MarginScope>()
        house.scopesToLiquidate(into: &found)
        expect(found.elements == [.isolated(position: p)])
        house.settle(maker: other, taker: p, takerSide: .sell, Lots(4), at: Ticks(91))
        expect(house.account(long).cash == Money(usd: 10))
        expect(house.margin(.isolated(position: p)).equity == Money(usd: 4))
        expect(house.zeroSum().holds)
    }
}

@Suite struct MarginCallTests {
    /// Called, recovered, called again: the second fall earns its calls anew.
    @Test func calledAnewAfterRecovery() throws {
        let spec = MarketSpec(
            name: "X", unit: ContractUnit(microsPerTickLot: 1_000_000, ticksPerUSD: 1, lotsPerCoin: 1),
            schedule: try MarginSchedule([MarginTier(fromUSD: 0, maxLeverage: 10)]), maxTicks: 10_000,
            takerFee: .zero, makerFee: .zero)
        var house = ClearingHouse(
            markets: [spec], callRatios: [Rate(3, over: 2), Rate(6, over: 5)], at: SimTime(seconds: 0))
        let dealer = house.openAccount()
        let long = house.openAccount()
        house.deposit(Money(usd: 1_000_000), to: dealer)
        house.deposit(Money(usd: 2000), to: long)
        house.setMark(0, Ticks(1000))
        house.settle(
            maker: house.positionID(dealer, 0), taker: house.positionID(long, 0), takerSide: .buy, Lots(10),
            at: Ticks(1000))
        var found = Buffer<MarginScope>()
        func calls(at price: Int) -> Int {
            house.events.removeAll()
            house.setMark(0, Ticks(price))
            house.reviewCalled()
            house.scopesToLiquidate(into: &found)
            return house.events.elements.count { $0.kind == .marginCall }
        }
        // Maintenance is 5 %: calls below an equity of 7.5 % and 6 % of notional, 2,000 USD at 1,000.
        expect(calls(at: 900) == 0)
        expect(calls(at: 860) == 1)
        expect(calls(at: 848) == 1)
        expect(calls(at: 855) == 0)
        expect(calls(at: 900) == 0)
        expect(calls(at: 848) == 2)
        expect(found.isEmpty)
    }
}

@Suite struct InsuranceFundTests {
    /// The limit counts what the fund holds already.
    @Test func leverageCountsHoldings() {
        var margin = MarginState()
        margin.notional = Money(usd: 900)
        margin.equity = Money(usd: 0)
        margin.maintenance = Money(usd: 20)
        let rule = InsuranceFund(maxLeverage: 5)
        func verdict(_ held: Int64) -> WaterfallStage.Verdict {
            var predicament = Predicament(margin: margin)
            predicament.fund = FundState(equity: Money(usd: 200), notional: Money(usd: held))
            return rule.verdict(predicament)
        }
        #expect(verdict(0) == .acts)
        #expect(verdict(99) == .acts)
        #expect(verdict(101) == .passes)
    }
}

@Suite struct DeleveragingTests {
    /// Hyperliquid's index as printed: (mark / entry) × (notional / account value).
    @Test(arguments: [(9000, 10_000, 1500, 5.4), (6000, 5000, 4000, 1.8)] as [(Int64, Int64, Int64, Double)])
    func scoreAsPrinted(_ value: Int64, _ cost: Int64, _ equity: Int64, _ expected: Double) {
        let rule = DeleveragingScore.markOverEntryTimesLeverage(invertsShorts: false)
        let score = rule.score(
            DeleveragingCandidate(
                value: Money(usd: value), cost: Money(usd: cost), equity: Money(usd: equity)))
        expect(abs(score - expected) < 1e-12)
    }

    @Test func shortsInverted() {
        func score(_ inverts: Bool) -> Double {
            DeleveragingScore.markOverEntryTimesLeverage(invertsShorts: inverts)
                .score(
                    DeleveragingCandidate(
                        value: Money(usd: -90), cost: Money(usd: -100), equity: Money(usd: 30)))
        }
        #expect(abs(score(false) - 0.9 * 3) < 1e-12)
        #expect(abs(score(true) - 3 / 0.9) < 1e-12)
    }
}

@Suite struct ClearingFuzzTests {
    @Test func ledgerIndexAndAuditAgree() {
        let failure = ClearingFuzz.run(commands: 8000, seed: 1)
        expect(failure == nil, "\(failure.map { "\($0)" } ?? "")")
    }

    @Test(arguments: [ReferenceLedger.Fault.costRoundsAway, .feeRoundsDown, .fundingForgetsShorts])
    func brokenRulesAreCaught(_ fault: ReferenceLedger.Fault) {
        let failure = ClearingFuzz.run(commands: 20_000, seed: 2, fault: fault)
        expect(failure != nil)
        expect((failure?.commands.count ?? 99) <= 8, "\(failure.map { "\($0)" } ?? "")")
    }

    @Test(arguments: WakeFault.allCases)
    func wrongWakingIsCaught(_ waking: WakeFault) {
        let failure = ClearingFuzz.run(commands: 20_000, seed: 2, waking: waking)
        expect(failure != nil)
        expect((failure?.commands.count ?? 99) <= 60, "\(failure.map { "\($0)" } ?? "")")
    }
}

@Suite struct PriceBucketTests {
    @Test func monotoneAndFine() {
        let buckets = PriceBucket(precision: 12)
        var last: Int32 = 0
        for price in stride(from: Int32(1), to: 1 << 21, by: 37) {
            let b = buckets.index(price)
            expect(b >= last)
            last = b
        }
        expect(buckets.index(1_000_000) != buckets.index(1_000_500))
    }

    @Test func ladderDrainsOneBucket() {
        var ladder = TriggerLadder(buckets: 10)
        for i in 0..<100 { ladder.insert(Int32(i), bucket: Int32(i % 10)) }
        var out = Buffer<Int32>()
        ladder.drain(3, into: &out)
        expect(out.elements.sorted() == (0..<10).map { Int32($0 * 10 + 3) })
        expect(ladder.isEmpty(3) && !ladder.isEmpty(4))
    }
}

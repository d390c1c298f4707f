import Lending
import Primitives
import Testing

/// Reserve 0 is WETH at 4,000 USD, reserve 1 USDC, reserve 2 wstETH at 4,800 USD.
private func makePool(_ revision: AaveRevision = .v37, eModes: [AaveEMode] = []) -> AavePool {
    let rates = AaveRateStrategy(optimalUsageBps: 9_000, baseBps: 0, slope1Bps: 500, slope2Bps: 4_000)
    let eth = AaveReserveParameters(
        decimals: 18, ltvBps: 8_050, liquidationThresholdBps: 8_300, liquidationBonusBps: 10_500,
        rates: rates)
    let usdc = AaveReserveParameters(
        decimals: 6, ltvBps: 7_500, liquidationThresholdBps: 7_800, liquidationBonusBps: 10_450, rates: rates)
    return AavePool(
        reserves: [eth, usdc, eth], prices: [usd("4000"), usd("1"), usd("4800")], eModes: eModes,
        revision: revision, at: noon)
}

/// A lender with a million USDC and 1,000 WETH, a keeper and a borrower with 10 WETH.
private func populate(_ pool: inout AavePool) throws -> (lender: Int32, keeper: Int32, borrower: Int32) {
    let accounts = (pool.addAccount(), pool.addAccount(), pool.addAccount())
    try pool.supply(1, units("1000000", 6), by: accounts.0)
    try pool.supply(0, wad("1000"), by: accounts.0)
    try pool.supply(0, wad("10"), by: accounts.2)
    return accounts
}

/// Scaled balances of all accounts add up to the totals; what is owed to suppliers is there, lent or lost.
private func checkConservation(_ pool: borrowing AavePool, drift: UInt256) {
    for r in 0..<pool.reserveCount {
        var supply = UInt256.zero
        var debt = UInt256.zero
        for account in 0..<pool.accountCount {
            let scaled = pool.scaledBalances(r, of: account)
            supply += scaled.supply
            debt += scaled.debt
        }
        let reserve = pool.reserve(r)
        #expect(supply == reserve.scaledSupply)
        #expect(debt == reserve.scaledDebt)
        let owned = reserve.liquidity + debt.mulDivUp(reserve.borrowIndex, .ray) + reserve.deficit
        let owed = (supply + reserve.accruedToTreasury).mulDivDown(reserve.liquidityIndex, .ray)
        #expect(owned + drift >= owed)
    }
}

@Suite struct AaveTests {
    @Test func oneAccountThroughEveryStage() throws {
        var pool = makePool()
        let (_, keeper, borrower) = try populate(&pool)
        try pool.borrow(1, units("30000", 6), by: borrower)
        let before = try pool.accountData(borrower)
        #expect(before.healthFactor == wad("1.106666666666666666"))
        pool.advance(to: after(86_400 * 365))
        let owed = pool.debtBalance(1, of: borrower)
        #expect(owed > units("30000", 6) && owed < units("30100", 6))
        pool.setPrice(0, usd("3500"))
        let first = try pool.liquidate(
            collateral: 0, debt: 1, of: borrower, debtToCover: .max, by: keeper)
        #expect(abs(Double(first.debtRepaid) / Double(owed) - 0.5) < 1e-6)
        #expect(!first.hasBadDebt)
        #expect(first.protocolFee > .zero)
        pool.setPrice(0, usd("1500"))
        let last = try pool.liquidate(collateral: 0, debt: 1, of: borrower, debtToCover: .max, by: keeper)
        #expect(last.hasBadDebt)
        let (debt, supply) = (pool.debtBalance(1, of: borrower), pool.supplyBalance(0, of: borrower))
        #expect(debt == .zero && supply == .zero)
        let deficit = pool.reserve(1).deficit
        #expect(deficit > .zero)
        let treasuryFee = pool.supplyBalance(0, of: AavePool.treasury)
        #expect(treasuryFee > .zero)
        checkConservation(pool, drift: 2)
    }

    @Test func badDebtStaysBeforeV33AndIsCoveredAfterwards() throws {
        var old = makePool(.beforeV33)
        let accounts = try populate(&old)
        try old.borrow(1, units("30000", 6), by: accounts.borrower)
        old.setPrice(0, usd("1000"))
        let result = try old.liquidate(
            collateral: 0, debt: 1, of: accounts.borrower, debtToCover: .max, by: accounts.keeper)
        #expect(!result.hasBadDebt)
        let left = old.debtBalance(1, of: accounts.borrower)
        #expect(left > .zero)
        var new = makePool(.v33)
        _ = try populate(&new)
        try new.borrow(1, units("30000", 6), by: accounts.borrower)
        new.setPrice(0, usd("1000"))
        _ = try new.liquidate(
            collateral: 0, debt: 1, of: accounts.borrower, debtToCover: .max, by: accounts.keeper)
        let deficit = new.reserve(1).deficit
        #expect(deficit > units("20000", 6))
        let covered = try new.coverDeficit(1, .max, by: accounts.lender)
        #expect(covered == deficit)
        #expect(throws: AaveError.noDeficit) { try new.coverDeficit(1, .one, by: accounts.lender) }
        checkConservation(new, drift: 2)
    }

    @Test func bindingRulesAreRefusedWithWhatIsNeeded() throws {
        var pool = makePool()
        let (lender, keeper, borrower) = try populate(&pool)
        #expect(throws: AaveError.unknownReserve(3)) { try pool.supply(3, 1, by: lender) }
        #expect(throws: AaveError.unknownAccount(9)) { try pool.supply(0, 1, by: 9) }
        #expect(throws: AaveError.zeroAmount) { try pool.supply(0, 0, by: lender) }
        #expect(throws: AaveError.amountTooLarge) { try pool.supply(0, .max, by: lender) }
        #expect(throws: AaveError.noBorrowingPower) { try pool.borrow(1, 1, by: keeper) }
        #expect(throws: AaveError.insufficientLiquidity(available: units("1000000", 6))) {
            try pool.borrow(1, units("1000001", 6), by: lender)
        }
        #expect(throws: AaveError.self) { try pool.borrow(1, units("32201", 6), by: borrower) }
        try pool.borrow(1, units("32200", 6), by: borrower)
        #expect(throws: AaveError.self) { try pool.withdraw(0, .max, by: borrower) }
        #expect(throws: AaveError.self) { try pool.setCollateral(0, false, of: borrower) }
        let supplied = pool.supplyBalance(0, of: borrower)
        #expect(supplied == wad("10"))
        let counts = pool.isCollateral(0, of: borrower)
        #expect(counts)
        #expect(throws: AaveError.healthFactorNotBelowOne(wad("1.031055900621118012"))) {
            try pool.liquidate(collateral: 0, debt: 1, of: borrower, debtToCover: 1, by: keeper)
        }
        pool.setPrice(0, usd("3800"))
        #expect(throws: AaveError.notCollateral(reserve: 2)) {
            try pool.liquidate(collateral: 2, debt: 1, of: borrower, debtToCover: .max, by: keeper)
        }
        #expect(throws: AaveError.noDebt(reserve: 2)) {
            try pool.liquidate(collateral: 0, debt: 2, of: borrower, debtToCover: .max, by: keeper)
        }
        #expect(throws: AaveError.selfLiquidation) {
            try pool.liquidate(collateral: 0, debt: 1, of: borrower, debtToCover: .max, by: borrower)
        }
    }

    /// 3,100 USD of collateral, 2,800 of debt, no close factor: repaying 1,850 would leave 950.
    @Test func noDustMayBeLeft() throws {
        var pool = makePool()
        let (_, keeper, borrower) = try populate(&pool)
        try pool.withdraw(0, wad("9"), by: borrower)
        try pool.borrow(1, units("2800", 6), by: borrower)
        pool.setPrice(0, usd("3100"))
        #expect(throws: AaveError.mustNotLeaveDust) {
            try pool.liquidate(
                collateral: 0, debt: 1, of: borrower, debtToCover: units("1850", 6), by: keeper)
        }
        let whole = try pool.liquidate(
            collateral: 0, debt: 1, of: borrower, debtToCover: units("1700", 6), by: keeper)
        #expect(whole.debtRepaid == units("1700", 6))
    }

    @Test func eModeRaisesTheThresholdForItsCollateral() throws {
        let category = AaveEMode(
            ltvBps: 9_300, liquidationThresholdBps: 9_500, liquidationBonusBps: 10_100,
            collateralBitmap: 0b100,
            borrowableBitmap: 0b001)
        var pool = makePool(eModes: [category])
        let (_, keeper, borrower) = try populate(&pool)
        try pool.withdraw(0, .max, by: borrower)
        try pool.supply(2, wad("10"), by: borrower)
        #expect(throws: AaveError.unknownEMode(2)) { try pool.setEMode(2, of: borrower) }
        try pool.setEMode(1, of: borrower)
        #expect(throws: AaveError.borrowingDisabled(reserve: 1)) { try pool.borrow(1, 1, by: borrower) }
        try pool.borrow(0, wad("11"), by: borrower)
        let threshold = try pool.accountData(borrower).liquidationThresholdBps
        #expect(threshold == 9_500)
        #expect(throws: AaveError.self) { try pool.setEMode(0, of: borrower) }
        pool.setPrice(2, usd("4600"))
        let result = try pool.liquidate(
            collateral: 2, debt: 0, of: borrower, debtToCover: wad("1"), by: keeper, receivesSupply: true)
        #expect(result.collateralToLiquidator + result.protocolFee == wad("4000") / 4_600 * 101 / 100)
        let received = pool.supplyBalance(2, of: keeper)
        #expect(received + 1 >= result.collateralToLiquidator)
        checkConservation(pool, drift: 2)
    }

    @Test func aPriceOfZeroBlocksAndAnOldOneIsUsed() throws {
        var pool = makePool()
        let (_, keeper, borrower) = try populate(&pool)
        try pool.borrow(1, units("30000", 6), by: borrower)
        pool.setPrice(0, .zero)
        #expect(throws: AaveError.noPrice(reserve: 0)) {
            try pool.liquidate(collateral: 0, debt: 1, of: borrower, debtToCover: .max, by: keeper)
        }
        #expect(throws: AaveError.noPrice(reserve: 0)) { try pool.withdraw(0, 1, by: borrower) }
        let verdict = pool.verdict(borrower)
        #expect(verdict == .undecided)
        try pool.repay(1, units("30000", 6), of: borrower)
        let withdrawn = try pool.withdraw(0, .max, by: borrower)
        #expect(withdrawn == wad("10"))
        pool.setPrice(0, usd("4000"))
        pool.advance(to: after(86_400 * 30))
        try pool.supply(0, wad("10"), by: borrower)
        try pool.borrow(1, units("30000", 6), by: borrower)
    }

    @Test func aMillionFoldJumpIsExact() throws {
        var pool = makePool()
        let (_, keeper, borrower) = try populate(&pool)
        try pool.borrow(1, units("30000", 6), by: borrower)
        pool.setPrice(0, usd("4000000000"))
        let factor = try pool.accountData(borrower).healthFactor
        #expect(factor == wad("1106666.666666666666666666"))
        pool.setPrice(0, usd("0.004"))
        let result = try pool.liquidate(collateral: 0, debt: 1, of: borrower, debtToCover: .max, by: keeper)
        #expect(result.hasBadDebt)
        let burned = pool.reserve(1).deficit
        #expect(burned + result.debtRepaid == units("30000", 6))
    }

    @Test func interestFollowsTheContract() {
        // 5 % for one year: e^0.05 cut after the cube. The old binomial loses digits of its cube in ray.
        let rate = UInt256.ray / 20
        let year: UInt256 = 31_536_000
        #expect(AaveInterest.linear(rate: rate, seconds: year) == ray("1.05"))
        let cubic = AaveInterest.compounded(rate: rate, seconds: year, revision: .v35)
        #expect(cubic == ray("1.051270833333333333333333333"))
        let binomial = AaveInterest.compounded(rate: rate, seconds: year, revision: .v33)
        #expect(binomial < cubic && cubic - binomial < ray("0.00001"))
        #expect(AaveInterest.compounded(rate: rate, seconds: 0, revision: .v33) == .ray)
        let strategy = AaveRateStrategy(optimalUsageBps: 9_000, baseBps: 0, slope1Bps: 500, slope2Bps: 4_000)
        let rates = { (debt: Int) in
            strategy.rates(
                availableLiquidity: UInt256(100 - debt), totalDebt: UInt256(debt), deficit: .zero,
                reserveFactorBps: 1_000)
        }
        #expect(rates(0) == (.zero, .zero))
        #expect(rates(45).borrow == ray("0.025"))
        #expect(rates(90) == (ray("0.0405"), ray("0.05")))
        #expect(rates(95).borrow == ray("0.25"))
        #expect(rates(100) == (ray("0.405"), ray("0.45")))
    }

    @Test(arguments: AaveRevision.allCases)
    func randomSequencesConserve(revision: AaveRevision) throws {
        var liquidated = 0
        for seed in 1...4 {
            var random = RandomStream(seed: UInt64(seed), name: "aave")
            var pool = makePool(revision)
            for _ in 0..<6 { _ = pool.addAccount() }
            var time = noon
            var done = 0
            for _ in 0..<400 {
                time = SimTime(seconds: time.seconds + Int64(random.next() % 20_000))
                pool.advance(to: time)
                if step(&pool, &random, &liquidated) { done += 1 }
                checkConservation(pool, drift: 400)
            }
            #expect(done > 100)
        }
        // Without one the totals of a liquidation were never looked at.
        #expect(liquidated > 5)
    }

    /// One random call; false if it was refused, in which case nothing may have changed.
    private func step(
        _ pool: inout AavePool, _ random: inout RandomStream, _ liquidated: inout Int
    ) -> Bool {
        let r = Int32(random.next() % 3)
        let account = Int32(1 + random.next() % 6)
        let other = Int32(1 + random.next() % 6)
        let size = UInt256(1 + random.next() % 1_000_000_000) * (r == 1 ? 100 : 100_000_000_000)
        let before = (0..<3).map { fingerprint(pool.reserve(Int32($0))) }
        do {
            switch random.next() % 7 {
            case 0: try pool.supply(r, size * 3, by: account)
            case 1, 2: try pool.borrow(r, size * 2, by: account)
            case 3: try pool.repay(r, size, of: account)
            case 4: try pool.withdraw(r, random.next() % 4 == 0 ? .max : size, by: account)
            case 5:
                let factor = UInt256(5_500 + random.next() % 9_000)
                pool.setPrice(r, max(1, pool.reserve(r).price.mulDivDown(factor, 10_000)))
            default:
                // Whoever can be: a drawn account, debt and collateral are hardly ever those of an unsafe position.
                let weak = (1...6).first { pool.verdict($0) == .unsafe } ?? account
                let held = (0..<3).first { pool.supplyBalance($0, of: weak) > .zero } ?? r
                let owed = (0..<3).first { pool.debtBalance($0, of: weak) > .zero } ?? r
                _ = try pool.liquidate(
                    collateral: held, debt: owed, of: weak, debtToCover: .max, by: other,
                    receivesSupply: random.next() % 2 == 0)
                liquidated += 1
            }
            return true
        } catch {
            #expect(before == (0..<3).map { fingerprint(pool.reserve(Int32($0))) })
            return false
        }
    }

    private func fingerprint(_ r: AaveReserve) -> [UInt256] {
        [r.liquidity, r.scaledSupply, r.scaledDebt, r.deficit, r.liquidityIndex, r.accruedToTreasury]
    }
}

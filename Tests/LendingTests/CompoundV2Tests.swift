import Lending
import Primitives
import Testing

/// Market 0 is ETH at 4,000 USD (18 decimals), market 1 USDC (6 decimals); prices as USD × 10^(36 - decimals).
func makeComptroller() -> CompoundV2 {
    let eth = CompoundV2Parameters(
        collateralFactorBps: 8_250, reserveFactorBps: 2_000,
        initialExchangeRate: wad("200000000"), baseRate: .zero, multiplier: 10_000_000_000,
        jumpMultiplier: 200_000_000_000, kinkBps: 8_000)
    var usdc = eth
    usdc.initialExchangeRate = wad("0.0002")
    return CompoundV2(
        markets: [eth, usdc], prices: [units("4000", 18), units("1", 30)], at: noon)
}

/// - Parameter drift: by market, how far the balances, which grow with an index of 18 places, may lag behind the total.
private func checkConservation(_ pool: borrowing CompoundV2, drift: [UInt256] = [8, 8]) {
    for m in 0..<pool.marketCount {
        var tokens = UInt256.zero
        var debts = UInt256.zero
        for account in 1..<pool.accountCount {
            tokens += pool.tokens(m, of: account)
            debts += pool.borrowBalance(m, of: account)
        }
        let market = pool.market(m)
        #expect(tokens == market.supply)
        // Balances and the total round apart.
        let most = drift[Int(m)]
        #expect(debts <= market.borrows + most && market.borrows <= debts + most)
    }
}

@Suite struct CompoundV2Tests {
    @Test func oneAccountThroughEveryStage() throws {
        var pool = makeComptroller()
        let (lender, borrower, keeper) = (pool.addAccount(), pool.addAccount(), pool.addAccount())
        try pool.mint(1, units("100000", 6), by: lender)
        let tokens = try pool.mint(0, wad("10"), by: borrower)
        #expect(tokens == 50_000_000_000)
        try pool.borrow(1, units("32000", 6), by: borrower)
        #expect(throws: CompoundV2Error.self) { try pool.borrow(1, units("1001", 6), by: borrower) }
        pool.advance(to: after(12 * 1_000))
        let owed = pool.borrowBalance(1, of: borrower)
        #expect(owed > units("32000", 6))
        #expect(throws: CompoundV2Error.insufficientShortfall) {
            try pool.liquidateBorrow(1, repay: 1, of: borrower, collateral: 0, by: keeper)
        }
        pool.setPrice(0, units("3800", 18))
        let shortfall = try pool.liquidity(of: borrower).shortfall
        #expect(shortfall > .zero)
        #expect(throws: CompoundV2Error.tooMuchRepay(most: owed / 2)) {
            try pool.liquidateBorrow(1, repay: owed, of: borrower, collateral: 0, by: keeper)
        }
        let parts = try pool.liquidateBorrow(
            1, repay: units("3800", 6), of: borrower, collateral: 0, by: keeper)
        // 1.08 ETH at 5e9 cTokens each, less one lost by cutting 1.08 / 0.76; 2.8 % of it to the reserves.
        #expect(parts.liquidatorTokens == 5_248_800_000)
        #expect(parts.protocolTokens == 151_199_999)
        let (held, reserves) = (pool.tokens(0, of: keeper), pool.market(0).reserves)
        #expect(held == parts.liquidatorTokens)
        #expect(reserves == wad("0.0302399998"))
        checkConservation(pool)
    }

    @Test func refusalsAndAPriceOfZero() throws {
        var pool = makeComptroller()
        let (lender, borrower) = (pool.addAccount(), pool.addAccount())
        try pool.mint(1, units("100000", 6), by: lender)
        try pool.mint(0, wad("10"), by: borrower)
        try pool.borrow(1, units("32000", 6), by: borrower)
        #expect(throws: CompoundV2Error.unknownMarket(2)) { try pool.mint(2, 1, by: lender) }
        #expect(throws: CompoundV2Error.insufficientCash(available: units("68000", 6))) {
            try pool.redeem(1, tokens: pool.tokens(1, of: lender), by: lender)
        }
        #expect(throws: CompoundV2Error.self) { try pool.redeem(0, tokens: 50_000_000_000, by: borrower) }
        pool.setPrice(0, .zero)
        #expect(throws: CompoundV2Error.priceError(market: 0)) {
            try pool.liquidateBorrow(1, repay: 1, of: borrower, collateral: 0, by: lender)
        }
        // A tenth of the price: half of the debt is worth more than all collateral.
        pool.setPrice(0, units("400", 18))
        #expect(throws: CompoundV2Error.seizeTooMuch(available: 50_000_000_000)) {
            try pool.liquidateBorrow(1, repay: units("16000", 6), of: borrower, collateral: 0, by: lender)
        }
        #expect(throws: CompoundV2Error.liquidatorIsBorrower) {
            try pool.liquidateBorrow(1, repay: 1, of: borrower, collateral: 0, by: borrower)
        }
        pool.setPrice(0, units("0.000000000000000001", 18))
        #expect(throws: CompoundV2Error.self) {
            try pool.liquidateBorrow(1, repay: 1, of: borrower, collateral: 0, by: lender)
        }
        #expect(throws: CompoundV2Error.amountTooLarge) { try pool.mint(0, .max, by: borrower) }
        #expect(throws: CompoundV2Error.amountTooLarge) { try pool.borrow(0, .max - 1, by: borrower) }
        pool.setPrice(0, units("4000000000", 18))
        let excess = try pool.liquidity(of: borrower).excess
        #expect(excess == wad("33000000000") - wad("32000"))
    }

    @Test func randomSequencesConserve() {
        var liquidated = 0
        for seed in 1...5 {
            var random = RandomStream(seed: UInt64(seed), name: "compound v2")
            var pool = makeComptroller()
            for _ in 0..<6 { _ = pool.addAccount() }
            var time = noon
            var done = 0
            var drift: [UInt256] = [8, 8]
            for _ in 0..<500 {
                time = SimTime(seconds: time.seconds + Int64(random.next() % 600))
                pool.advance(to: time)
                if step(&pool, &random, &liquidated) != nil { done += 1 }
                // A step cuts the index by less than one in its last place and each balance by less than one unit.
                for m in 0..<2 { drift[m] += pool.market(Int32(m)).borrows / .wad + 8 }
                checkConservation(pool, drift: drift)
            }
            #expect(done > 100)
        }
        // Without one the totals of a liquidation were never looked at.
        #expect(liquidated > 5)
    }

    /// One random call. Returns whose positions changed, nil if it was refused.
    func step(_ pool: inout CompoundV2, _ random: inout RandomStream) -> [Int32]? {
        var liquidated = 0
        return step(&pool, &random, &liquidated)
    }

    private func step(
        _ pool: inout CompoundV2, _ random: inout RandomStream, _ liquidated: inout Int
    ) -> [Int32]? {
        let (m, other) = (Int32(random.next() % 2), Int32(random.next() % 2))
        let (account, keeper) = (Int32(1 + random.next() % 6), Int32(1 + random.next() % 6))
        let size = UInt256(1 + random.next() % 1_000_000_000) * (m == 0 ? 1_000_000_000 : 10)
        do {
            switch random.next() % 6 {
            case 0: try pool.mint(m, size * 4, by: account)
            case 1: try pool.borrow(m, size * 4, by: account)
            case 2: try pool.repay(m, size, of: account)
            case 3: try pool.redeem(m, tokens: max(1, pool.tokens(m, of: account) / 3), by: account)
            case 4:
                let factor = UInt256(5_500 + random.next() % 9_000)
                pool.setPrice(m, max(1, pool.market(m).price.mulDivDown(factor, 10_000)))
            default:
                // Whoever can be: a drawn account, debt and collateral are hardly ever those of an unsafe position.
                let weak = (1...6).first { pool.verdict($0) == .unsafe } ?? account
                let owed = (0..<2).first { pool.borrowBalance($0, of: weak) > .zero } ?? m
                let held = (0..<2).first { pool.tokens($0, of: weak) > .zero } ?? other
                let repay = max(1, pool.borrowBalance(owed, of: weak) / 2)
                try pool.liquidateBorrow(owed, repay: repay, of: weak, collateral: held, by: keeper)
                liquidated += 1
                return [weak, keeper]
            }
            return [account, keeper]
        } catch {
            return nil
        }
    }
}

import Primitives
import Testing

@testable import Lending

private func makePool(accounts: Int) -> AavePool {
    let rates = AaveRateStrategy(optimalUsageBps: 9_000, baseBps: 0, slope1Bps: 500, slope2Bps: 4_000)
    let parameters = [18, 6, 8].map {
        AaveReserveParameters(
            decimals: UInt8($0), ltvBps: 8_000, liquidationThresholdBps: 8_200, liquidationBonusBps: 10_500,
            rates: rates)
    }
    let category = AaveEMode(
        ltvBps: 9_300, liquidationThresholdBps: 9_500, liquidationBonusBps: 10_100, collateralBitmap: 0b101,
        borrowableBitmap: 0b101)
    var pool = AavePool(
        reserves: parameters, prices: [usd("4000"), usd("1"), usd("110000")], eModes: [category],
        revision: .v37, at: noon)
    for _ in 0..<accounts { _ = pool.addAccount() }
    return pool
}

/// One random act: an operation of an account, a liquidation or a price. Returns who changed.
private func act(_ pool: inout AavePool, _ random: inout RandomStream, accounts: Int) -> [Int32] {
    let r = Int32(random.next() % 3)
    let account = Int32(1 + random.next() % UInt64(accounts))
    let other = Int32(1 + random.next() % UInt64(accounts))
    let unit = pool.reserve(r).unit
    let start: UInt256 = [usd("4000"), usd("1"), usd("110000")][Int(r)]
    // Up to 50,000 USD at the first price.
    let size = (usd("1") * unit).mulDivDown(UInt256(1 + random.next() % 50_000), start)
    switch random.next() % 12 {
    case 0, 1, 2: try? pool.supply(r, size * 2, by: account)
    case 3, 4: try? pool.borrow(r, size, by: account)
    case 5: _ = try? pool.repay(r, size, of: account)
    case 6: _ = try? pool.withdraw(r, size, by: account)
    case 7: try? pool.setEMode(UInt8(random.next() % 2), of: account)
    case 8:
        _ = try? pool.liquidate(
            collateral: r, debt: Int32(random.next() % 3), of: account, debtToCover: .max, by: other,
            receivesSupply: true)
        return [account, other]
    default:
        let price = pool.reserve(r).price
        switch random.next() % 20 {
        case 0: pool.setPrice(r, .zero)
        case 1: pool.setPrice(r, start * 1_000_000)
        case 2: pool.setPrice(r, max(1, start / 1_000_000))
        case 3: pool.setPrice(r, start)
        default:
            let factor = UInt256(9_000 + random.next() % 2_100)
            pool.setPrice(r, price.isZero ? start : max(1, price.mulDivDown(factor, 10_000)))
        }
        return []
    }
    return [account]
}

@Suite struct TriggerTests {
    @Test func theIndexFindsWhatAScanFindsInARandomMarket() {
        let clock = ContinuousClock()
        let start = clock.now
        for seed in 1...1 {
            let result = LendingBenchmark.run(positions: 400, updates: 300, seed: UInt64(seed)) {
                Double((clock.now - start).components.attoseconds) * 1e-18
            }
            #expect(result.found == result.foundByScan)
            #expect(result.differences == 0)
            #expect(result.found > 0)
            #expect(result.checks < 400 * 300 / 10)
        }
    }

    /// Every operation, interest, prices of zero and jumps of a million; accounts opened late.
    @Test(arguments: 1...6)
    func theIndexFindsWhatAScanFinds(seed: UInt64) {
        var random = RandomStream(seed: seed, name: "triggers")
        var pool = makePool(accounts: 20)
        var triggers = LendingTriggers(pool, weights: seed % 2 == 0 ? [] : [1, 1, 0.05, 0.05, 2, 2])
        var found = Buffer<Int32>()
        var time = noon
        var total = 0
        for i in 0..<1_000 {
            if i % 100 == 0 { _ = pool.addAccount() }
            for account in act(&pool, &random, accounts: Int(pool.accountCount) - 1) {
                triggers.look(account)
            }
            if random.next() % 3 == 0 {
                time = SimTime(seconds: time.seconds + Int64(random.next() % 100_000))
                pool.advance(to: time)
            }
            triggers.findUnsafe(pool, into: &found)
            let list = found.elements
            #expect(list == LendingTriggers.unsafeByFullScan(pool), "step \(i)")
            total += list.count
        }
        #expect(total > 0)
    }

    /// The same with some entries never filed: the two must part at some seed, or they prove nothing.
    @Test func aBrokenIndexIsNoticed() {
        var differences = 0
        for seed in 1...4 {
            var random = RandomStream(seed: UInt64(seed), name: "triggers")
            var pool = makePool(accounts: 60)
            var triggers = LendingTriggers(pool)
            triggers.dropsTriggers = true
            var found = Buffer<Int32>()
            for _ in 0..<1_500 where differences == 0 {
                for account in act(&pool, &random, accounts: 60) { triggers.look(account) }
                triggers.findUnsafe(pool, into: &found)
                if found.elements != LendingTriggers.unsafeByFullScan(pool) { differences += 1 }
            }
        }
        #expect(differences > 0)
    }

    @Test func bucketsAreMonotone() {
        var random = RandomStream(seed: 5, name: "buckets")
        for _ in 0..<10_000 {
            let a = random.uniform() * (random.next() % 2 == 0 ? 1e-20 : 1e12)
            let b = random.next() % 2 == 0 ? a * (1 + random.uniform() * 0.001) : random.uniform() * 1e12
            let (low, high) = (min(a, b), max(a, b))
            #expect(TriggerBuckets.bucket(of: low) <= TriggerBuckets.bucket(of: high))
        }
        #expect(TriggerBuckets.bucket(of: 0) == 0)
        #expect(TriggerBuckets.bucket(of: .infinity) == Int32(TriggerBuckets.count - 1))
        var buckets = TriggerBuckets()
        for b in [3, 64, 5_000] as [Int32] { buckets.setHead(b, 1) }
        let hits = [0, 4, 65, 5_001].map { buckets.firstOccupied(from: $0, through: 600_000) }
        #expect(hits == [3, 64, 5_000, nil])
        let limited = buckets.firstOccupied(from: 65, through: 4_999)
        #expect(limited == nil)
    }
}

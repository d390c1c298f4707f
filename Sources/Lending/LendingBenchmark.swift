import Primitives

/// Measures the trigger index on an Aave pool of drawn borrowers whose prices walk at random, against a full scan.
public enum LendingBenchmark {
    public struct Result: Sendable {
        public var positions: Int
        public var updates: Int
        /// Seconds of all updates through the index, and of the slowest one.
        public var indexSeconds: Double
        public var slowestUpdateSeconds: Double
        /// Seconds of all updates by full scan.
        public var scanSeconds: Double
        /// Unsafe positions over all updates, by index and by scan: must be equal.
        public var found: Int
        public var foundByScan: Int
        /// Updates whose two lists differ: must be zero.
        public var differences: Int
        /// Exact evaluations by the index; a scan makes positions × updates.
        public var checks: Int
        public var secondsPerUpdate: Double { indexSeconds / Double(max(updates, 1)) }
    }

    /// - Parameters: `clock` returns seconds from any origin; it is only used for measuring.
    public static func run(positions: Int, updates: Int, seed: UInt64, clock: () -> Double) -> Result {
        var random = RandomStream(seed: seed, name: "lending benchmark")
        var time = SimTime(seconds: 1_760_000_000)
        var pool = makePool(positions: positions, at: time)
        let keeper = draw(positions, into: &pool, &random)
        var triggers = LendingTriggers(pool, weights: weights)
        var found = Buffer<Int32>()
        triggers.findUnsafe(pool, into: &found)
        var result = Result(
            positions: positions, updates: updates, indexSeconds: 0, slowestUpdateSeconds: 0, scanSeconds: 0,
            found: 0, foundByScan: 0, differences: 0, checks: 0)
        let startChecks = triggers.checks
        for _ in 0..<updates {
            time = SimTime(seconds: time.seconds + 12)
            pool.advance(to: time)
            movePrice(of: &pool, &random)
            let start = clock()
            triggers.findUnsafe(pool, into: &found)
            let middle = clock()
            let scanned = LendingTriggers.unsafeByFullScan(pool)
            result.scanSeconds += clock() - middle
            result.indexSeconds += middle - start
            result.slowestUpdateSeconds = max(result.slowestUpdateSeconds, middle - start)
            result.found += found.count
            result.foundByScan += scanned.count
            if found.elements != scanned { result.differences += 1 }
            for i in 0..<found.count { liquidate(found[i], in: &pool, by: keeper) }
        }
        result.checks = triggers.checks - startChecks
        return result
    }

    /// WETH, WBTC, wstETH, USDC, USDT, DAI.
    private static let decimals: [UInt8] = [18, 8, 18, 6, 6, 18]
    private static let startPrices: [UInt256] = [
        400_000_000_000, 11_500_000_000_000, 480_000_000_000, 100_000_000, 100_000_000, 100_000_000,
    ]
    private static let thresholds: [UInt32] = [8_300, 7_800, 8_100, 7_800, 7_800, 7_700]
    private static var weights: [Double] {
        (0..<12).map { $0 < 6 ? 1 : 0.02 }
    }

    private static func makePool(positions: Int, at time: SimTime) -> AavePool {
        let reserves = (0..<6).map { r in
            AaveReserveParameters(
                decimals: decimals[r], ltvBps: thresholds[r] - 100, liquidationThresholdBps: thresholds[r],
                liquidationBonusBps: 10_500,
                rates: AaveRateStrategy(
                    optimalUsageBps: 9_000, baseBps: 0, slope1Bps: 500, slope2Bps: 4_000))
        }
        return AavePool(
            reserves: reserves, prices: startPrices, revision: .v35, expectedAccounts: positions + 2, at: time
        )
    }

    /// A lender with everything, a keeper, and borrowers near and far from their limits.
    private static func draw(
        _ positions: Int, into pool: inout AavePool, _ random: inout RandomStream
    ) -> Int32 {
        let lender = pool.addAccount()
        let keeper = pool.addAccount()
        for r in 0..<6 {
            let tokens = UInt256(UInt64(2e6 * Double(positions) / (Double(startPrices[r]) / 1e8)) + 1)
            try? pool.supply(Int32(r), tokens * .powerOf10(Int(decimals[r])), by: lender)
        }
        for _ in 0..<positions {
            let account = pool.addAccount()
            var power = 0.0
            for _ in 0..<(1 + random.next() % 2) {
                let r = Int(random.next() % 3)
                let value = 1_000 * 200.0.power(of: random.uniform())
                let price = Double(startPrices[r]) / 1e8
                let amount = UInt256(UInt64(value / price * 1e8)) * .powerOf10(Int(decimals[r])) / 100_000_000
                try? pool.supply(Int32(r), amount, by: account)
                power += value * Double(thresholds[r] - 100) / 10_000
            }
            let r = random.next() % 8 == 0 ? 0 : 3 + Int(random.next() % 3)
            let debt = power * random.uniform(0.3, 0.99) / (Double(startPrices[r]) / 1e8)
            let amount = UInt256(UInt64(debt * 1e6)) * .powerOf10(Int(decimals[r])) / 1_000_000
            try? pool.borrow(Int32(r), amount, by: account)
        }
        return keeper
    }

    private static func movePrice(of pool: inout AavePool, _ random: inout RandomStream) {
        let r = Int32(random.next() % 8)
        let reserve = r < 6 ? r : r - 6
        let width = reserve < 3 ? 100.0 : 5.0
        let bps = Int64(random.uniform(-width, width) * 10)
        let price = pool.reserve(reserve).price
        pool.setPrice(reserve, price.mulDivDown(UInt256(100_000 + bps), 100_000))
    }

    /// Repays the largest debt for the largest collateral, as much as is allowed.
    private static func liquidate(_ account: Int32, in pool: inout AavePool, by keeper: Int32) {
        var collateral: (reserve: Int32, value: UInt256) = (-1, .zero)
        var debt: (reserve: Int32, value: UInt256) = (-1, .zero)
        for r in 0..<pool.reserveCount {
            let reserve = pool.reserve(r)
            let supplied = pool.supplyBalance(r, of: account).mulDivDown(reserve.price, reserve.unit)
            let owed = pool.debtBalance(r, of: account).mulDivUp(reserve.price, reserve.unit)
            if supplied > collateral.value { collateral = (r, supplied) }
            if owed > debt.value { debt = (r, owed) }
        }
        guard collateral.reserve >= 0, debt.reserve >= 0 else { return }
        _ = try? pool.liquidate(
            collateral: collateral.reserve, debt: debt.reserve, of: account, debtToCover: .max, by: keeper)
    }
}

extension Double {
    /// self to the power of x by interpolation of powers of two: enough for drawing sizes, and the same everywhere.
    fileprivate func power(of x: Double) -> Double {
        var result = 1.0
        var factor = self.squareRoot()
        var rest = x * 2
        for _ in 0..<40 {
            if rest >= 1 {
                result *= factor
                rest -= 1
            }
            factor.formSquareRoot()
            rest *= 2
        }
        return result
    }
}

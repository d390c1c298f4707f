import Clearing
import Foundation
import Primitives
import Running

/// The answer of the cross-margin benchmark.
public struct CrossBenchResult: Encodable {
    public var accounts: Int
    public var positions: Int
    public var markets: Int
    public var steps: Int
    public var seconds: Double
    public var liquidated: Int
    /// Margin evaluations made through the index, and those that scanning every step would have made.
    public var accountChecks: Int
    public var scanChecks: Int
    public var savedFactor: Double
    /// Scopes the full scan found and the index did not, and the other way round; both must be 0.
    public var missed: Int
    public var spurious: Int
    public var scansCompared: Int
    public var peakMemoryMb: Double
}

/// Accounts with two to five cross positions over many markets, and a one-factor crash in the middle.
public struct CrossSweep: ~Copyable {
    private var house: ClearingHouse
    private let markets: Int
    private let accounts: Int
    private var positions = 0
    private var random: RandomStream
    private var prices: [Double]
    private var beta: [Double]

    /// - Throws: `InputError` if the rulebook does not read.
    public init(accounts: Int, markets: Int, seed: UInt64) throws {
        self.accounts = accounts
        self.markets = markets
        var random = RandomStream(seed: seed, name: "bench/cross")
        let schedule = try MarginSchedule([
            MarginTier(fromUSD: 0, maxLeverage: 40), MarginTier(fromUSD: 1_000_000, maxLeverage: 20),
        ])
        let beta = (0..<markets).map { _ in random.uniform(0.6, 1.8) }
        let specs = (0..<markets).map {
            MarketSpec(
                name: "M\($0)", unit: ContractUnit(microsPerTickLot: 100, ticksPerUSD: 100, lotsPerCoin: 100),
                schedule: schedule, maxTicks: 1 << 20, takerFee: .zero, makerFee: .zero,
                triggerWeight: beta[$0])
        }
        house = ClearingHouse(markets: specs, expectedAccounts: accounts + 1, at: SimTime(seconds: 0))
        prices = Array(repeating: 100_00, count: markets)
        for m in 0..<markets { house.setMark(Int32(m), Ticks(Int(prices[m]))) }
        // The counterparty of everyone, rich enough never to fail.
        let dealer = house.openAccount(.vault)
        house.deposit(Money(usd: 1_000_000_000_000), to: dealer)
        for _ in 0..<accounts {
            let a = house.openAccount()
            let count = 2 + random.integer(below: 4)
            var notional = 0.0
            var chosen: [(Int32, Lots)] = []
            for _ in 0..<count {
                let market = Int32(random.integer(below: markets))
                let lots = Lots(Int64(random.logNormal(median: 20, logSD: 1.5)) + 1)
                chosen.append((market, random.chance(0.75) ? lots : -lots))
                notional += Double(lots.count)
            }
            let leverage = random.logNormal(median: 5, logSD: 0.8)
            house.deposit(Money(micros: Int64(notional * 1e6 / min(leverage, 30)) + 1), to: a)
            for (market, lots) in chosen {
                house.book(house.positionID(a, market), lots, at: Ticks(100_00))
                house.book(house.positionID(dealer, market), -lots, at: Ticks(100_00))
                positions += 1
            }
        }
        self.random = random
        self.beta = beta
    }

    public mutating func run(steps: Int, scanEvery: Int) -> CrossBenchResult {
        var found = Buffer<MarginScope>()
        var liquidated = 0
        var missed = 0
        var spurious = 0
        var scans = 0
        house.scopesToLiquidate(into: &found)
        let checksBefore = house.marginChecks
        var seconds = 0.0
        let dealer = AccountID(0)
        for k in 1...steps {
            move(k, of: steps)
            let start = ContinuousClock.now
            house.scopesToLiquidate(into: &found)
            seconds += (ContinuousClock.now - start).seconds
            if k % scanEvery == 0 {
                scans += 1
                let scanned = Set(house.scopesToLiquidateByFullScan())
                let indexed = Set(found.elements)
                missed += scanned.subtracting(indexed).count
                spurious += indexed.subtracting(scanned).count
            }
            let closing = ContinuousClock.now
            for i in 0..<found.count {
                house.takeOver(found[i], by: dealer, as: .vaultTakeover)
                liquidated += 1
            }
            house.events.removeAll()
            seconds += (ContinuousClock.now - closing).seconds
        }
        let checks = house.marginChecks - checksBefore
        return CrossBenchResult(
            accounts: accounts, positions: positions, markets: markets, steps: steps, seconds: seconds,
            liquidated: liquidated, accountChecks: checks, scanChecks: accounts * steps,
            savedFactor: Double(accounts * steps) / Double(max(1, checks)), missed: missed,
            spurious: spurious,
            scansCompared: scans, peakMemoryMb: peakMemoryMegabytes())
    }

    /// One factor plus own noise; a fall of a quarter over a fifth of the steps in the middle.
    private mutating func move(_ k: Int, of steps: Int) {
        let isCrash = k > steps * 2 / 5 && k <= steps * 3 / 5
        let drift = isCrash ? -0.29 / (Double(steps) / 5) : 0
        let factor = drift + 0.0001 * random.normal()
        for m in 0..<markets {
            prices[m] *= 1 + beta[m] * factor + 0.0001 * random.normal()
            let ticks = Ticks(max(1, Int(prices[m].rounded())))
            if ticks != house.mark(Int32(m)) { house.setMark(Int32(m), ticks) }
        }
    }
}

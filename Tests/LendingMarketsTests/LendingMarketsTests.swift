import LendingMarkets
import Primitives
import Testing

private let start = SimTime(iso8601: "2025-10-10T12:00:30Z")!
private let tickers = ["BTC", "ETH", "SOL", "LINK", "DOGE"]
private let startPrices = [121_000, 4_350, 220, 22, 0.25]

private let everyone = Set(LendingProtocol.allCases)

private var parameters: LendingParameters {
    var parameters = LendingParameters(
        aaveBorrowers: 600, compoundBorrowers: 300, makerVaults: 300, morphoBorrowers: 500,
        aaveDebtUSD: 1e9, compoundDebtUSD: 3e8, makerDebtUSD: 4e8, morphoDebtUSD: 5e8, healthMedian: 1.5,
        healthLogSD: 0.8, sizeLogSD: 1.5)
    parameters.compoundV2Borrowers = 200
    parameters.compoundV2DebtUSD = 2e8
    return parameters
}

private func makeMarkets(seed: UInt64 = 1) -> LendingMarkets {
    LendingMarkets(parameters, assets: tickers, pricesUSD: startPrices, seed: seed, at: start)
}

/// Holds prices for some minutes, one step a minute, and returns all that was sold.
private func hold(
    _ markets: inout LendingMarkets, at factor: Double, from first: Int, minutes: Int, isStalled: Bool = false
) -> [LendingSale] {
    var sales: [LendingSale] = []
    for minute in first..<first + minutes {
        sales += markets.step(
            pricesUSD: startPrices.map { $0 * factor }, now: after(minute), stalled: isStalled ? everyone : []
        )
    }
    return sales
}

private func after(_ minutes: Int) -> SimTime { SimTime(seconds: start.seconds + 60 * Int64(minutes)) }

/// A path that drifts down in steps, with jumps both ways, absent prices and stalls.
private struct Path {
    var random: RandomStream
    var prices = startPrices
    init(seed: UInt64) { random = RandomStream(seed: seed, name: "lending path") }

    mutating func next() -> (prices: [Double], isStalled: Bool) {
        let common = random.normal() * 0.004 - 0.0004
        for i in 0..<prices.count {
            let jump = random.chance(0.002) ? random.uniform(-0.2, 0.12) : 0
            prices[i] *= max(0.5, 1 + common + 0.002 * random.normal() + jump)
        }
        var seen = prices
        if random.chance(0.01) { seen[random.integer(below: 5)] = .nan }
        if random.chance(0.01) { seen[random.integer(below: 5)] = 0 }
        return (seen, random.chance(0.03))
    }
}

@Suite struct LendingMarketsTests {
    @Test func startsHealthyWithTheDebtAskedFor() {
        let markets = makeMarkets()
        let asked = [(600, 1e9), (300, 3e8), (300, 4e8), (500, 5e8), (200, 2e8)]
        for (row, (borrowers, debt)) in zip(markets.rows, asked) {
            #expect(row.borrowers == borrowers, "\(row.name)")
            #expect(abs(row.debtUSD / debt - 1) < 1e-6, "\(row.name): \(row.debtUSD)")
            #expect(row.liquidations == 0 && row.liquidatedUSD == 0 && row.badDebtUSD == 0)
        }
        #expect(markets.rows.map(\.protocolName) == LendingProtocol.allCases)
        let imbalance = markets.imbalance()
        #expect(imbalance == .zero)
    }

    @Test func quietPricesSellNothing() {
        var markets = makeMarkets()
        var random = RandomStream(seed: 1, name: "quiet")
        for minute in 1...600 {
            let prices = startPrices.map { $0 * random.uniform(0.999, 1.001) }
            let sales = markets.step(pricesUSD: prices, now: after(minute))
            #expect(sales.isEmpty)
        }
        let (liquidations, imbalance) = (markets.liquidations, markets.imbalance())
        #expect(liquidations == 0)
        #expect(imbalance == .zero)
        // Counted in every block, not only in those with sales.
        let (blocks, worst) = (markets.blocksChecked, markets.worstImbalance)
        #expect(blocks == 600 && worst == .zero)
    }

    /// Maker follows an hour or two later and its auctions last.
    @Test func aFallOfThirtyPercentLiquidatesEverywhere() {
        var markets = makeMarkets()
        let first = hold(&markets, at: 0.7, from: 1, minutes: 1)
        #expect(first.contains { $0.protocolName == .aave })
        #expect(!first.contains { $0.protocolName == .maker })
        let later = hold(&markets, at: 0.7, from: 2, minutes: 600)
        for name in LendingProtocol.allCases {
            let sales = (first + later).filter { $0.protocolName == name }
            #expect(!sales.isEmpty, "\(name)")
            for sale in sales {
                let worth = sale.coins * startPrices[sale.asset] * 0.7
                #expect(sale.coins > 0 && sale.paidUSD > 0 && sale.paidUSD < worth, "\(sale)")
                #expect(tickers[sale.asset] != "DOGE")
            }
        }
        for row in markets.rows {
            #expect(row.liquidations > 0 && row.liquidatedUSD > 1e6, "\(row)")
        }
        let imbalance = markets.imbalance()
        #expect(imbalance == .zero)
        let total = markets.rows.reduce(0) { $0 + $1.liquidations }
        let counted = markets.liquidations
        #expect(counted == total)
    }

    @Test func aFallOfSeventyPercentAtOnceLeavesBadDebtEverywhereAndBalances() {
        var markets = makeMarkets()
        _ = hold(&markets, at: 0.3, from: 1, minutes: 900)
        for row in markets.rows { #expect(row.badDebtUSD > 0, "\(row)") }
        let imbalance = markets.imbalance()
        #expect(imbalance == .zero)
    }

    @Test(arguments: 1...4)
    func theIndexGivesWhatAFullScanGives(seed: UInt64) {
        var markets = makeMarkets(seed: seed)
        var twin = makeMarkets(seed: seed)
        twin.usesFullScan = true
        var path = Path(seed: seed)
        var sold = 0
        for minute in 1...720 {
            let (prices, isStalled) = path.next()
            let now = after(minute)
            // One of them changes over now and then: that must not matter either.
            if seed == 4 && minute % 60 == 0 { twin.usesFullScan.toggle() }
            let sales = markets.step(pricesUSD: prices, now: now, stalled: isStalled ? everyone : [])
            let others = twin.step(pricesUSD: prices, now: now, stalled: isStalled ? everyone : [])
            sold += sales.count
            #expect(sales == others)
            if minute % 40 == 0 {
                let (one, two) = (markets.stateHash(), twin.stateHash())
                #expect(one == two, "minute \(minute)")
            }
        }
        #expect(sold > 0)
        let imbalance = markets.imbalance()
        #expect(imbalance == .zero)
    }

    @Test func aStalledOracleLiquidatesNothing() {
        var markets = makeMarkets()
        let stalled = hold(&markets, at: 0.5, from: 1, minutes: 240, isStalled: true)
        #expect(stalled.isEmpty)
        let liquidations = markets.liquidations
        #expect(liquidations == 0)
        let sales = hold(&markets, at: 0.5, from: 241, minutes: 1)
        #expect(!sales.isEmpty)
    }

    /// One protocol's oracle stalls: nothing of it is sold until it answers again, and the others know nothing of it.
    @Test(arguments: LendingProtocol.allCases)
    func oneStalledOracle(_ name: LendingProtocol) {
        var markets = makeMarkets()
        var free = makeMarkets()
        for minute in 1...420 {
            let prices = startPrices.map { $0 * (minute < 20 ? 1 : 0.6) }
            let stalled: Set<LendingProtocol> = (10..<240).contains(minute) ? [name] : []
            let sales = markets.step(pricesUSD: prices, now: after(minute), stalled: stalled)
            let others = free.step(pricesUSD: prices, now: after(minute))
            #expect(sales.filter { $0.protocolName != name } == others.filter { $0.protocolName != name })
            if (10..<240).contains(minute) { #expect(!sales.contains { $0.protocolName == name }) }
        }
        for (row, other) in zip(markets.rows, free.rows) {
            #expect(other.liquidations > 0)
            if row.protocolName == name {
                // It has caught up: Maker within its hour, the others at once.
                #expect(row.liquidations > 0, "\(row)")
            } else {
                #expect(row == other)
            }
        }
        let imbalance = markets.imbalance()
        #expect(imbalance == .zero)
    }

    @Test(arguments: [0, -1, .nan, .infinity, -.infinity, 1e300, 1e-300])
    func noPriceIsLikeAStall(price: Double) {
        var markets = makeMarkets()
        var stalled = makeMarkets()
        for minute in 1...150 {
            let sales = markets.step(
                pricesUSD: startPrices.map { _ in price }, now: after(minute))
            #expect(sales.isEmpty)
            _ = stalled.step(pricesUSD: startPrices, now: after(minute), stalled: everyone)
        }
        let (one, two) = (markets.stateHash(), stalled.stateHash())
        #expect(one == two)
        // The others go on while one asset has no price.
        var prices = startPrices.map { $0 * 0.6 }
        prices[0] = price
        let sales = markets.step(pricesUSD: prices, now: after(151))
        #expect(!sales.isEmpty && sales.allSatisfy { $0.asset != 0 })
        let imbalance = markets.imbalance()
        #expect(imbalance == .zero)
    }

    @Test func theSeedDecides() {
        var hashes: [StateHash] = []
        for seed: UInt64 in [7, 7, 8] {
            var markets = makeMarkets(seed: seed)
            var path = Path(seed: 1)
            for minute in 1...300 {
                let (prices, isStalled) = path.next()
                _ = markets.step(pricesUSD: prices, now: after(minute), stalled: isStalled ? everyone : [])
            }
            hashes.append(markets.stateHash())
        }
        #expect(hashes[0] == hashes[1])
        #expect(hashes[0] != hashes[2])
    }

    @Test func nothingHappensTwiceInABlock() {
        var markets = makeMarkets()
        let time = after(1)
        let first = hold(&markets, at: 0.6, from: 1, minutes: 1)
        #expect(!first.isEmpty)
        let hash = markets.stateHash()
        let again = markets.step(
            pricesUSD: startPrices.map { $0 * 0.3 }, now: SimTime(seconds: time.seconds + 1),
            stalled: [])
        let after = markets.stateHash()
        #expect(again.isEmpty && after == hash)
    }

    @Test func dearGasStopsKeepers() {
        var dear = parameters
        dear.keeperGasUSD = 1e12
        var markets = LendingMarkets(dear, assets: tickers, pricesUSD: startPrices, seed: 1, at: start)
        let sales = hold(&markets, at: 0.5, from: 1, minutes: 200)
        let (liquidations, imbalance) = (markets.liquidations, markets.imbalance())
        #expect(sales.isEmpty && liquidations == 0)
        #expect(imbalance == .zero)
    }

    @Test(arguments: [["DOGE"], [], ["SOL"], ["LINK"], ["BTC"]])
    func fewerAssetsMeanFewerProtocols(assets: [String]) {
        let prices = assets.map { startPrices[tickers.firstIndex(of: $0)!] }
        var markets = LendingMarkets(parameters, assets: assets, pricesUSD: prices, seed: 1, at: start)
        let open = markets.rows.map { $0.borrowers > 0 }
        switch assets {
        case ["SOL"]: #expect(open == [false, false, false, true])
        case ["LINK"]: #expect(open == [false, true, false, true])
        case ["BTC"]: #expect(open == [true, true, true, true, true])
        default: #expect(open == [false, false, false, false])
        }
        for minute in 1...200 {
            _ = markets.step(
                pricesUSD: prices.map { $0 * 0.6 }, now: after(minute))
        }
        for (row, isOpen) in zip(markets.rows, open) { #expect((row.liquidations > 0) == isOpen) }
        let imbalance = markets.imbalance()
        #expect(imbalance == .zero)
    }
}

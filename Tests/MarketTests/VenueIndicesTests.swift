import Checks
import Clearing
import OrderBook
import Primitives
import RealModule
import Testing
import Venues

@_spi(World) @testable import Exchanges
@testable import Market

/// The index of a venue by its own rule, on a BitMEX of 12 March 2020 beside dollar spot venues made by hand.
@Suite struct VenueIndicesTests {
    private static let spots = ["coinbase", "kraken", "gemini", "binance-spot"]
    private static let start = SimTime(iso8601: "2020-03-13T02:00:00Z")!

    /// Bitcoin on BitMEX and on some spot venues, half a dollar a tick everywhere, quoted 10 dollars around 5,000.
    private struct Desk: ~Copyable {
        var exchanges: Exchanges
        var indices: VenueIndices
        private var orders: [[OrderID]]
        private var accounts: [AccountID] = []

        init(_ rulebook: Rulebook, spots names: [String] = VenueIndicesTests.spots, weights: [Double]) {
            let unit = ContractUnit(microsPerTickLot: 500_000, ticksPerUSD: 2, lotsPerCoin: 1)
            let perps = FixedArray<Venue>(count: 1) { _ in Venue(rulebook, at: VenueIndicesTests.start) }
            let spots = FixedArray<SpotVenue>(count: names.count) {
                SpotVenue(
                    names[$0],
                    [SpotMarket(name: "BTC", unit: unit, maxTicks: 1 << 17, makerFee: .zero, takerFee: .zero)]
                )
            }
            let books = VenueID.first(names.count + 1).map {
                BookPlace(exchange: $0, market: 0, asset: 0, isSpot: $0 > 0, isInverse: $0 == 0)
            }
            exchanges = Exchanges(
                perps: perps, spots: spots, names: ["bitmex"] + names, assets: ["BTC"], books: books,
                pools: [nil], at: VenueIndicesTests.start)
            var view = AssetView()
            view.index = 5_000
            exchanges.views[0] = view
            indices = VenueIndices(exchanges, weights: [0] + weights)
            orders = names.map { _ in [] }
            for s in names.indices {
                let account = exchanges.spots[s].ledger.openAccount()
                _ = exchanges.spots[s].ledger.transfer(Money(usd: 1_000_000_000), account)
                _ = exchanges.spots[s].ledger.transferCoins(Lots(1_000_000), account, 0)
                accounts.append(account)
                quote(s, 5_000)
            }
        }

        /// Moves a spot venue's two quotes to 10 dollars around a price of whole half dollars.
        mutating func quote(_ s: Int, _ usd: Double) {
            for id in orders[s] { _ = exchanges.spots[s].cancel(0, id, account: accounts[s]) }
            let mid = Int(usd * 2)
            orders[s] = [(Side.buy, mid - 20), (Side.sell, mid + 20)].map { side, ticks in
                let order = NewOrder(side, Lots(1), at: Ticks(ticks), account: accounts[s])
                return exchanges.spots[s].submit(0, order).resting
            }
        }

        mutating func advance(_ seconds: Double) {
            exchanges.now = exchanges.now.adding(seconds: seconds)
            exchanges.applyOutages()
        }

        mutating func wait(_ seconds: Double) {
            advance(seconds)
            indices.observe(exchanges)
        }

        /// In dollars; nil where the venue keeps its last index.
        func index() -> Double? {
            let sources = indices.sources(exchange: 0, market: 0, ticksPerUSD: 2, at: exchanges.now)
            return exchanges.perps[0].rulebook.index.price(sources ?? []).map { $0 / 2 }
        }
    }

    private static func bitmex(_ overrides: [(key: String, text: String)] = []) throws -> Rulebook {
        try .named("bitmex", on: "2020-03-12", overrides: overrides)
    }

    /// Bitstamp, Bittrex and itBit are not here: 17.35 % of the weight go to the three that are; Binance has none.
    @Test func weightOfTheAbsentGoesToTheOthers() throws {
        var desk = Desk(try Self.bitmex(), weights: [0, 0, 0, 1])
        #expect(
            desk.indices.notes == [
                "bitmex: no book of bitstamp, bittrex, itbit; their 17.35 % of the index goes to coinbase, gemini, kraken"
            ])
        for (s, price) in [5_000.0, 5_200, 4_800, 4_000].enumerated() { desk.quote(s, price) }
        desk.wait(1)
        let mean = (5_000 * 0.523 + 5_200 * 0.2346 + 4_800 * 0.0689) / (0.523 + 0.2346 + 0.0689)
        let found = desk.index()!
        #expect(abs(found - mean) < 1e-9, "\(found) against \(mean)")
    }

    /// A rulebook without weights takes the world's; one without any source here says so.
    @Test func withoutWeightsOrSources() throws {
        var desk = Desk(
            try .named("bybit-inverse", assets: ["BTC"]), weights: [0.5, 0.3, 0.2, 0])
        #expect(desk.indices.notes.isEmpty)
        for (s, price) in [5_000.0, 5_100, 4_900, 1_000].enumerated() { desk.quote(s, price) }
        desk.wait(1)
        let found = desk.index()!
        #expect(abs(found - (5_000 * 0.5 + 5_100 * 0.3 + 4_900 * 0.2)) < 1e-9, "\(found)")
        let alone = Desk(try Self.bitmex(), spots: ["binance-spot"], weights: [1])
        #expect(
            alone.indices.notes.count == 1
                && alone.indices.notes[0].contains("no source of its index for BTC"))
        let sources = alone.indices.sources(exchange: 0, market: 0, ticksPerUSD: 2, at: Self.start)
        #expect(sources == nil)
    }

    /// A halted venue counts with its last price for fifteen minutes, then not at all; one off by a quarter never.
    @Test func silenceAndOutliers() throws {
        var desk = Desk(try Self.bitmex(), weights: [0, 0, 0, 0])
        desk.wait(1)
        desk.exchanges.outages = [
            Outage(
                .orders, exchange: 2, from: Self.start.adding(seconds: 2),
                until: Self.start.adding(seconds: 3600))
        ]
        desk.wait(2)
        desk.quote(0, 4_800)
        desk.quote(2, 4_800)
        desk.wait(890)
        let three = (4_800 * (0.523 + 0.0689) + 5_000 * 0.2346) / (0.523 + 0.2346 + 0.0689)
        var found = desk.index()!
        #expect(abs(found - three) < 1e-9, "\(found) against \(three)")
        desk.wait(15)
        found = desk.index()!
        #expect(abs(found - 4_800) < 1e-9, "\(found)")
        // Coinbase alone at half the price: with two left the median lies between, and both are too far from it.
        desk.quote(0, 2_000)
        desk.wait(1)
        found = desk.index()!
        #expect(found == 3_400, "\(found)")
    }

    /// One jump counts once: afterwards volatility is that of a market that moved by a few usual steps, and the trend has all of it.
    @Test func aJumpIsOnePrint() throws {
        var desk = Desk(try Self.bitmex(), weights: [0.5, 0.3, 0.2, 0])
        for s in 0..<3 { desk.quote(s, 5_000) }
        var view = desk.exchanges.views[0]
        (view.index, view.volatility, view.slowVolatility, view.trend) = (5_000, 1e-4, 1e-4, 0)
        desk.exchanges.worldViews[0] = view
        var shared = IndexPrices(desk.exchanges, weights: [0, 0.5, 0.3, 0.2, 0], stepSeconds: 1)
        for s in 0..<3 { desk.quote(s, 4_000) }
        for step in 0..<10 { shared.update(&desk.exchanges, step: step) }
        let after = desk.exchanges.views[0]
        #expect(after.index == 4_000)
        #expect(after.volatility > 1.5e-4 && after.volatility < 3e-4, "\(after.volatility)")
        #expect(abs(after.trend - Double.log(0.8) * Double.exp(-10.0 / 300)) < 1e-3, "\(after.trend)")
    }

    /// An oracle outage of a spot venue silences it, in the shared median as well.
    @Test func aStalledFeedIsSilent() throws {
        var desk = Desk(try Self.bitmex(), weights: [0.5, 0.3, 0.2, 0])
        var shared = IndexPrices(desk.exchanges, weights: [0, 0.5, 0.3, 0.2, 0], stepSeconds: 1)
        desk.exchanges.outages = [
            Outage(
                .oracle, exchange: 1, from: Self.start.adding(seconds: 1),
                until: Self.start.adding(seconds: 3600))
        ]
        for s in 0..<3 { desk.quote(s, s == 0 ? 4_500 : 4_900) }
        desk.wait(1)
        shared.update(&desk.exchanges, step: 0)
        let view = desk.exchanges.views[0].index
        #expect(view == 4_900, "\(view)")
    }

    /// Random prices, halts and stalls against a twin that keeps every price it ever saw and reckons the mean anew.
    @Test(arguments: [UInt64(1), 2, 3])
    func againstANaiveTwin(_ seed: UInt64) throws {
        var desk = Desk(try Self.bitmex(), weights: [0, 0, 0, 0])
        var random = RandomStream(seed: seed, name: "test/venue-index")
        let weights = [0.523, 0.2346, 0.0689]
        var history: [[(time: Double, price: Double)]] = [[], [], []]
        var prices = [5_000.0, 5_000, 5_000]
        var stalledUntil = [0.0, 0, 0]
        var now = 0.0
        var leftOut = 0
        for _ in 0..<1500 {
            let dt = Double(1 + random.integer(below: 60))
            now += dt
            for s in 0..<3 {
                if random.chance(0.01) {
                    let end = now + Double(random.integer(below: 3000))
                    stalledUntil[s] = max(stalledUntil[s], end)
                    desk.exchanges.outages.append(
                        Outage(
                            random.chance(0.5) ? .oracle : .orders, exchange: VenueID(s + 1),
                            from: Self.start.adding(seconds: now),
                            until: Self.start.adding(seconds: end)))
                }
                if now >= stalledUntil[s] {
                    let jump = random.chance(0.02) ? random.uniform(0.6, 1.6) : 1
                    prices[s] = (min(20_000, max(500, prices[s] * jump)) * 2).rounded() / 2
                }
            }
            desk.advance(dt)
            for s in 0..<3 where now >= stalledUntil[s] { desk.quote(s, prices[s]) }
            desk.wait(0)
            for s in 0..<3 where now >= stalledUntil[s] { history[s].append((now, prices[s])) }
            let live = (0..<3).filter { s in history[s].last.map { now - $0.time <= 900 } ?? false }
            let sorted = live.map { history[$0].last!.price }.sorted()
            guard !sorted.isEmpty else {
                let none = desk.index() == nil
                #expect(none)
                continue
            }
            let n = sorted.count
            let middle = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2
            let near = live.filter { abs(history[$0].last!.price - middle) <= 0.25 * middle }
            if near.count < live.count { leftOut += 1 }
            let sum = near.reduce(0) { $0 + weights[$1] }
            let expected =
                near.isEmpty ? middle : near.reduce(0) { $0 + weights[$1] * history[$1].last!.price } / sum
            let found = desk.index()!
            #expect(abs(found - expected) < 1e-6, "after \(now) s: \(found) against \(expected)")
        }
        #expect(leftOut > 20)
    }

    /// The mark follows the venue's own index where the world says so, and the shared one where it does not.
    @Test func marksTakeTheirOwnIndex() throws {
        for isOwn in [true, false] {
            var desk = Desk(try Self.bitmex([("funding_interest", "0")]), weights: [0, 0, 0, 0])
            var marks = MarkUpdates(desk.exchanges, [], at: Self.start)
            for s in 0..<3 { desk.quote(s, 4_200) }
            desk.wait(1)
            marks.update(
                &desk.exchanges, own: isOwn ? desk.indices : nil, at: desk.exchanges.now, isFirst: true)
            let mark = desk.exchanges.perps[0].house.mark(0)
            #expect(mark == Ticks(isOwn ? 8_400 : 10_000), "\(mark)")
        }
    }
}

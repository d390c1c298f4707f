import Agents
import Checks
import Clearing
import OrderBook
import Primitives
import Venues

@_spi(World) @testable import Exchanges

/// One coin at 100,000 dollars on three books made by hand: two perpetual venues under the textbook rulebook and a spot
/// venue. Somebody with more of everything than is ever needed makes the books; every agent under test has an account of
/// its own on each.
struct ThreeBooks: ~Copyable {
    static let first: BookID = 0
    static let second: BookID = 1
    static let spot: BookID = 2
    static let books: [BookID] = [first, second, spot]
    static let price = 100_000.0
    static let start = SimTime(iso8601: "2025-10-10T20:00:00Z")!

    var exchanges: Exchanges
    /// By book: the account that makes the books, and that of the agent under test.
    let maker: [AccountID]
    let agent: [AccountID]

    /// - Parameters:
    ///   - quotes: whether the books begin with both sides: ten coins at each of the ten ticks of 0.1 % around the price.
    ///   - pool: whether the coin has an on-chain pool of as many dollars a side.
    init(quotes: Bool = true, pool: Double? = nil) throws {
        let rulebook = try Rulebook.named("textbook", assets: ["BTC"])
        let unit = rulebook.markets[0].spec.unit
        let perps = FixedArray<Venue>(count: 2) { _ in
            Venue(rulebook, fundCapital: Money(usd: 10_000_000), at: Self.start)
        }
        let spots = FixedArray<SpotVenue>(count: 1) { _ in
            SpotVenue(
                "spot",
                [
                    SpotMarket(
                        name: "BTC", unit: unit, maxTicks: rulebook.markets[0].spec.maxTicks, makerFee: .zero,
                        takerFee: .zero)
                ])
        }
        let places = VenueID.first(3).map {
            BookPlace(exchange: $0, market: 0, asset: 0, isSpot: $0 == 2, isInverse: false)
        }
        let pools = pool.map {
            LiquidityPool(
                lots: Int64($0 / Self.price * unit.lotsPerCoin), cash: Int64($0 * 1e6), feePPM: 500)
        }
        var exchanges = Exchanges(
            perps: perps, spots: spots, names: ["one", "two", "spot"], assets: ["BTC"], books: places,
            pools: [pools], at: Self.start)
        var view = AssetView()
        view.index = Self.price
        (view.calmVolatility, view.volatility, view.slowVolatility) = (6.5e-5, 6.5e-5, 6.5e-5)
        view.fundamental = 11.512925464970229
        exchanges.views[0] = view
        for p in 0..<2 { exchanges.perps[p].house.setMark(0, unit.nearestTick(Self.price)) }
        maker = Self.books.map { Self.open(on: $0, &exchanges) }
        agent = Self.books.map { Self.open(on: $0, &exchanges) }
        self.exchanges = exchanges
        if quotes { for book in Self.books { quote(book, around: Self.price) } }
    }

    /// An account with a billion dollars, at ten times leverage; on the spot venue ten thousand coins as well.
    static func open(on book: BookID, _ exchanges: inout Exchanges) -> AccountID {
        if book == spot {
            let wallet = exchanges.spots[0].ledger.openAccount()
            _ = exchanges.spots[0].ledger.transfer(Money(usd: 1_000_000_000), wallet)
            _ = exchanges.spots[0].ledger.transferCoins(
                Lots(Int64(10_000 * exchanges.unit(book).lotsPerCoin)), wallet, 0)
            return wallet
        }
        let p = exchanges.place(book).exchange
        let account = exchanges.perps[p].house.openAccount()
        exchanges.perps[p].house.deposit(Money(usd: 1_000_000_000), to: account)
        _ = exchanges.perps[p].house.configure(
            exchanges.perps[p].house.positionID(account, 0), leverage: 10, isolated: false)
        return account
    }

    func lots(_ coins: Double) -> Lots { Lots(Int64((coins * exchanges.unit(0).lotsPerCoin).rounded())) }
    func coins(_ lots: Lots) -> Double { exchanges.unit(0).coins(lots) }
    func ticks(_ usd: Double) -> Ticks { exchanges.unit(0).nearestTick(usd) }
    /// Coins that the agent holds on a book.
    func held(_ book: BookID) -> Double { coins(exchanges.holding(book, agent[book])) }
    func bid(_ book: BookID) -> Double? { exchanges.bestBid(book).map { exchanges.unit(book).usd($0) } }
    func ask(_ book: BookID) -> Double? { exchanges.bestAsk(book).map { exchanges.unit(book).usd($0) } }

    /// An order of the account that makes the books; returns the coins it traded.
    @discardableResult
    mutating func send(
        _ book: BookID, _ side: Side, _ coins: Double, at usd: Double,
        _ timeInForce: TimeInForce = .goodTillCancel
    ) -> Double {
        let order = NewOrder(
            side, lots(coins), at: ticks(usd), account: maker[book], timeInForce: timeInForce)
        let result = exchanges.submit(book, order)
        if let refusal = result.rejection { preconditionFailure("\(coins) at \(usd): \(refusal.words)") }
        return self.coins(result.filled)
    }

    /// Ten coins at each of ten prices 0.1 % apart on both sides.
    mutating func quote(_ book: BookID, around usd: Double) {
        for k in 1...10 {
            send(book, .buy, 10, at: usd * (1 - 0.001 * Double(k)))
            send(book, .sell, 10, at: usd * (1 + 0.001 * Double(k)))
        }
    }

    /// A second passes: the agent acts, then sees what clearing did.
    mutating func step(_ agent: inout some Strategy, times: Int = 1) {
        for _ in 0..<times {
            exchanges.now = exchanges.now.adding(seconds: 1)
            for p in 0..<2 {
                exchanges.perps[p].house.events.removeAll()
                exchanges.perps[p].house.now = exchanges.now
            }
            exchanges.deliverTransfers()
            agent.act(&exchanges)
            agent.observe(exchanges)
        }
    }

    /// What every ledger and wallet is off zero by.
    mutating func imbalance() -> Int64 {
        exchanges.perps[0].house.runningImbalance() + exchanges.perps[1].house.runningImbalance()
            + exchanges.spots[0].ledger.imbalance() + (exchanges.pools[0]?.imbalance ?? 0)
    }
}

import Clearing
import OrderBook
import Primitives
import Venues

/// One order book of the world: which asset, on which exchange.
public struct BookPlace: BitwiseCopyable, Sendable {
    public var exchange: Int16
    public var market: Int16
    public var asset: Int16
    public var isSpot: Bool
    /// Collateral and profit are in the coin.
    public var isInverse: Bool
    public init(exchange: Int, market: Int, asset: Int, isSpot: Bool, isInverse: Bool) {
        self.exchange = Int16(exchange)
        self.market = Int16(market)
        self.asset = Int16(asset)
        self.isSpot = isSpot
        self.isInverse = isInverse
    }
}

/// Every venue an agent can reach, behind one interface: books, accounts, transfers, prices, news.
///
/// Exchanges are numbered perpetual venues first, then spot venues; a coin-margined venue is one exchange per coin,
/// because each coin is a ledger of its own. Books are numbered over all exchanges.
public struct Exchanges: ~Copyable {
    /// To look at. Nobody who trades writes a ledger but by the methods here; who steps or builds the world does so by
    /// `worldPerps` and `worldSpots`.
    public internal(set) var perps: FixedArray<Venue>
    public internal(set) var spots: FixedArray<SpotVenue>
    /// By asset; nil where there is none. Who swaps pays from a wallet of the first spot venue.
    public var pools: [LiquidityPool?]
    /// By exchange: the public name (`binance-coinm` for each of its coins).
    public let names: [String]
    public let assets: [String]
    /// The asset that betas and shocks mean.
    public let reference: Int
    public let books: [BookPlace]
    /// By asset: its books.
    public let booksOfAsset: [[Int32]]
    public var now: SimTime
    public var views: Pool<AssetView>
    public var outages: [Outage] = []
    /// Halts every venue after a sharp fall of the reference asset, nil for none.
    public var breaker: CircuitBreaker?
    /// How long a transfer takes.
    public var transferSeconds = 600.0
    var transfers: [Transfer] = []
    public internal(set) var inTransit = Money.zero
    /// How grave the last announcement was, 0 when there is none to speak of; and when it was.
    public var newsWeight = 0.0
    public var newsTime: SimTime?
    /// Coins that lending protocols handed to keepers and that are not sold yet.
    public internal(set) var seized: [SeizedCoins] = []
    /// The makers' positions in all coins but Bitcoin, times beta, dollars: what their own desk hedges.
    public var makersToHedgeUSD = 0.0

    public init(
        perps: consuming FixedArray<Venue>, spots: consuming FixedArray<SpotVenue>, names: [String],
        assets: [String], books: [BookPlace], pools: [LiquidityPool?],
        reference: Int = 0, at time: SimTime
    ) {
        self.reference = reference
        self.perps = perps
        self.spots = spots
        self.names = names
        self.assets = assets
        self.books = books
        self.pools = pools
        var found = [[Int32]](repeating: [], count: assets.count)
        for (b, book) in books.enumerated() { found[Int(book.asset)].append(Int32(b)) }
        booksOfAsset = found
        views = Pool(zeroed: assets.count)
        now = time
    }

    @inline(__always)
    public func isSpot(_ exchange: Int) -> Bool { exchange >= perps.count }
    @inline(__always)
    private func spot(_ place: BookPlace) -> Int { spot(Int(place.exchange)) }

    // MARK: Looking

    public func place(_ book: Int32) -> BookPlace { books[Int(book)] }

    public func unit(_ book: Int32) -> ContractUnit {
        let at = books[Int(book)]
        return at.isSpot
            ? spots[spot(at)].markets[Int(at.market)].unit
            : perps[Int(at.exchange)].rulebook.markets[Int(at.market)].spec.unit
    }

    public func maxTicks(_ book: Int32) -> Int32 {
        let at = books[Int(book)]
        return at.isSpot
            ? spots[spot(at)].markets[Int(at.market)].maxTicks
            : perps[Int(at.exchange)].rulebook.markets[Int(at.market)].spec.maxTicks
    }

    public func bestBid(_ book: Int32) -> Ticks? {
        let at = books[Int(book)]
        return at.isSpot
            ? spots[spot(at)].bestBid(Int32(at.market)) : perps[Int(at.exchange)].bestBid(Int32(at.market))
    }

    public func bestAsk(_ book: Int32) -> Ticks? {
        let at = books[Int(book)]
        return at.isSpot
            ? spots[spot(at)].bestAsk(Int32(at.market)) : perps[Int(at.exchange)].bestAsk(Int32(at.market))
    }

    /// Lots at the best price of a side, zero if it is empty.
    public func lotsAtTouch(_ book: Int32, _ side: Side) -> Lots {
        let at = books[Int(book)]
        return at.isSpot
            ? spots[spot(at)].lotsAtTouch(Int32(at.market), side)
            : perps[Int(at.exchange)].lotsAtTouch(Int32(at.market), side)
    }

    public func lastTrade(_ book: Int32) -> Ticks? {
        let at = books[Int(book)]
        return at.isSpot
            ? spots[spot(at)].lastTrade(Int32(at.market))
            : perps[Int(at.exchange)].lastTrade(Int32(at.market))
    }

    /// Lots bought by takers less lots sold by them since the start: the difference of two looks is the net flow.
    public func tape(_ book: Int32) -> Int64 {
        let at = books[Int(book)]
        return at.isSpot
            ? spots[spot(at)].tape(Int32(at.market)) : perps[Int(at.exchange)].tape(Int32(at.market))
    }

    /// Dollars (of a coin-margined book: worth of dollars) resting within so many basis points of the mid.
    public func depthUSD(_ book: Int32, _ side: Side, withinBasisPoints bp: Int64) -> Double {
        let at = books[Int(book)]
        if at.isSpot {
            return spots[spot(at)].depth(Int32(at.market), side, withinBasisPoints: bp).dollars
        }
        let amount = perps[Int(at.exchange)].depth(Int32(at.market), side, withinBasisPoints: bp)
        return Double(amount.micros) / settlementUnits(Int(at.exchange))
    }

    /// Lots an account holds: a position, or coins in a wallet.
    public func holding(_ book: Int32, _ account: Int32) -> Lots {
        let at = books[Int(book)]
        if at.isSpot { return spots[spot(at)].ledger.coins(account, Int32(at.market)) }
        guard let p = perps[Int(at.exchange)].house.find(account, Int32(at.market)) else { return .zero }
        return perps[Int(at.exchange)].house.position(p).lots
    }

    /// What is left of a resting order; zero if it is gone.
    public func remaining(_ book: Int32, _ id: OrderID) -> Lots {
        if id == .none { return .zero }
        let at = books[Int(book)]
        let order =
            at.isSpot
            ? spots[spot(at)].order(Int32(at.market), id)
            : perps[Int(at.exchange)].order(Int32(at.market), id)
        return order?.lots ?? .zero
    }

    /// What the ledger of an exchange counts.
    public func settlement(_ exchange: Int) -> Settlement {
        isSpot(exchange) ? .dollars : perps[exchange].house.settlement
    }

    /// What one dollar is in the ledger units of an exchange, at its mark: 1e6, or fractions of a coin.
    public func settlementUnits(_ exchange: Int) -> Double {
        settlement(exchange).unitsPerDollar(
            coinUSD: perps[exchange].rulebook.markets[0].spec.unit.usd(perps[exchange].house.mark(0)))
    }

    /// Equity of an account of a perpetual venue in dollars, positions at the mark, isolated ones with their margin.
    public func equityUSD(_ exchange: Int, _ account: Int32) -> Double {
        var equity = perps[exchange].house.margin(.cross(account)).equity
        var q = perps[exchange].house.account(account).firstPosition
        while q != 0 {
            let position = perps[exchange].house.position(q)
            if position.isolated { equity += perps[exchange].house.margin(.isolated(position: q)).equity }
            q = position.next
        }
        return Double(equity.micros) / settlementUnits(exchange)
    }

    // MARK: Orders

    @discardableResult
    public mutating func submit(_ book: Int32, _ order: NewOrder) -> SubmitResult {
        let at = books[Int(book)]
        return at.isSpot
            ? spots[spot(at)].submit(Int32(at.market), order)
            : perps[Int(at.exchange)].submit(Int32(at.market), order)
    }

    public mutating func cancel(_ book: Int32, _ id: OrderID, account: Int32) {
        let at = books[Int(book)]
        if at.isSpot {
            _ = spots[spot(at)].cancel(Int32(at.market), id, account: account)
        } else {
            _ = perps[Int(at.exchange)].cancel(Int32(at.market), id, account: account)
        }
    }

    /// The allowed price at or below (a buy) or above (a sell) a price.
    public func onGrid(_ book: Int32, _ price: Ticks, _ side: Side) -> Ticks {
        let at = books[Int(book)]
        if at.isSpot { return price }
        return perps[Int(at.exchange)].rulebook.markets[Int(at.market)].priceGrid.rounded(price, for: side)
    }
}

extension Exchanges {
    /// The lowest trade of a book since this was last asked, or nil if there was none.
    public mutating func takeLowestTrade(_ book: Int32) -> Ticks? {
        let at = books[Int(book)]
        if at.isSpot { return spots[spot(at)].takeLowestTrade(Int32(at.market)) }
        return perps[Int(at.exchange)].takeLowestTrade(Int32(at.market))
    }
}

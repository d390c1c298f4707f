import Clearing
import OrderBook
import Primitives
import Venues

/// One order book of the world: which asset, on which exchange.
public struct BookPlace: BitwiseCopyable, Sendable {
    public var exchange: VenueID
    /// Its number on the exchange.
    public var market: Int32
    public var asset: AssetID
    public var isSpot: Bool
    /// Collateral and profit are in the coin.
    public var isInverse: Bool
    public init(exchange: VenueID, market: Int, asset: AssetID, isSpot: Bool, isInverse: Bool) {
        self.exchange = exchange
        self.market = Int32(market)
        self.asset = asset
        self.isSpot = isSpot
        self.isInverse = isInverse
    }
}

/// Every venue an agent can reach, behind one interface: books, accounts, transfers, prices, news.
///
/// Exchanges are numbered perpetual venues first, then spot venues; a coin-margined venue is one exchange per coin,
/// because each coin is a ledger of its own. Books are numbered over all exchanges.
public struct Exchanges: ~Copyable {
    private let byAddress = PassedByAddress()
    // To look at. Nobody who trades writes anything here but by methods; who steps or builds the world does so by what is in
    // `Exchanges+World`.

    public internal(set) var perps: FixedArray<Venue>
    public internal(set) var spots: FixedArray<SpotVenue>
    /// By asset; nil where there is none. Who swaps pays from a wallet of the first spot venue.
    public internal(set) var pools: [LiquidityPool?]
    /// By exchange: the public name (`binance-coinm` for each of its coins).
    public let names: [String]
    public let assets: [String]
    /// The asset that betas and shocks mean.
    public let reference: AssetID
    public let books: [BookPlace]
    /// By asset: its books.
    public let booksOfAsset: [[BookID]]
    public internal(set) var now: SimTime
    /// On how many threads venues are worked on side by side; no figure depends on it.
    var threads = 1
    /// The perpetual venues by number of accounts at the first step; nil before it.
    var largestFirst: [Int]?
    public internal(set) var views: Pool<AssetView>
    public internal(set) var outages: [Outage]
    /// Halts every venue after a sharp fall of the reference asset, nil for none.
    public internal(set) var breaker: CircuitBreaker?
    /// How long a transfer takes.
    public let transferSeconds: Double
    var transfers: [Transfer] = []
    public internal(set) var inTransit = Money.zero
    /// How grave the last announcement was, 0 when there is none to speak of; and when it was.
    public internal(set) var newsWeight = 0.0
    public internal(set) var newsTime: SimTime?
    /// Coins that lending protocols handed to keepers and that are not sold yet.
    public internal(set) var seized: [SeizedCoins] = []
    /// The makers' positions in all coins but Bitcoin, times beta, dollars: what their own desk hedges.
    public internal(set) var makersToHedgeUSD = 0.0
    /// By asset: limit orders that people bring to its books.
    public internal(set) var arriving: [Arriving]

    /// Limit orders that arrive, dollars a second by side, and their mean distance from the middle as a fraction.
    public struct Arriving: BitwiseCopyable, Sendable {
        public var bidsUSD = 0.0
        public var asksUSD = 0.0
        public var distance = 0.0
        public init(bidsUSD: Double = 0, asksUSD: Double = 0, distance: Double = 0) {
            self.bidsUSD = bidsUSD
            self.asksUSD = asksUSD
            self.distance = distance
        }

        /// Distances of one asset are alike.
        public mutating func add(_ other: Arriving) {
            bidsUSD += other.bidsUSD
            asksUSD += other.asksUSD
            distance = max(distance, other.distance)
        }

        public func combine(into hash: inout StateHash) {
            hash.combine(bidsUSD)
            hash.combine(asksUSD)
            hash.combine(distance)
        }
    }

    public init(
        perps: consuming FixedArray<Venue>, spots: consuming FixedArray<SpotVenue>, names: [String],
        assets: [String], books: [BookPlace], pools: [LiquidityPool?],
        reference: AssetID = AssetID(0), outages: [Outage] = [], breaker: CircuitBreaker? = nil,
        transferSeconds: Double = 600, at time: SimTime
    ) {
        self.reference = reference
        self.perps = perps
        self.spots = spots
        self.names = names
        self.assets = assets
        self.books = books
        self.pools = pools
        self.outages = outages
        self.breaker = breaker
        self.transferSeconds = transferSeconds
        var found = [[BookID]](repeating: [], count: assets.count)
        for book in BookID.first(books.count) { found[books[book].asset].append(book) }
        booksOfAsset = found
        views = Pool(zeroed: assets.count)
        arriving = Array(repeating: Arriving(), count: assets.count)
        now = time
    }

    @inline(__always)
    public func isSpot(_ exchange: VenueID) -> Bool { exchange.index >= perps.count }

    // MARK: Numbers

    public var bookIDs: Identifiers<BookID> { BookID.first(books.count) }
    public var assetIDs: Identifiers<AssetID> { AssetID.first(assets.count) }
    /// The perpetual venues and the spot venues.
    public var venueIDs: Identifiers<VenueID> { VenueID.first(perps.count + spots.count) }
    public var perpetualIDs: Identifiers<VenueID> { VenueID.first(perps.count) }

    // MARK: Looking

    /// The asset of a name, nil if there is none.
    public func asset(_ name: String) -> AssetID? { assets.firstIndex(of: name).map { AssetID($0) } }

    /// By perpetual venue and market: what it is a market of; the first asset where the world has no book of it.
    public func assetsByMarket() -> [[AssetID]] {
        var found = perpetualIDs.map {
            Array(repeating: AssetID(0), count: perps[$0].rulebook.markets.count)
        }
        for place in books where !place.isSpot { found[place.exchange][Int(place.market)] = place.asset }
        return found
    }

    public func place(_ book: BookID) -> BookPlace { books[book] }

    public func unit(_ book: BookID) -> ContractUnit {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].markets[Int(at.market)].unit
            : perps[at.exchange].house.unit(at.market)
    }

    public func maxTicks(_ book: BookID) -> Int32 {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].markets[Int(at.market)].maxTicks
            : perps[at.exchange].house.maxTicks(at.market)
    }

    public func bestBid(_ book: BookID) -> Ticks? {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].bestBid(at.market) : perps[at.exchange].bestBid(at.market)
    }

    public func bestAsk(_ book: BookID) -> Ticks? {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].bestAsk(at.market) : perps[at.exchange].bestAsk(at.market)
    }

    public func lastTrade(_ book: BookID) -> Ticks? {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].lastTrade(at.market)
            : perps[at.exchange].lastTrade(at.market)
    }

    /// Lots bought by takers less lots sold by them since the start: the difference of two looks is the net flow.
    public func tape(_ book: BookID) -> Int64 {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].tape(at.market) : perps[at.exchange].tape(at.market)
    }

    /// What takers have bought and sold on a book since the start.
    public func volume(_ book: BookID) -> TakerVolume {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].volume(at.market) : perps[at.exchange].volume(at.market)
    }

    /// What rests on a side of a book by price, the best first.
    public func levels(_ book: BookID, _ side: Side, limit: Int) -> [PriceLevel] {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].levels(at.market, side, limit: limit)
            : perps[at.exchange].levels(at.market, side, limit: limit)
    }

    /// Dollars (of a coin-margined book: worth of dollars) resting within so many basis points of the mid.
    public func depthUSD(_ book: BookID, _ side: Side, withinBasisPoints bp: Int64) -> Double {
        let at = books[book]
        if at.isSpot {
            return spots[spot(at.exchange)].depth(at.market, side, withinBasisPoints: bp).dollars
        }
        let amount = perps[at.exchange].depth(at.market, side, withinBasisPoints: bp)
        return Double(amount.micros) / settlementUnits(at.exchange)
    }

    /// Lots an account holds: a position, or coins in a wallet.
    public func holding(_ book: BookID, _ account: AccountID) -> Lots {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].holding(at.market, account)
            : perps[at.exchange].holding(at.market, account)
    }

    /// What an account that trades on this book alone has.
    public func stake(_ book: BookID, _ account: AccountID) -> Stake {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].stake(at.market, account)
            : perps[at.exchange].stake(at.market, account)
    }

    /// Micro-dollars that it has more than it had, coins at the asset's index.
    public func gain(_ book: BookID, _ account: AccountID, since start: Stake) -> Money {
        let at = books[book]
        let price = views[at.asset].index
        return at.isSpot
            ? spots[spot(at.exchange)].gain(at.market, account, since: start, coinUSD: price)
            : perps[at.exchange].gain(at.market, account, since: start, coinUSD: price)
    }

    /// What is left of a resting order; zero if it is gone.
    public func remaining(_ book: BookID, _ id: OrderID) -> Lots {
        if id == .none { return .zero }
        let at = books[book]
        let order =
            at.isSpot
            ? spots[spot(at.exchange)].order(at.market, id)
            : perps[at.exchange].order(at.market, id)
        return order?.lots ?? .zero
    }

    /// What the ledger of an exchange counts.
    public func settlement(_ exchange: VenueID) -> Settlement {
        isSpot(exchange) ? .dollars : perps[exchange].house.settlement
    }

    /// What one dollar is in the ledger units of an exchange, at its mark: 1e6, or fractions of a coin.
    public func settlementUnits(_ exchange: VenueID) -> Double {
        settlement(exchange).unitsPerDollar(
            coinUSD: perps[exchange].rulebook.markets[0].spec.unit.usd(perps[exchange].house.mark(0)))
    }

    /// Equity of an account of a perpetual venue in dollars, positions at the mark, isolated ones with their margin.
    public func equityUSD(_ exchange: VenueID, _ account: AccountID) -> Double {
        Double(perps[exchange].house.equity(of: account).micros) / settlementUnits(exchange)
    }

    // MARK: Orders

    @discardableResult
    public mutating func submit(_ book: BookID, _ order: NewOrder) -> SubmitResult {
        let at = books[book]
        return at.isSpot
            ? spots[spot(at.exchange)].submit(at.market, order)
            : perps[at.exchange].submit(at.market, order)
    }

    public mutating func cancel(_ book: BookID, _ id: OrderID, account: AccountID) {
        let at = books[book]
        if at.isSpot {
            _ = spots[spot(at.exchange)].cancel(at.market, id, account: account)
        } else {
            _ = perps[at.exchange].cancel(at.market, id, account: account)
        }
    }

    /// The allowed price at or below (a buy) or above (a sell) a price.
    public func onGrid(_ book: BookID, _ price: Ticks, _ side: Side) -> Ticks {
        let at = books[book]
        return at.isSpot ? price : perps[at.exchange].onGrid(at.market, price, side)
    }
}

/// Only what is kept by a number can be looked up by it: of venues those that come first, of views all.
extension FixedArray where Element == Venue {
    @inlinable @inline(__always)
    public subscript(_ exchange: VenueID) -> Venue {
        _read { yield self[exchange.index] }
        _modify { yield &self[exchange.index] }
    }
}

extension Pool where Element == AssetView {
    @inlinable @inline(__always)
    public subscript(_ asset: AssetID) -> AssetView {
        _read { yield self[asset.index] }
        _modify { yield &self[asset.index] }
    }
}

import OrderBook
import Primitives

/// One coin against dollars on a spot venue.
public struct SpotMarket: Sendable {
    public var name: String
    public var unit: ContractUnit
    public var maxTicks: Int32
    public var makerFee: Rate
    public var takerFee: Rate

    public init(name: String, unit: ContractUnit, maxTicks: Int32, makerFee: Rate, takerFee: Rate) {
        self.name = name
        self.unit = unit
        self.maxTicks = maxTicks
        self.makerFee = makerFee
        self.takerFee = takerFee
    }
}

/// A spot venue: order books and wallets. Without leverage nothing is ever liquidated here.
public struct SpotVenue: ~Copyable {
    private let byAddress = PassedByAddress()
    public let name: String
    public let markets: [SpotMarket]
    public var ledger: SpotLedger
    /// Refuses new orders while set; resting ones stay and cancels pass.
    public var isHalted = false
    var books: FixedArray<TwinnedBook>
    private var units: Pool<Int64>
    private var makerFees: Pool<Rate>
    private var takerFees: Pool<Rate>
    private var lastTrades: Pool<Int32>
    private var lowestTrades: Pool<Int32>
    /// By market: lots bought by takers less lots sold by them.
    private var tapes: Pool<Int64>
    private var volumes: Pool<TakerVolume>
    private var events = Buffer<BookEvent>(capacity: 256)
    public private(set) var orders = 0
    public private(set) var cancels = 0
    public private(set) var refused = 0
    public private(set) var fills = 0

    public init(_ name: String, _ markets: [SpotMarket]) {
        self.name = name
        self.markets = markets
        ledger = SpotLedger(markets: markets.count)
        books = FixedArray(count: markets.count) { TwinnedBook(maxTicks: markets[$0].maxTicks, capacity: 64) }
        units = Pool(zeroed: markets.count)
        makerFees = Pool(zeroed: markets.count)
        takerFees = Pool(zeroed: markets.count)
        lastTrades = Pool(zeroed: markets.count)
        lowestTrades = Pool(zeroed: markets.count)
        tapes = Pool(zeroed: markets.count)
        volumes = Pool(zeroed: markets.count)
        for (m, market) in markets.enumerated() {
            units[m] = market.unit.microsPerTickLot
            makerFees[m] = market.makerFee
            takerFees[m] = market.takerFee
            lowestTrades[m] = .max
        }
    }

    /// An independent venue with the same books and wallets.
    public init(copying other: borrowing SpotVenue, as kind: CopyKind = .live) {
        name = other.name
        markets = other.markets
        ledger = SpotLedger(copying: other.ledger)
        isHalted = other.isHalted
        books = FixedArray(copying: other.books) { TwinnedBook(copying: $0, as: kind) }
        units = Pool(copying: other.units)
        makerFees = Pool(copying: other.makerFees)
        takerFees = Pool(copying: other.takerFees)
        lastTrades = Pool(copying: other.lastTrades)
        lowestTrades = Pool(copying: other.lowestTrades)
        tapes = Pool(copying: other.tapes)
        volumes = Pool(copying: other.volumes)
        events = Buffer(copying: other.events)
        orders = other.orders
        cancels = other.cancels
        refused = other.refused
        fills = other.fills
    }

    /// Puts a naive book beside every order book; before the first order.
    public mutating func addBookTwins() { for m in 0..<books.count { books[m].addTwin() } }

    /// Returns the memory of prices at which nothing rests; changes nothing that can be seen.
    public mutating func giveBackEmptyPrices() { for m in 0..<books.count { books[m].giveBackEmptyPrices() } }

    // MARK: Looking

    public func bestBid(_ market: Int32) -> Ticks? { books[Int(market)].bestBid }
    public func bestAsk(_ market: Int32) -> Ticks? { books[Int(market)].bestAsk }
    public func lastTrade(_ market: Int32) -> Ticks? {
        lastTrades[market] > 0 ? Ticks(lastTrades[market]) : nil
    }
    public func tape(_ market: Int32) -> Int64 { tapes[market] }
    /// What takers have bought and sold since the start.
    public func volume(_ market: Int32) -> TakerVolume { volumes[market] }
    public func order(_ market: Int32, _ id: OrderID) -> RestingOrder? { books[Int(market)].order(id) }
    public mutating func takeLowestTrade(_ market: Int32) -> Ticks? {
        defer { lowestTrades[market] = .max }
        return lowestTrades[market] == .max ? nil : Ticks(lowestTrades[market])
    }
    public func levels(_ market: Int32, _ side: Side, limit: Int) -> [PriceLevel] {
        books[Int(market)].levels(side, limit: limit)
    }
    public func depth(_ market: Int32, _ side: Side, withinBasisPoints bp: Int64) -> Money {
        let book = Int(market)
        guard let bid = books[book].bestBid, let ask = books[book].bestAsk else { return .zero }
        let lots = books[book].depth(side, withinBasisPoints: bp)
        return Money(micros: lots.count * Int64((Int(bid.count) + Int(ask.count)) / 2) * units[market])
    }

    // MARK: Orders

    /// Checks, matches and settles an order of an account, which must own what it sells and hold what it pays.
    public mutating func submit(_ market: Int32, _ order: NewOrder) -> SubmitResult {
        orders += 1
        let m = Int(market)
        guard market >= 0, m < markets.count else { return refuse(.marketMustExist) }
        guard ledger.accountIDs.contains(order.account) else {
            return refuse(.accountMustExist)
        }
        if isHalted { return refuse(.venueMustBeOpen) }
        guard order.lots > .zero, order.lots.count < 1 << 40 else { return refuse(.sizeMustBePositive) }
        guard order.limit.count > 0, order.limit.count <= markets[m].maxTicks else {
            return refuse(.priceMustNotExceedMarketLimit)
        }
        if order.side == .sell {
            if order.lots > ledger.freeCoins(order.account, market) { return refuse(.marginMustCoverOrder) }
        } else {
            let worst = books[m].worstPrice(.buy, order.lots, limit: order.limit) ?? order.limit
            let price = order.timeInForce == .immediateOrCancel ? worst : order.limit
            let (value, overflow) = order.lots.count.multipliedReportingOverflow(
                by: Int64(price.count) * units[m])
            if overflow { return refuse(.notionalMustNotExceedMarketLimit) }
            let cost = Money(micros: value)
            if cost + cost.timesUp(takerFees[m]) > ledger.freeCash(order.account) {
                return refuse(.marginMustCoverOrder)
            }
        }
        return execute(market, order)
    }

    private mutating func refuse(_ rejection: Rejection) -> SubmitResult {
        refused += 1
        return SubmitResult(rejection: rejection)
    }

    private mutating func execute(_ market: Int32, _ order: NewOrder) -> SubmitResult {
        let m = Int(market)
        events.removeAll()
        let result = books[m].submit(order, confirmed: .none, events: &events)
        if let rejection = result.rejection { return refuse(rejection) }
        for i in 0..<events.count { settle(market, order, events[i]) }
        tapes[m] += result.filled.count * order.side.sign
        if result.resting != .none {
            let lots = result.restingLots.count
            ledger.hold(
                order.account, market, order.side, lots, worth: held(m, lots, order.limit.count))
        }
        return result
    }

    /// What a resting buy sets aside: price and taker fee, so that it can always be paid. Additive over its fills.
    @inline(__always)
    private func held(_ m: Int, _ lots: Int64, _ price: Int32) -> Int64 {
        let perLot = Int64(price) * units[m]
        return lots * (perLot + Money(micros: perLot).timesUp(takerFees[m]).micros)
    }

    private mutating func settle(_ market: Int32, _ order: NewOrder, _ event: BookEvent) {
        let m = Int(market)
        let value = event.lots.count * Int64(event.price.count) * units[m]
        ledger.hold(
            event.makerAccount, market, event.makerSide, -event.lots.count,
            worth: -held(m, event.lots.count, event.price.count))
        guard event.kind == .fill else { return }
        let makerFee = Money(micros: value).timesUp(makerFees[m])
        let takerFee = Money(micros: value).timesUp(takerFees[m])
        let buys = order.side == .buy
        ledger.settle(
            buyer: buys ? order.account : event.makerAccount,
            seller: buys ? event.makerAccount : order.account,
            market, event.lots.count, value: value, buyerFee: buys ? takerFee : makerFee,
            sellerFee: buys ? makerFee : takerFee)
        volumes[m].add(order.side, micros: value)
        lastTrades[m] = event.price.count
        lowestTrades[m] = min(lowestTrades[m], event.price.count)
        fills += 1
    }

    /// Cancels a resting order of `account`; nil if it is not live or not theirs.
    public mutating func cancel(_ market: Int32, _ id: OrderID, account: AccountID) -> Lots? {
        let m = Int(market)
        guard market >= 0, m < markets.count, let order = books[m].cancel(id, of: account) else { return nil }
        cancels += 1
        ledger.hold(
            account, market, order.side, -order.lots.count,
            worth: -held(m, order.lots.count, order.price.count))
        return order.lots
    }

    public func stateHash() -> StateHash {
        var hash = StateHash()
        ledger.combine(into: &hash)
        hash.combine(isHalted)
        for m in 0..<markets.count {
            books[m].combine(into: &hash)
            hash.combine(Int64(lastTrades[m]), Int64(lowestTrades[m]), tapes[m])
            volumes[m].combine(into: &hash)
        }
        hash.combine(Int64(orders), Int64(cancels), Int64(refused))
        hash.combine(fills)
        return hash
    }
}

import Clearing
import OrderBook
import Primitives

/// A venue: order books, a clearing house and a rulebook.
public struct Venue: ~Copyable {
    public internal(set) var rulebook: Rulebook
    public var house: ClearingHouse
    /// The venue's own accounts; nil where the rulebook has none.
    public let vault: AccountID?
    public let fund: AccountID?

    var books: FixedArray<TwinnedBook>
    var triggerOrders: FixedArray<TriggerOrders>
    var links: FixedArray<OrderLinks>
    /// By position: the book slot of its newest resting order.
    var orderHeads: Pool<Int32>
    var bookEvents = Buffer<BookEvent>(capacity: 1024)
    var lastTrades: Pool<Int32>
    var lowestTrades: Pool<Int32>
    /// By market: lots bought by takers less lots sold by them.
    var tapes: Pool<Int64>
    var volumes: Pool<TakerVolume>
    /// Refuses new orders and liquidates nobody while set; resting orders stay and cancels pass.
    public var isHalted = false
    /// The furthest from the mark that one forced order may fill, as a fraction; what does not fill waits for the next. Nil:
    /// as far as the rule's own limit.
    public var forcedConcession: Double?
    /// Fills every forced order at the mark, in place of the books: the rest of the market, where a stress test asks who fails
    /// at a price and not how the price came about. An account that can carry anything.
    public var absorber: AccountID?
    /// Finds failing scopes by looking at everybody instead of asking the index, and traps if the two disagree: the slow
    /// twin of a whole run.
    public var usesFullScan = false
    var prices: [MarketPrices]
    /// What every order is checked against, laid out flat for the hot path.
    let limits: Pool<MarketLimits>
    public var queues: DeleveragingQueues
    var fundHistory = FundHistory()
    /// The fund as last reckoned, and the version of the house it belongs to.
    var knownFund = FundState()
    var knownFundVersion = -1
    /// By market: what takeovers have brought the fund, and the most they had.
    var fundResults: [Money]
    var fundBestResults: [Money]
    /// What the public feed of liquidations shows.
    public var feed: LiquidationFeed
    var failing = Buffer<MarginScope>()
    // Who waits for the book, by market × 2 + side of the position (0 long), and for the fund; see `Venue+Waking`.
    var bookSleepers: FixedArray<BookSleepers>
    var waterfallRatios: [Rate]
    var fundSleepers = Buffer<FundSleeper>()
    public internal(set) var counts = VenueCounts()
    /// Notional filled by the order being executed.
    public internal(set) var lastOrderValue = Money.zero

    let marketCount: Int32

    struct MarketLimits: BitwiseCopyable {
        var maxMarketOrder: Int64
        var maxLimitOrder: Int64
        var maxTicks: Int32
        var hasPriceGrid: Bool

        init(_ rules: MarketRules) {
            maxMarketOrder = rules.maxMarketOrder.micros
            maxLimitOrder = rules.maxLimitOrder.micros
            maxTicks = rules.spec.maxTicks
            hasPriceGrid = rules.priceGrid != .everyTick
        }
    }

    /// The prices of one market that clearing does not need.
    struct MarketPrices {
        var oracle: Double = 0
        var mark: MarkPriceRule
        var premium: PremiumAverage
        var fundingCap: Double
        let mostRateChange: Double
        /// The rate of the last payment; of the coming one where a rate is known before.
        var lastRate = Rate.zero

        func combine(into hash: inout StateHash) {
            hash.combine(oracle)
            mark.combine(into: &hash)
            premium.combine(into: &hash)
            hash.combine(fundingCap)
            hash.combine(lastRate.pico)
        }
    }

    /// - Parameters:
    ///   - vaultCapital, fundCapital: deposits of the venue's own accounts; they exist if the waterfall has them.
    ///   - hasBooks: false where nothing will ever be quoted, whose books then have room for no price but one.
    public init(
        _ rulebook: Rulebook, vaultCapital: Money = .zero, fundCapital: Money = .zero, hasBooks: Bool = true,
        expectedAccounts: Int = 1024, expectedPositions: Int? = nil, at time: SimTime
    ) {
        self.rulebook = rulebook
        let markets = rulebook.markets
        house = ClearingHouse(
            markets: markets.map(\.spec) + rulebook.collateral.map(\.spec), settlement: rulebook.settlement,
            callRatios: rulebook.marginCallRatios, convention: rulebook.margin,
            expectedAccounts: expectedAccounts + 2, expectedPositions: expectedPositions.map { $0 + 2 },
            at: time)
        books = FixedArray(count: markets.count) {
            TwinnedBook(maxTicks: hasBooks ? markets[$0].spec.maxTicks : 1, capacity: hasBooks ? 64 : 1)
        }
        triggerOrders = FixedArray(count: markets.count) { _ in TriggerOrders() }
        links = FixedArray(count: markets.count) { _ in OrderLinks(capacity: 64) }
        orderHeads = Pool(zeroed: (expectedPositions ?? expectedAccounts) + 3)
        tapes = Pool(zeroed: markets.count)
        volumes = Pool(zeroed: markets.count)
        lastTrades = Pool(zeroed: markets.count)
        lowestTrades = Pool(zeroed: markets.count)
        for m in markets.indices { lowestTrades[m] = .max }
        prices = markets.map { market in
            let funding = rulebook.funding
            var prices = MarketPrices(
                mark: rulebook.markPrice, premium: PremiumAverage(funding?.weighting ?? .equal),
                fundingCap: funding?.capRate(for: market.spec.schedule) ?? 0,
                mostRateChange: funding?.mostChange(for: market.spec.schedule) ?? 0)
            // Nothing is known of the interval before the first: the rate of no premium.
            if let funding, funding.isKnownBefore {
                prices.lastRate = Rate(
                    nearest: funding.paymentRate(averagePremium: 0, cap: prices.fundingCap))
            }
            return prices
        }
        var limits = Pool<MarketLimits>(zeroed: markets.count)
        for (m, market) in markets.enumerated() { limits[m] = MarketLimits(market) }
        self.limits = limits
        marketCount = Int32(markets.count)
        queues = DeleveragingQueues(markets: markets.count)
        fundResults = Array(repeating: .zero, count: markets.count)
        fundBestResults = fundResults
        feed = LiquidationFeed(rulebook.feed, markets: markets.count)
        bookSleepers = FixedArray(count: markets.count * 2) {
            BookSleepers(side: $0 % 2 == 0 ? .sell : .buy)
        }
        waterfallRatios = rulebook.waterfall.ratios
        var hasVault = false
        var hasFund = false
        for stage in rulebook.waterfall.stages {
            if case .backstopVault = stage { hasVault = true }
            if case .insuranceFund = stage { hasFund = true }
            if case .fillableLiquidation = stage { hasFund = true }
        }
        vault = hasVault ? house.openAccount(.vault) : nil
        fund = hasFund ? house.openAccount(.fund) : nil
        if let vault, vaultCapital > .zero { house.deposit(vaultCapital, to: vault) }
        if let fund, fundCapital > .zero { house.deposit(fundCapital, to: fund) }
    }

    /// Puts a naive book beside every order book; before the first order.
    public mutating func addBookTwins() { for m in 0..<books.count { books[m].addTwin() } }

    /// Returns the memory of prices at which nothing rests; changes nothing that can be seen.
    public mutating func giveBackEmptyPrices() { for m in 0..<books.count { books[m].giveBackEmptyPrices() } }

    // MARK: Orders

    /// Loads what a market's next messages will need, so that a feed of them is not held up by one cache miss after another;
    /// changes nothing.
    public mutating func lookAhead(
        _ market: Int32, _ accounts: borrowing Buffer<AccountID>, _ orders: borrowing Buffer<UpcomingOrder>
    ) {
        house.lookAhead(accounts)
        books[Int(market)].lookAhead(orders)
    }

    /// Checks, matches and settles an order of an account.
    ///
    /// Refused with the rule that refuses it; what fills is settled at once, both sides, with fees.
    ///
    /// - Parameter leg: in hedge mode, which of the account's two positions the order is for; an order that would turn a
    ///   leg around is cut to it like a reduce-only order.
    public mutating func submit(
        _ market: Int32, _ order: NewOrder, leg: PositionLeg = .net
    ) -> SubmitResult {
        counts.orders += 1
        if isHalted { return refuse(.venueMustBeOpen) }
        switch accept(market, order, leg) {
        case .failure(let rejection): return refuse(rejection)
        case .success(let accepted): return execute(market, accepted.position, accepted.order)
        }
    }

    struct Accepted {
        var position: Int32
        /// The order as it will go to the book: a reduce-only order is cut to its position.
        var order: NewOrder
    }

    /// The checks an order must pass before it reaches the book.
    @inline(__always)
    mutating func accept(
        _ market: Int32, _ submitted: NewOrder, _ leg: PositionLeg
    ) -> Result<Accepted, Rejection> {
        var order = submitted
        if leg != .net && (leg == .long) == (order.side == .sell) { order.reduceOnly = true }
        guard market >= 0, market < marketCount else { return .failure(.marketMustExist) }
        guard house.exists(account: order.account) else { return .failure(.accountMustExist) }
        let limits = limits[market]
        if order.lots.count <= 0 { return .failure(.sizeMustBePositive) }
        if order.limit.count <= 0 { return .failure(.priceMustBePositive) }
        if order.limit.count > limits.maxTicks { return .failure(.priceMustNotExceedMarketLimit) }
        if order.lots.count > 1 << 40 { return .failure(.sizeMustNotExceedMarketLimit) }
        // An immediate order's limit is a bound, not a quote: it need not lie on the grid.
        let rests = order.timeInForce == .goodTillCancel || order.timeInForce == .postOnly
        if rests && limits.hasPriceGrid && !rulebook.markets[Int(market)].priceGrid.allows(order.limit) {
            return .failure(.priceMustBeOnTick)
        }
        let position = house.positionID(order.account, market, leg)
        if Int(position) >= orderHeads.capacity { orderHeads.grow(toAtLeast: Int(position) + 1) }
        if house.isInLiquidation(position) { return .failure(.accountMustNotBeInLiquidation) }
        if order.reduceOnly {
            let held = house.position(position).lots.count
            guard held != 0, (held > 0) == (order.side == .sell) else {
                return .failure(.reduceOnlyMustReduce)
            }
            order.lots = min(order.lots, Lots(abs(held)))
        } else if let refusal = marginRejection(market, position, order, rests: rests) {
            return .failure(refusal)
        }
        return .success(Accepted(position: position, order: order))
    }

    private func marginRejection(
        _ market: Int32, _ position: Int32, _ order: NewOrder, rests: Bool
    ) -> Rejection? {
        let limits = limits[market]
        let worst: Ticks
        if rests {
            // A resting buy pays at most its limit; a sell may fill higher, which asks for more margin.
            let bid = books[Int(market)].bestBid ?? order.limit
            worst = order.side == .buy ? order.limit : max(order.limit, bid)
        } else {
            guard let price = books[Int(market)].worstPrice(order.side, order.lots, limit: order.limit)
            else { return nil }
            worst = price
        }
        let (value, overflow) = order.lots.count.multipliedReportingOverflow(
            by: house.orderValue(market, 1, worst.count))
        let cap = rests ? limits.maxLimitOrder : limits.maxMarketOrder
        if overflow || value > cap { return .notionalMustNotExceedMarketLimit }
        return house.canCarry(position, order.side, order.lots, at: worst) ? nil : .marginMustCoverOrder
    }

    mutating func refuse(_ rejection: Rejection) -> SubmitResult {
        counts.refused += 1
        return SubmitResult(rejection: rejection)
    }

    /// Matches an accepted order, settles its fills and keeps the books of reservations.
    @inline(__always)
    mutating func execute(
        _ market: Int32, _ position: Int32, _ accepted: NewOrder, isForced: Bool = false
    ) -> SubmitResult {
        let m = Int(market)
        var order = accepted
        order.asksBeforeFills = rulebook.fillCheck != .none
        let paysFee = !isForced || rulebook.forcedOrdersPayFees
        var total = SubmitResult()
        var confirmed = OrderID.none
        lastOrderValue = .zero
        if order.asksBeforeFills {
            switch askAtTheTouch(market, position, order, isForced: isForced) {
            case .fills(let touch): confirmed = touch
            case .restingOrderGoes: break
            case .orderGoes:
                total.cancelled = order.lots
                return total
            }
        }
        while true {
            bookEvents.removeAll()
            let result = books[m].submit(order, confirmed: confirmed, events: &bookEvents)
            if let rejection = result.rejection { return refuse(rejection) }
            total.filled = total.filled + result.filled
            total.cancelled = total.cancelled + result.cancelled
            for i in 0..<bookEvents.count {
                settle(market, position, order.side, bookEvents[i], takerPays: paysFee)
            }
            if result.stoppedAt == .none {
                total.resting = result.resting
                total.restingLots = result.restingLots
                break
            }
            order.lots = result.pending
            // What was left to match goes on as the same order; fill-or-kill was checked whole before.
            if order.timeInForce == .fillOrKill { order.timeInForce = .immediateOrCancel }
            confirmed = confirmReduceOnly(market, result.stoppedAt)
            guard order.asksBeforeFills, confirmed != .none else { continue }
            switch askBeforeFill(market, position, order, confirmed, isForced: isForced) {
            case .fills: break
            case .restingOrderGoes: confirmed = .none
            case .orderGoes:
                total.cancelled = total.cancelled + order.lots
                order.lots = .zero
            }
            if order.lots == .zero { break }
        }
        if total.filled > .zero {
            tapes[m] += total.filled.count * order.side.sign
            volumes[m].add(
                order.side, micros: house.unit(market).dollarMicros(of: total.filled, worth: lastOrderValue))
        }
        if total.resting != .none {
            links[m].add(total.resting, to: position, heads: &orderHeads)
            if !order.reduceOnly { house.reserve(position, order.side, total.restingLots, at: order.limit) }
        }
        return total
    }

    /// Settles what happened to one resting order.
    @inline(__always)
    private mutating func settle(
        _ market: Int32, _ taker: Int32, _ takerSide: Side, _ event: BookEvent, takerPays: Bool
    ) {
        let m = Int(market)
        let maker = links[m].position(event.maker)
        if event.kind == .fill {
            house.settle(
                maker: maker, taker: taker, takerSide: takerSide, event.lots, at: event.price,
                takerPays: takerPays)
            lastTrades[market] = event.price.count
            lowestTrades[market] = min(lowestTrades[market], event.price.count)
            counts.fills += 1
            lastOrderValue.micros += abs(house.valueOf(market, event.lots.count, event.price.count))
        }
        if !event.makerReduceOnly { house.reserve(maker, event.makerSide, -event.lots, at: event.price) }
        if event.makerDone { links[m].remove(event.maker, heads: &orderHeads) }
    }

    /// Fits a resting reduce-only order to what its position still is, or cancels it.
    private mutating func confirmReduceOnly(_ market: Int32, _ id: OrderID) -> OrderID {
        let m = Int(market)
        guard let order = books[m].order(id) else { return .none }
        if !order.reduceOnly { return id }
        let held = house.position(links[m].position(id)).lots.count
        let allowed = (held > 0) == (order.side == .sell) ? abs(held) : 0
        if allowed == 0 {
            _ = books[m].cancel(id)
            links[m].remove(id, heads: &orderHeads)
            return .none
        }
        if allowed < order.lots.count { _ = books[m].shrink(id, to: Lots(allowed)) }
        return id
    }

    /// Cancels a resting order of `account`; returns what was left of it.
    public mutating func cancel(
        _ market: Int32, _ id: OrderID, account: AccountID
    ) -> Result<Lots, Rejection> {
        guard market >= 0, market < marketCount else { return .failure(.marketMustExist) }
        guard let lots = withdrawOrder(market, id, account) else { return .failure(.orderMustBeLive) }
        counts.cancels += 1
        return .success(lots)
    }

    /// Takes a resting order of `account` out of the book, its position's list and the reservation.
    @inline(__always)
    mutating func withdrawOrder(_ market: Int32, _ id: OrderID, _ account: AccountID) -> Lots? {
        let m = Int(market)
        guard let order = books[m].cancel(id, of: account) else { return nil }
        let position = links[m].position(id)
        links[m].remove(id, heads: &orderHeads)
        if !order.reduceOnly { house.reserve(position, order.side, -order.lots, at: order.price) }
        return order.lots
    }
}

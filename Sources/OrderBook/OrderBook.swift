import Primitives

/// A limit order book in price-time priority, built for speed.
///
/// Prices are array indices over the market's whole range (untouched prices cost no memory), orders sit in a
/// pool and queue by links, the best prices are cached. No allocation per message once the pools have grown to
/// the number of live orders. Its slow twin is `NaiveBook`.
public struct OrderBook: ~Copyable, MatchingBook {
    public let maxTicks: Int32
    public internal(set) var liveOrders = 0

    var orders: Pool<Node>
    var levels: Pool<Level>
    var occupied: PriceBitmap
    var usedPages: UsedPages
    /// Best prices; `bid` is 0 and `ask` is `maxTicks + 1` when the side is empty.
    var bid: Int = 0
    var ask: Int
    var firstFree: Int32 = 0
    var nextUnused: Int32 = 1
    /// Where loads ahead of use are summed up; a stored field, or the optimiser would delete them.
    var preTouched: Int64 = 0
    /// Of a kept copy, instead of `levels`, `occupied` and `usedPages`: the occupied prices, ascending.
    var keptLevels: [KeptLevel] = []
    var isKept = false

    struct KeptLevel {
        var price: Int32
        var level: Level
    }

    /// An order's 32 bytes. Slot 0 is never used: link 0 means none.
    struct Node: BitwiseCopyable {
        var lots: Int64
        var price: Int32
        var account: AccountID
        var previous: Int32
        var next: Int32
        /// Counts the orders this slot has held; the upper half of an `OrderID`.
        var generation: UInt32
        var isSell: Bool
        var reduceOnly: Bool
    }

    struct Level: BitwiseCopyable {
        var lots: Int64
        var head: Int32
        var tail: Int32
    }

    /// - Parameters:
    ///   - maxTicks: the highest price the market can quote.
    ///   - capacity: live orders to make room for; more are accepted and grow the pool.
    public init(maxTicks: Int32, capacity: Int = 1024) {
        precondition(maxTicks > 0 && maxTicks < 1 << 30, "maxTicks outside 1..<2^30")
        self.maxTicks = maxTicks
        orders = Pool(zeroed: capacity + 1)
        levels = Pool(zeroed: Int(maxTicks) + 2)
        occupied = PriceBitmap(maxTicks: Int(maxTicks) + 2)
        usedPages = UsedPages(of: levels)
        ask = Int(maxTicks) + 1
    }

    public var bestBid: Ticks? { bid > 0 ? Ticks(bid) : nil }
    public var bestAsk: Ticks? { ask <= Int(maxTicks) ? Ticks(ask) : nil }

    // MARK: Commands

    public mutating func submit(
        _ order: NewOrder, confirmed: OrderID, events: inout Buffer<BookEvent>
    ) -> SubmitResult {
        place(order, confirmed, &events)
    }

    /// `submit`, small enough to be inlined into the batch replay: most orders rest at once.
    @inline(__always)
    mutating func place(
        _ order: NewOrder, _ confirmed: OrderID, _ events: inout Buffer<BookEvent>
    ) -> SubmitResult {
        if let refusal = shapeRejection(order) { return SubmitResult(rejection: refusal) }
        let limit = Int(order.limit.count)
        let crosses = order.side == .buy ? limit >= ask : limit <= bid
        if crosses || order.timeInForce == .immediateOrCancel || order.timeInForce == .fillOrKill {
            return execute(order, confirmed, &events)
        }
        var result = SubmitResult()
        result.resting = rest(order, order.lots.count)
        result.restingLots = order.lots
        return result
    }

    /// An order that crosses the book or must not rest.
    @inline(never)
    private mutating func execute(
        _ order: NewOrder, _ confirmed: OrderID, _ events: inout Buffer<BookEvent>
    ) -> SubmitResult {
        if order.timeInForce == .postOnly { return SubmitResult(rejection: .postOnlyMustNotCross) }
        if order.timeInForce == .fillOrKill && !canFillWhole(order) {
            return SubmitResult(rejection: .fillOrKillMustFillWhole)
        }
        var result = SubmitResult()
        let left = match(order, order.lots.count, confirmed, &events, &result)
        if left > 0 && result.stoppedAt == .none && result.cancelled == .zero {
            if order.timeInForce == .goodTillCancel {
                result.resting = rest(order, left)
                result.restingLots = Lots(left)
            } else {
                result.cancelled = Lots(left)
            }
        }
        return result
    }

    @inline(__always)
    public mutating func cancel(_ id: OrderID) -> Lots? {
        guard let slot = live(id) else { return nil }
        let lots = orders[slot].lots
        remove(slot, lots)
        return Lots(lots)
    }

    /// Removes a resting order of `account`; returns it as it was, or nil if it is not live or not theirs.
    public mutating func cancel(_ id: OrderID, of account: AccountID) -> RestingOrder? {
        guard let slot = live(id), orders[slot].account == account else { return nil }
        let order = resting(slot)
        remove(slot, order.lots.count)
        return order
    }

    public mutating func shrink(_ id: OrderID, to lots: Lots) -> Bool {
        guard let slot = live(id), lots.count > 0, lots.count < orders[slot].lots else { return false }
        levels[orders[slot].price].lots -= orders[slot].lots - lots.count
        orders[slot].lots = lots.count
        return true
    }

    // MARK: Matching

    /// Trades against the opposite side while it crosses; returns the lots left.
    @inline(__always)
    private mutating func match(
        _ order: NewOrder, _ lots: Int64, _ confirmed: OrderID, _ events: inout Buffer<BookEvent>,
        _ result: inout SubmitResult
    ) -> Int64 {
        let limit = Int(order.limit.count)
        var left = lots
        while left > 0 {
            let best = order.side == .buy ? ask : bid
            guard order.side == .buy ? best <= limit && best <= Int(maxTicks) : best >= limit && best > 0
            else { break }
            let slot = levels[best].head
            let maker = orders[slot]
            if order.selfTrade != .off && maker.account == order.account {
                left = preventSelfTrade(order, slot, left, &events, &result)
                if result.cancelled != .zero { return left }
                continue
            }
            if (maker.reduceOnly || order.asksBeforeFills) && confirmed != identity(slot) {
                result.stoppedAt = identity(slot)
                result.pending = Lots(left)
                return left
            }
            let part = min(left, maker.lots)
            left &-= part
            result.filled.count &+= part
            take(slot, part, .fill, &events)
        }
        return left
    }

    /// Takes `part` off a resting order at the head of its queue and reports it.
    @inline(__always)
    private mutating func take(
        _ slot: Int32, _ part: Int64, _ kind: BookEvent.Kind, _ events: inout Buffer<BookEvent>
    ) {
        let maker = orders[slot]
        let done = part == maker.lots
        events.append(
            BookEvent(
                kind: kind, makerSide: maker.isSell ? .sell : .buy, makerDone: done,
                makerReduceOnly: maker.reduceOnly, maker: identity(slot), makerAccount: maker.account,
                price: Ticks(maker.price), lots: Lots(part)))
        if done {
            remove(slot, part)
        } else {
            orders[slot].lots = maker.lots &- part
            levels[maker.price].lots &-= part
        }
    }

    private mutating func preventSelfTrade(
        _ order: NewOrder, _ slot: Int32, _ left: Int64, _ events: inout Buffer<BookEvent>,
        _ result: inout SubmitResult
    ) -> Int64 {
        let resting = orders[slot].lots
        switch order.selfTrade {
        case .off: return left
        case .cancelMaker:
            take(slot, resting, .selfTradeReduction, &events)
            return left
        case .cancelTaker:
            result.cancelled = Lots(left)
        case .cancelBoth:
            take(slot, resting, .selfTradeReduction, &events)
            result.cancelled = Lots(left)
        case .decrement:
            let part = min(left, resting)
            take(slot, part, .selfTradeReduction, &events)
            if part == left { result.cancelled = Lots(part) }
            return left - part
        }
        return 0
    }

    /// Whether a fill-or-kill order would fill whole. Its own account's orders do not count when self-trade
    /// prevention is on, and neither do reduce-only orders, whose size is known only when they are reached.
    private func canFillWhole(_ order: NewOrder) -> Bool {
        var left = order.lots.count
        var price = order.side == .buy ? ask : bid
        let limit = Int(order.limit.count)
        while order.side == .buy ? price <= min(limit, Int(maxTicks)) : price >= limit {
            if price <= 0 { return false }
            var slot = levels[price].head
            while slot != 0 {
                let own = order.selfTrade != .off && orders[slot].account == order.account
                if !own && !orders[slot].reduceOnly { left -= orders[slot].lots }
                slot = orders[slot].next
            }
            if left <= 0 { return true }
            price = order.side == .buy ? occupied.next(above: price) : occupied.next(below: price)
            if price < 0 { return false }
        }
        return false
    }

    // MARK: Storage

    @inline(__always)
    private mutating func rest(_ order: NewOrder, _ lots: Int64) -> OrderID {
        let slot = takeSlot()
        let price = Int(order.limit.count)
        let tail = levels[price].tail
        orders[slot] = Node(
            lots: lots, price: order.limit.count, account: order.account, previous: tail, next: 0,
            generation: orders[slot].generation &+ 1, isSell: order.side == .sell,
            reduceOnly: order.reduceOnly)
        if tail == 0 {
            levels[price].head = slot
            occupied.set(price)
            usedPages.mark(price)
            if order.side == .buy { bid = max(bid, price) } else { ask = min(ask, price) }
        } else {
            orders[tail].next = slot
        }
        levels[price].tail = slot
        levels[price].lots &+= lots
        liveOrders &+= 1
        return identity(slot)
    }

    @inline(__always)
    private mutating func remove(_ slot: Int32, _ lots: Int64) {
        let node = orders[slot]
        let price = Int(node.price)
        if node.previous != 0 {
            orders[node.previous].next = node.next
        } else {
            levels[price].head = node.next
        }
        if node.next != 0 {
            orders[node.next].previous = node.previous
        } else {
            levels[price].tail = node.previous
        }
        levels[price].lots &-= lots
        if node.previous == 0 && node.next == 0 { emptied(price) }
        orders[slot].lots = 0
        orders[slot].next = firstFree
        firstFree = slot
        liveOrders &-= 1
    }

    @inline(__always)
    private mutating func emptied(_ price: Int) {
        occupied.clear(price)
        if price == bid {
            bid = max(0, occupied.next(below: price))
        } else if price == ask {
            let above = occupied.next(above: price)
            ask = above < 0 ? Int(maxTicks) + 1 : above
        }
    }

    @inline(__always)
    private mutating func takeSlot() -> Int32 {
        let slot = firstFree
        if slot != 0 {
            firstFree = orders[slot].next
            return slot
        }
        if Int(nextUnused) == orders.capacity { orders.grow(toAtLeast: Int(nextUnused) + 1) }
        nextUnused += 1
        return nextUnused - 1
    }

    @inline(__always)
    private func identity(_ slot: Int32) -> OrderID {
        OrderID(raw: UInt64(orders[slot].generation) &<< 32 | UInt64(UInt32(bitPattern: slot)))
    }

    /// The slot of a live order.
    @inline(__always)
    private func live(_ id: OrderID) -> Int32? {
        let slot = id.slot
        guard slot > 0, slot < nextUnused, orders[slot].lots > 0,
            orders[slot].generation == UInt32(truncatingIfNeeded: id.raw &>> 32)
        else { return nil }
        return slot
    }

    // MARK: Looking

    public func order(_ id: OrderID) -> RestingOrder? { live(id).map { resting($0) } }

    public func levels(_ side: Side, limit: Int) -> [PriceLevel] {
        var found: [PriceLevel] = []
        visitPrices(side) { price in
            var count = 0
            var slot = levels[price].head
            while slot != 0 {
                count += 1
                slot = orders[slot].next
            }
            found.append(PriceLevel(price: Ticks(price), lots: Lots(levels[price].lots), orders: count))
            return found.count < limit
        }
        return found
    }

    /// The occupied price of a side next beyond `price`, away from the mid.
    @inline(__always)
    public func nextPrice(_ side: Side, beyond price: Ticks) -> Ticks? {
        let next =
            side == .buy ? occupied.next(below: Int(price.count)) : occupied.next(above: Int(price.count))
        return next > 0 ? Ticks(next) : nil
    }

    /// The resting order of a side that trades next.
    @inline(__always)
    public func first(_ side: Side) -> RestingOrder? {
        let price = side == .buy ? bid : ask
        guard price > 0, price <= Int(maxTicks) else { return nil }
        return resting(levels[price].head)
    }

    /// Lots resting at one price, whichever side it is on.
    public func lots(at price: Ticks) -> Lots { Lots(levels[price.count].lots) }

    /// Lots at the best price of a side, zero if it is empty.
    public func lotsAtTouch(_ side: Side) -> Lots {
        (side == .buy ? bestBid : bestAsk).map { lots(at: $0) } ?? .zero
    }

    public func orders(_ side: Side) -> [RestingOrder] {
        var found: [RestingOrder] = []
        visitPrices(side) { price in
            var slot = levels[price].head
            while slot != 0 {
                found.append(resting(slot))
                slot = orders[slot].next
            }
            return true
        }
        return found
    }

    private func resting(_ slot: Int32) -> RestingOrder {
        let node = orders[slot]
        return RestingOrder(
            id: identity(slot), side: node.isSell ? .sell : .buy, price: Ticks(node.price),
            lots: Lots(node.lots),
            account: node.account, reduceOnly: node.reduceOnly)
    }

    /// Occupied prices of a side, best first, while `body` returns true.
    private func visitPrices(_ side: Side, _ body: (Int) -> Bool) {
        var price = side == .buy ? bid : ask
        while price > 0 && price <= Int(maxTicks) {
            guard body(price) else { return }
            price = side == .buy ? occupied.next(below: price) : occupied.next(above: price)
        }
    }
}

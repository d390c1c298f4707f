import Primitives

/// The order book written to be read: two arrays kept in priority order. The twin `OrderBook` must equal.
public struct NaiveBook: ~Copyable, MatchingBook {
    /// A rule broken on purpose, to prove that the comparison notices. `nil` is the right book.
    public enum Fault: Sendable { case newestFirst, worsePriceFirst, shrinkLosesPriority }

    public let maxTicks: Int32
    private var bids: [RestingOrder] = []
    private var asks: [RestingOrder] = []
    private var lastID: UInt64 = 0
    private let fault: Fault?

    public init(maxTicks: Int32, fault: Fault? = nil) {
        self.maxTicks = maxTicks
        self.fault = fault
    }

    init(copying other: borrowing NaiveBook) {
        maxTicks = other.maxTicks
        bids = other.bids
        asks = other.asks
        lastID = other.lastID
        fault = other.fault
    }

    public var bestBid: Ticks? { bids.first?.price }
    public var bestAsk: Ticks? { asks.first?.price }
    public var liveOrders: Int { bids.count + asks.count }

    public mutating func submit(
        _ order: NewOrder, confirmed: OrderID, events: inout Buffer<BookEvent>
    ) -> SubmitResult {
        submit(order, confirmed: confirmed, named: .none, events: &events)
    }

    /// - Parameter name: what an order that rests is called; a number of the book's own if `.none`.
    mutating func submit(
        _ order: NewOrder, confirmed: OrderID, named name: OrderID, events: inout Buffer<BookEvent>
    ) -> SubmitResult {
        if let refusal = shapeRejection(order) { return SubmitResult(rejection: refusal) }
        var opposite = order.side == .buy ? asks : bids
        func crosses(_ maker: RestingOrder) -> Bool {
            order.side == .buy ? maker.price <= order.limit : maker.price >= order.limit
        }
        func isOwn(_ maker: RestingOrder) -> Bool {
            order.selfTrade != .off && maker.account == order.account
        }
        if order.timeInForce == .postOnly, let best = opposite.first, crosses(best) {
            return SubmitResult(rejection: .postOnlyMustNotCross)
        }
        if order.timeInForce == .fillOrKill {
            let available = opposite.filter { crosses($0) && !isOwn($0) && !$0.reduceOnly }
            if available.reduce(0, { $0 + $1.lots.count }) < order.lots.count {
                return SubmitResult(rejection: .fillOrKillMustFillWhole)
            }
        }
        var result = SubmitResult()
        var left = order.lots.count
        while left > 0, let maker = opposite.first, crosses(maker) {
            var part = min(left, maker.lots.count)
            var kind = BookEvent.Kind.fill
            if isOwn(maker) {
                kind = .selfTradeReduction
                if order.selfTrade == .cancelTaker || order.selfTrade == .cancelBoth {
                    result.cancelled = Lots(left)
                    left = 0
                }
                if order.selfTrade == .cancelTaker { break }
                if order.selfTrade != .decrement { part = maker.lots.count }
            } else if (maker.reduceOnly || order.asksBeforeFills) && confirmed != maker.id {
                result.stoppedAt = maker.id
                result.pending = Lots(left)
                break
            }
            opposite[0].lots = Lots(maker.lots.count - part)
            let done = opposite[0].lots == .zero
            if done { opposite.removeFirst() }
            events.append(
                BookEvent(
                    kind: kind, makerSide: maker.side, makerDone: done,
                    makerReduceOnly: maker.reduceOnly, maker: maker.id, makerAccount: maker.account,
                    price: maker.price, lots: Lots(part)))
            if kind == .fill { result.filled = result.filled + Lots(part) }
            if kind == .fill || order.selfTrade == .decrement {
                left -= part
                if kind == .selfTradeReduction && left == 0 { result.cancelled = Lots(part) }
            }
        }
        if order.side == .buy { asks = opposite } else { bids = opposite }
        if result.stoppedAt == .none && left > 0 && result.cancelled == .zero {
            if order.timeInForce == .goodTillCancel || order.timeInForce == .postOnly {
                result.resting = rest(order, Lots(left), name)
                result.restingLots = Lots(left)
            } else {
                result.cancelled = Lots(left)
            }
        }
        return result
    }

    private mutating func rest(_ order: NewOrder, _ lots: Lots, _ name: OrderID) -> OrderID {
        lastID += 1
        let new = RestingOrder(
            id: name == .none ? OrderID(raw: lastID) : name, side: order.side, price: order.limit, lots: lots,
            account: order.account,
            reduceOnly: order.reduceOnly)
        insert(new)
        return new.id
    }

    /// Queues behind every order of the same or a better price.
    private mutating func insert(_ new: RestingOrder) {
        func goesAfter(_ other: RestingOrder) -> Bool {
            if other.price == new.price { return fault != .newestFirst }
            let better = new.side == .buy ? other.price > new.price : other.price < new.price
            return fault == .worsePriceFirst ? !better : better
        }
        if new.side == .buy {
            bids.insert(new, at: bids.firstIndex { !goesAfter($0) } ?? bids.count)
        } else {
            asks.insert(new, at: asks.firstIndex { !goesAfter($0) } ?? asks.count)
        }
    }

    public mutating func cancel(_ id: OrderID) -> Lots? {
        if let i = bids.firstIndex(where: { $0.id == id }) { return bids.remove(at: i).lots }
        if let i = asks.firstIndex(where: { $0.id == id }) { return asks.remove(at: i).lots }
        return nil
    }

    public mutating func shrink(_ id: OrderID, to lots: Lots) -> Bool {
        guard var found = order(id), lots > .zero, lots < found.lots else { return false }
        if fault == .shrinkLosesPriority {
            _ = cancel(id)
            found.lots = lots
            insert(found)
        }
        if let i = bids.firstIndex(where: { $0.id == id }) { bids[i].lots = lots }
        if let i = asks.firstIndex(where: { $0.id == id }) { asks[i].lots = lots }
        return true
    }

    public func order(_ id: OrderID) -> RestingOrder? { (bids + asks).first { $0.id == id } }

    public func orders(_ side: Side) -> [RestingOrder] { side == .buy ? bids : asks }

    public func levels(_ side: Side, limit: Int) -> [PriceLevel] {
        var found: [PriceLevel] = []
        for order in orders(side) {
            if let last = found.last, last.price == order.price {
                found[found.count - 1].lots = last.lots + order.lots
                found[found.count - 1].orders += 1
            } else {
                found.append(PriceLevel(price: order.price, lots: order.lots, orders: 1))
            }
        }
        return Array(found.prefix(limit))
    }
}

import Clearing
import OrderBook
import Primitives

extension Venue {
    /// Changes a resting order. Made smaller at its price it keeps its priority and its name; otherwise it is
    /// cancelled and submitted anew, and the answer names the new order. Refused, it stays as it was.
    public mutating func amend(
        _ market: Int32, _ id: OrderID, account: AccountID, to price: Ticks, _ lots: Lots
    ) -> SubmitResult {
        guard market >= 0, market < marketCount else { return refuse(.marketMustExist) }
        guard let order = books[Int(market)].order(id), order.account == account else {
            return refuse(.orderMustBeLive)
        }
        if lots.count <= 0 { return refuse(.sizeMustBePositive) }
        let position = links[Int(market)].position(id)
        if price == order.price && lots <= order.lots {
            if lots < order.lots {
                _ = books[Int(market)].shrink(id, to: lots)
                if !order.reduceOnly { house.reserve(position, order.side, lots - order.lots, at: price) }
            }
            var result = SubmitResult()
            result.resting = id
            result.restingLots = lots
            return result
        }
        // The new order is checked as if the old one were gone.
        let changed = NewOrder(
            order.side, lots, at: price, account: account, selfTrade: rulebook.selfTrade,
            reduceOnly: order.reduceOnly)
        if !order.reduceOnly { house.reserve(position, order.side, -order.lots, at: order.price) }
        let answer = accept(market, changed, house.position(position).leg)
        if !order.reduceOnly { house.reserve(position, order.side, order.lots, at: order.price) }
        switch answer {
        case .failure(let rejection): return refuse(rejection)
        case .success(let accepted):
            _ = withdrawOrder(market, id, account)
            return execute(market, accepted.position, accepted.order)
        }
    }

    /// Cancels every resting order of a position; returns how many.
    @discardableResult
    public mutating func cancelAll(position: Int32) -> Int {
        let market = house.position(position).market
        guard Int(position) < orderHeads.capacity, market < marketCount else { return 0 }
        var count = 0
        while let id = links[Int(market)].first(position, heads: orderHeads) {
            guard withdrawOrder(market, id, house.position(position).account) != nil else {
                preconditionFailure("a listed order is not live")
            }
            count += 1
        }
        return count
    }

    /// Whether a position has resting orders.
    public func hasOrders(position: Int32) -> Bool {
        Int(position) < orderHeads.capacity && orderHeads[position] != 0
    }
}

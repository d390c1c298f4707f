import Primitives

/// What every order book of one market does, whichever way it stores its orders.
///
/// Two implementations exist for ever: `OrderBook`, which is fast, and `NaiveBook`, which is plainly right. The
/// fuzzer drives both with the same commands and compares every answer.
public protocol MatchingBook: ~Copyable {
    /// Matches an order in price-time priority and rests what its time in force lets rest.
    ///
    /// - Parameter confirmed: a resting reduce-only order at which the previous call stopped and which may now
    ///   fill; `order.lots` is then what that call left pending.
    mutating func submit(_ order: NewOrder, confirmed: OrderID, events: inout Buffer<BookEvent>)
        -> SubmitResult
    /// Removes a resting order; returns what was left of it, or nil if it is not live.
    mutating func cancel(_ id: OrderID) -> Lots?
    /// Makes a resting order smaller in place: it keeps its priority. To grow or move an order, cancel it and
    /// submit anew: it then queues last. False if it is not live or `lots` is not smaller and positive.
    mutating func shrink(_ id: OrderID, to lots: Lots) -> Bool

    /// The most extreme price this market can quote.
    var maxTicks: Int32 { get }
    var bestBid: Ticks? { get }
    var bestAsk: Ticks? { get }
    var liveOrders: Int { get }
    func order(_ id: OrderID) -> RestingOrder?
    /// The first `limit` prices of a side, best first (L2).
    func levels(_ side: Side, limit: Int) -> [PriceLevel]
    /// Every order of a side, best price first, oldest first within a price (L3).
    func orders(_ side: Side) -> [RestingOrder]
}

extension MatchingBook where Self: ~Copyable {
    public mutating func submit(_ order: NewOrder, events: inout Buffer<BookEvent>) -> SubmitResult {
        submit(order, confirmed: .none, events: &events)
    }

    /// The refusals that need no look at the resting orders.
    @inline(__always)
    func shapeRejection(_ order: NewOrder) -> Rejection? {
        if order.lots.count <= 0 { return .sizeMustBePositive }
        if order.limit.count <= 0 { return .priceMustBePositive }
        if order.limit.count > maxTicks { return .priceMustNotExceedMarketLimit }
        // Keeps the lots of a level and their notional inside Int64 whatever rests there.
        if order.lots.count > 1 << 40 { return .sizeMustNotExceedMarketLimit }
        return nil
    }

    /// Lots resting within `basisPoints` of the mid on one side; zero when either side is empty.
    public func depth(_ side: Side, withinBasisPoints basisPoints: Int64) -> Lots {
        guard let bid = bestBid, let ask = bestAsk else { return .zero }
        // Twice the mid keeps the half tick: |price - mid| <= mid * bp / 10^4, in integers.
        let twiceMid = Int64(bid.count) + Int64(ask.count)
        var total = Lots.zero
        forEachLevel(side) { level in
            let distance = abs(2 * Int64(level.price.count) - twiceMid)
            guard distance * 10_000 <= twiceMid * basisPoints else { return false }
            total = total + level.lots
            return true
        }
        return total
    }

    /// What an immediate order of `lots` would trade and pay, without touching the book.
    ///
    /// - Returns: lots that would fill, the sum of price × lots in tick-lots, and the last price reached.
    public func sweep(_ side: Side, _ lots: Lots) -> (filled: Lots, tickLots: Int64, worst: Ticks?) {
        var left = lots
        var cost: Int64 = 0
        var worst: Ticks?
        forEachLevel(side.opposite) { level in
            guard left > .zero else { return false }
            let part = min(left, level.lots)
            cost += part.count * Int64(level.price.count)
            left = left - part
            worst = level.price
            return true
        }
        return (lots - left, cost, worst)
    }

    private func forEachLevel(_ side: Side, _ body: (PriceLevel) -> Bool) {
        for level in levels(side, limit: .max) where !body(level) { return }
    }

    /// A hash of everything resting, alike for every implementation: sides, prices, sizes, accounts and order
    /// of arrival, but not identities.
    public func stateHash() -> StateHash {
        var hash = StateHash()
        for side in [Side.buy, .sell] {
            for order in orders(side) {
                hash.combine(Int64(order.price.count))
                hash.combine(order.lots.count)
                hash.combine(Int64(order.account.rawValue))
                hash.combine(order.reduceOnly ? 1 : 0)
            }
            hash.combine(-1)
        }
        return hash
    }
}

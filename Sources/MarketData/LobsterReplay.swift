import OrderBook
import Primitives

/// Feeds LOBSTER messages to a book. The exchange has matched already: executions reduce the order they name.
struct LobsterReplay: ~Copyable {
    var replayed = ReplayedBook()
    /// Visible executions of an order that was not at the best price of its side: something is amiss in the
    /// reconstruction, but the exchange's word stands.
    private(set) var executionsAwayFromBest = 0

    mutating func apply(_ message: LobsterMessage) {
        switch message.kind {
        case .new: add(message)
        case .partialCancel, .visibleExecution: reduce(message)
        case .delete: delete(message)
        case .hiddenExecution, .crossTrade, .halt: replayed.accept()
        }
    }

    private mutating func add(_ m: LobsterMessage) {
        if let order = replayed.live(m.order) {
            guard replayed.start.contains(order.id) else { return replayed.refuse(.numberMustBeNew) }
            // Entered only now, so it was not resting at the start.
            replayed.start.drop(order.id, from: &replayed.book)
        }
        // A recorded new order never crosses the visible book: start orders in its way were not there.
        if replayed.crosses(m.side, m.price), let price = ticks(m.price) {
            replayed.start.drop(m.side.opposite, betterThan: price, including: true, from: &replayed.book)
        }
        replayed.count(replayed.rest(m.side, m.price, m.size, name: m.order))
    }

    private mutating func reduce(_ m: LobsterMessage) {
        guard m.size > 0 else { return replayed.refuse(.sizeMustBePositive) }
        let executes = m.kind == .visibleExecution
        if executes, let price = ticks(m.price) {
            // The best price trades first: better start orders were not there.
            replayed.start.drop(m.side, betterThan: price, including: false, from: &replayed.book)
        }
        guard let order = knownOrder(m) else { return takeFromAnonymous(m) }
        guard matches(order, m) else { return replayed.refuse(.mustMatchOrder) }
        let best = order.side == .buy ? replayed.book.bestBid : replayed.book.bestAsk
        guard replayed.reduce(order, by: m.size) else { return replayed.refuse(.mustNotExceedRest) }
        if executes && best != order.price { executionsAwayFromBest += 1 }
        replayed.accept()
    }

    private mutating func delete(_ m: LobsterMessage) {
        guard let order = knownOrder(m) else { return takeFromAnonymous(m) }
        guard matches(order, m) else { return replayed.refuse(.mustMatchOrder) }
        _ = replayed.book.cancel(order.id)
        replayed.accept()
    }

    private mutating func takeFromAnonymous(_ m: LobsterMessage) {
        guard m.size > 0 else { return replayed.refuse(.sizeMustBePositive) }
        if let reason = replayed.reduceAnonymous(m.side, m.price, by: m.size) {
            replayed.refuse(reason)
        } else {
            replayed.accept()
        }
    }

    /// The live order of a message's number. A start order at another price or side than the message says is
    /// contradicted and goes.
    private mutating func knownOrder(_ m: LobsterMessage) -> RestingOrder? {
        guard let order = replayed.live(m.order) else { return nil }
        if !matches(order, m), replayed.start.contains(order.id) {
            replayed.start.drop(order.id, from: &replayed.book)
            return nil
        }
        return order
    }

    private func matches(_ order: RestingOrder, _ m: LobsterMessage) -> Bool {
        order.side == m.side && Int64(order.price.count) == m.price
    }

    private func ticks(_ price: Int64) -> Ticks? { Int32(exactly: price).map { Ticks($0) } }

    // MARK: Start

    /// Rests a snapshot's orders.
    ///
    /// A snapshot whose sides cross is not the state of a book: some of its orders were entered later. NASDAQ
    /// numbers orders in the order of arrival, so those numbered above `firstNew` are then left out.
    mutating func rest(_ snapshot: [LobsterMessage], firstNew: Int64?) throws -> (rested: Int, leftOut: Int) {
        let bid = snapshot.lazy.filter { $0.side == .buy }.map(\.price).max() ?? .min
        let ask = snapshot.lazy.filter { $0.side == .sell }.map(\.price).min() ?? .max
        var (rested, leftOut) = (0, 0)
        for order in snapshot {
            let later = bid >= ask && firstNew.map { order.order >= $0 } ?? false
            let known = replayed.live(order.order) != nil
            if !later, !known,
                replayed.restAtStart(order.side, order.price, order.size, name: order.order) == nil
            {
                rested += 1
            } else {
                leftOut += 1
            }
        }
        replayed.start.sort()
        return (rested, leftOut)
    }
}

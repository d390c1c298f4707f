import OrderBook
import Primitives

/// The orders a replay starts from: a snapshot's, or the anonymous quantity of a recorded state.
///
/// They are claims about the past that no message confirmed, so a message that could not have happened with
/// them in the book contradicts them, and they go.
struct StartOrders {
    private struct Place: Hashable {
        var side: Side
        var price: Int32
    }

    /// Per side the prices of start orders, worst first, each once.
    private var prices: [[Int32]] = [[], []]
    private var orders: [Place: [OrderID]] = [:]
    /// Start orders dropped because a message contradicted them.
    private(set) var contradicted = 0
    /// Every start order there ever was.
    private var all: Set<OrderID> = []
    var count: Int { all.count }

    /// Notes a start order that rests in the book. Call `sort` after the last.
    mutating func add(_ side: Side, _ price: Ticks, _ id: OrderID) {
        let place = Place(side: side, price: price.count)
        if orders[place] == nil { prices[Int(side.rawValue)].append(price.count) }
        orders[place, default: []].append(id)
        all.insert(id)
    }

    mutating func sort() {
        prices[Int(Side.buy.rawValue)].sort(by: <)
        prices[Int(Side.sell.rawValue)].sort(by: >)
    }

    func contains(_ id: OrderID) -> Bool { all.contains(id) }

    /// The first live start order at a price.
    func first(_ side: Side, _ price: Ticks, in book: borrowing OrderBook) -> OrderID? {
        for id in orders[Place(side: side, price: price.count)] ?? [] where book.order(id) != nil {
            return id
        }
        return nil
    }

    /// Removes the start orders of a side that a message at `price` shows cannot be there: those better than
    /// it, and with `including` those at it.
    mutating func drop(_ side: Side, betterThan price: Ticks, including: Bool, from book: inout OrderBook) {
        let i = Int(side.rawValue)
        while let best = prices[i].last {
            let better = side == .buy ? best > price.count : best < price.count
            guard better || (including && best == price.count) else { return }
            prices[i].removeLast()
            for id in orders.removeValue(forKey: Place(side: side, price: best)) ?? []
            where book.cancel(id) != nil { contradicted += 1 }
        }
    }

    /// Removes one start order that a message shows to be another one.
    mutating func drop(_ id: OrderID, from book: inout OrderBook) {
        if book.cancel(id) != nil { contradicted += 1 }
    }
}

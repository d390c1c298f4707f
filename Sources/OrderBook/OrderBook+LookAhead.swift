import Primitives

/// Loads ahead of use: independent ones, so that their cache misses overlap.
extension OrderBook {
    /// Loads an order and a price that will be needed soon; any identity and any price above zero will do.
    @inline(__always)
    func lookAhead(_ id: OrderID, price: Int32) -> Int64 {
        let level = levels[min(Int(price), Int(maxTicks))]
        return Int64(orders[min(Int(id.slot), orders.capacity &- 1)].next) &+ level.lots
    }

    /// Loads the neighbours of an order that will be needed soon, and the end of the queue at its price.
    @inline(__always)
    func lookAheadAtNeighbours(_ id: OrderID, price: Int32) -> Int64 {
        let node = orders[min(Int(id.slot), orders.capacity &- 1)]
        let tail = levels[min(Int(price), Int(maxTicks))].tail
        return orders[node.previous].lots &+ orders[node.next].lots &+ orders[tail].lots
    }

    /// Loads what cancelling these orders, or adding at these prices, will need: side by side, not one miss after another.
    mutating func lookAhead(_ messages: borrowing Buffer<UpcomingOrder>) {
        var sum: Int64 = 0
        for i in 0..<messages.count { sum &+= lookAhead(messages[i].order, price: messages[i].price.count) }
        for i in 0..<messages.count {
            sum &+= lookAheadAtNeighbours(messages[i].order, price: messages[i].price.count)
        }
        preTouched &+= sum
    }
}

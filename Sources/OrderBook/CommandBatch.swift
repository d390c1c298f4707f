import Primitives

/// A command of a recorded workload whose orders are known by dense numbers.
public struct NumberedCommand: Sendable, BitwiseCopyable {
    public enum Kind: UInt8, Sendable, BitwiseCopyable { case add = 0, cancel = 1, take = 2 }
    public var kind: Kind
    public var side: Side
    /// The order's number in the workload, from 1.
    public var number: Int32
    public var price: Int32
    public var lots: Int32

    public init(kind: Kind, side: Side, number: Int32, price: Int32, lots: Int32) {
        self.kind = kind
        self.side = side
        self.number = number
        self.price = price
        self.lots = lots
    }
}

/// What a replayed batch traded.
public struct BatchTotals: Sendable, Hashable {
    public var trades: Int64 = 0
    public var volume: Int64 = 0
    /// Sum of price × lots, in tick-lots.
    public var notional: Int64 = 0
    public var refused: Int64 = 0
    public init() {}
}

extension OrderBook {
    /// Replays commands in one call: the book is not inlined across modules, so work comes to it in batches.
    ///
    /// - Parameter identities: the book's name for each of the workload's order numbers; kept between batches.
    public mutating func replay(
        _ commands: UnsafeBufferPointer<NumberedCommand>, identities: inout Pool<OrderID>
    ) -> BatchTotals {
        var totals = BatchTotals()
        var events = Buffer<BookEvent>(capacity: 1024)
        for (i, command) in commands.enumerated() {
            if i & (Self.lookahead - 1) == 0 {
                preTouch(commands, from: i, identities)
            }
            if command.kind == .cancel {
                if cancel(identities[command.number]) == nil { totals.refused += 1 }
                continue
            }
            let order = NewOrder(
                command.side, Lots(Int64(command.lots)), at: Ticks(command.price),
                timeInForce: command.kind == .add ? .goodTillCancel : .immediateOrCancel)
            let result = place(order, .none, &events)
            identities[command.number] = result.resting
            if result.rejection != nil { totals.refused += 1 }
            if !events.isEmpty {
                for i in 0..<events.count {
                    totals.trades &+= 1
                    totals.volume &+= events[i].lots.count
                    totals.notional &+= events[i].lots.count &* Int64(events[i].price.count)
                }
                events.removeAll()
            }
        }
        return totals
    }

    /// Commands loaded ahead of use.
    private static var lookahead: Int { 32 }

    /// Loads what the next commands will need: the loads do not depend on each other, so their cache misses
    /// overlap, which those of the commands themselves cannot. No branch on the kind of command: an order yet to
    /// come has no identity and looks at slot 0.
    @inline(__always)
    private mutating func preTouch(
        _ commands: UnsafeBufferPointer<NumberedCommand>, from start: Int,
        _ identities: borrowing Pool<OrderID>
    ) {
        let end = min(start &+ Self.lookahead, commands.count)
        var sum: Int64 = 0
        for i in start..<end {
            sum &+= lookAhead(identities[commands[i].number], price: commands[i].price)
        }
        for i in start..<end {
            sum &+= lookAheadAtNeighbours(identities[commands[i].number], price: commands[i].price)
        }
        preTouched &+= sum
    }
}

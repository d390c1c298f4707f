import Primitives

/// The order book of a venue: the fast one, and beside it, when asked for, its naive twin, which gets every command too
/// and must give every answer alike. A difference is a bug of ours and traps.
public struct TwinnedBook: ~Copyable {
    private let byAddress = PassedByAddress()
    private var fast: OrderBook
    private var slow: NaiveBook
    public private(set) var hasTwin = false
    private var slowEvents = Buffer<BookEvent>(capacity: 16)

    public init(maxTicks: Int32, capacity: Int = 1024) {
        fast = OrderBook(maxTicks: maxTicks, capacity: capacity)
        slow = NaiveBook(maxTicks: maxTicks)
    }

    /// An independent book with the same orders under the same names, and its twin if there is one.
    public init(copying other: borrowing TwinnedBook, as kind: CopyKind = .live) {
        fast = OrderBook(copying: other.fast, as: kind)
        slow = NaiveBook(copying: other.slow)
        hasTwin = other.hasTwin
        slowEvents = Buffer(capacity: 16)
    }

    /// Puts a naive book beside the empty fast one.
    public mutating func addTwin() {
        precondition(fast.liveOrders == 0, "a twin starts with an empty book")
        hasTwin = true
    }

    /// Returns the memory of prices at which nothing rests, and how many they are.
    @discardableResult
    public mutating func giveBackEmptyPrices() -> Int { fast.giveBackEmptyPrices() }

    // MARK: Commands

    /// Loads what messages to come will need; changes nothing.
    public mutating func lookAhead(_ messages: borrowing Buffer<UpcomingOrder>) { fast.lookAhead(messages) }

    @inline(__always)
    public mutating func submit(
        _ order: NewOrder, confirmed: OrderID, events: inout Buffer<BookEvent>
    ) -> SubmitResult {
        let before = events.count
        let result = fast.submit(order, confirmed: confirmed, events: &events)
        if hasTwin { compare(order, confirmed, result, events, from: before) }
        return result
    }

    private mutating func compare(
        _ order: NewOrder, _ confirmed: OrderID, _ result: SubmitResult,
        _ events: borrowing Buffer<BookEvent>,
        from before: Int
    ) {
        slowEvents.removeAll()
        let twin = slow.submit(order, confirmed: confirmed, named: result.resting, events: &slowEvents)
        let answersAlike =
            twin.filled == result.filled && twin.cancelled == result.cancelled
            && twin.pending == result.pending
            && twin.resting == result.resting && twin.restingLots == result.restingLots
            && twin.stoppedAt == result.stoppedAt && twin.rejection == result.rejection
            && slowEvents.count == events.count - before
        precondition(answersAlike, "the naive book answers otherwise")
        for i in 0..<slowEvents.count {
            let isSame = slowEvents[i] == events[before + i]
            precondition(isSame, "the naive book trades otherwise")
        }
        let isSame = slow.bestBid == fast.bestBid && slow.bestAsk == fast.bestAsk
        precondition(isSame, "the best prices differ")
    }

    @inline(__always)
    public mutating func cancel(_ id: OrderID) -> Lots? {
        let lots = fast.cancel(id)
        if hasTwin {
            let twin = slow.cancel(id)
            precondition(twin == lots, "the naive book cancels otherwise")
        }
        return lots
    }

    @inline(__always)
    public mutating func cancel(_ id: OrderID, of account: AccountID) -> RestingOrder? {
        let order = fast.cancel(id, of: account)
        if hasTwin, let order {
            let (known, lots) = (slow.order(id), slow.cancel(id))
            precondition(known == order && lots == order.lots, "the naive book cancels otherwise")
        }
        return order
    }

    @inline(__always)
    public mutating func shrink(_ id: OrderID, to lots: Lots) -> Bool {
        let done = fast.shrink(id, to: lots)
        if hasTwin {
            let twin = slow.shrink(id, to: lots)
            precondition(twin == done, "the naive book shrinks otherwise")
        }
        return done
    }

    // MARK: Looking

    @inline(__always) public var maxTicks: Int32 { fast.maxTicks }
    @inline(__always) public var bestBid: Ticks? { fast.bestBid }
    @inline(__always) public var bestAsk: Ticks? { fast.bestAsk }
    public var liveOrders: Int { fast.liveOrders }
    @inline(__always) public func order(_ id: OrderID) -> RestingOrder? { fast.order(id) }
    @inline(__always)
    public func first(_ side: Side) -> RestingOrder? { fast.first(side) }
    public func orders(_ side: Side) -> [RestingOrder] { fast.orders(side) }
    public func lotsAtTouch(_ side: Side) -> Lots { fast.lotsAtTouch(side) }
    public func levels(_ side: Side, limit: Int) -> [PriceLevel] { fast.levels(side, limit: limit) }
    public func depth(_ side: Side, withinBasisPoints bp: Int64) -> Lots {
        fast.depth(side, withinBasisPoints: bp)
    }
    public func lots(_ side: Side, upTo limit: Ticks) -> Lots { fast.lots(side, upTo: limit) }
    public func sweep(_ side: Side, _ lots: Lots) -> (filled: Lots, tickLots: Int64, worst: Ticks?) {
        fast.sweep(side, lots)
    }
    @inline(__always)
    public func worstPrice(_ side: Side, _ lots: Lots, limit: Ticks) -> Ticks? {
        fast.worstPrice(side, lots, limit: limit)
    }
    /// Adds what rests and under which names; compares the twins.
    public func combine(into hash: inout StateHash) {
        hash.combine(stateHash().value)
        fast.combine(into: &hash)
    }
    public func stateHash() -> StateHash {
        if hasTwin {
            let isSame = slow.stateHash() == fast.stateHash()
            precondition(isSame, "the naive book is in another state")
        }
        return fast.stateHash()
    }
}

import OrderBook
import Primitives

/// Feeds Bitstamp order events to a book: tick 1 cent, lot 1 satoshi.
///
/// The feed tells of a marketable order twice: when it is created, and through the changes and deletions of
/// both parties. The feed is the truth, so nothing is matched here. A created order that would cross waits
/// outside the book; its later events apply to it there, and it rests when it no longer crosses.
struct BitstampReplay: ~Copyable {
    var replayed = ReplayedBook()
    private var pending = PendingOrders()
    /// USD × 10^8 in one tick.
    private static let tick: Int64 = 1_000_000

    var pendingOrders: Int { pending.count }

    mutating func apply(_ event: BitstampEvent) {
        guard let order = event.order else { return replayed.accept() }
        switch order.action {
        case .created: create(order)
        case .changed: change(order)
        case .deleted: delete(order)
        }
        restPending()
    }

    /// The event after which the start was recorded: its effect is there, and its order is now known by its number.
    mutating func applyContained(_ event: BitstampEvent) {
        replayed.accept()
        guard let order = event.order, order.action != .deleted, order.price % Self.tick == 0 else { return }
        replayed.nameAnonymous(order.side, order.price / Self.tick, order.volume, name: order.number)
    }

    private mutating func create(_ order: BitstampEvent.Order) {
        guard replayed.live(order.number) == nil, !pending.contains(order.number) else {
            return replayed.refuse(.numberMustBeNew)
        }
        place(order)
    }

    /// Rests an order or lets it wait; refuses it if it can do neither.
    private mutating func place(_ order: BitstampEvent.Order) {
        guard isAcceptable(order) else { return }
        let price = order.price / Self.tick
        if replayed.crosses(order.side, price) {
            pending.add(order.number, order.side, price, order.volume)
            return replayed.accept()
        }
        replayed.count(replayed.rest(order.side, price, order.volume, name: order.number))
    }

    private mutating func change(_ order: BitstampEvent.Order) {
        if pending.contains(order.number) {
            guard isAcceptable(order) else { return }
            pending.remove(order.number)
            return place(order)
        }
        guard let resting = replayed.live(order.number) else { return replayed.refuse(.orderMustBeLive) }
        guard isAcceptable(order) else { return }
        guard resting.side == order.side else { return replayed.refuse(.mustMatchOrder) }
        let samePrice = Int64(resting.price.count) * Self.tick == order.price
        if samePrice && order.volume == resting.lots.count { return replayed.accept() }
        if samePrice && replayed.book.shrink(resting.id, to: Lots(order.volume)) { return replayed.accept() }
        // Growth or another price: it queues anew, behind the others.
        _ = replayed.book.cancel(resting.id)
        place(order)
    }

    /// Whether the order of an event could rest in some book; refuses the event otherwise.
    private mutating func isAcceptable(_ order: BitstampEvent.Order) -> Bool {
        if order.volume <= 0 {
            replayed.refuse(.sizeMustBePositive)
        } else if order.volume > 1 << 40 {
            replayed.refuse(.sizeMustNotExceedMarketLimit)
        } else if order.price % Self.tick != 0 {
            replayed.refuse(.priceMustBeOnTick)
        } else if order.price <= 0 {
            replayed.refuse(.priceMustBePositive)
        } else if order.price / Self.tick > Int64(ReplayedBook.maxTicks) {
            replayed.refuse(.priceMustNotExceedMarketLimit)
        } else {
            return true
        }
        return false
    }

    /// The volume of a deletion is 0 after a fill and what was left after a cancellation: gone either way.
    private mutating func delete(_ order: BitstampEvent.Order) {
        if pending.contains(order.number) {
            pending.remove(order.number)
            return replayed.accept()
        }
        if let resting = replayed.live(order.number) {
            _ = replayed.book.cancel(resting.id)
            return replayed.accept()
        }
        guard order.volume > 0, order.price % Self.tick == 0 else { return replayed.refuse(.orderMustBeLive) }
        if let reason = replayed.reduceAnonymous(order.side, order.price / Self.tick, by: order.volume) {
            replayed.refuse(reason)
        } else {
            replayed.accept()
        }
    }

    /// Rests what no longer crosses: the other party's event may come after this order's last one.
    private mutating func restPending() {
        for side in [Side.buy, .sell] {
            while let next = pending.leastMarketable(side), !replayed.crosses(side, next.price) {
                pending.remove(next.number)
                _ = replayed.rest(side, next.price, next.volume, name: next.number)
            }
        }
    }
}

/// Orders waiting outside the book, least marketable and then oldest first to come out.
private struct PendingOrders {
    struct Entry {
        var number: Int64
        var price: Int64
        var volume: Int64
        var arrival: Int
    }

    /// By side, sorted so that the next to come out is last.
    private var waiting: [[Entry]] = [[], []]
    private var sides: [Int64: (side: Side, price: Int64, arrival: Int)] = [:]
    private var arrivals = 0

    var count: Int { sides.count }
    func contains(_ number: Int64) -> Bool { sides[number] != nil }
    func leastMarketable(_ side: Side) -> Entry? { waiting[Int(side.rawValue)].last }

    mutating func add(_ number: Int64, _ side: Side, _ price: Int64, _ volume: Int64) {
        arrivals += 1
        sides[number] = (side, price, arrivals)
        let at = position(side, price, arrivals)
        waiting[Int(side.rawValue)].insert(
            Entry(number: number, price: price, volume: volume, arrival: arrivals), at: at)
    }

    mutating func remove(_ number: Int64) {
        guard let (side, price, arrival) = sides.removeValue(forKey: number) else { return }
        waiting[Int(side.rawValue)].remove(at: position(side, price, arrival))
    }

    /// The first place whose order comes out no later than the given one.
    private func position(_ side: Side, _ price: Int64, _ arrival: Int) -> Int {
        let entries = waiting[Int(side.rawValue)]
        let own = (price * side.sign, arrival)
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            let other = (entries[middle].price * side.sign, entries[middle].arrival)
            if other > own { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

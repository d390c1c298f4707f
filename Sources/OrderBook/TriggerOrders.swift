import HeapModule
import Primitives

/// A stop or take-profit order: an order that waits outside the book until a price is reached.
public struct TriggerOrder: Sendable, BitwiseCopyable {
    /// The price that is watched.
    public enum Watched: UInt8, Sendable, BitwiseCopyable { case mark, last }
    /// Whether the order goes out when the watched price falls to the trigger or rises to it. A stop of a long
    /// and a take-profit of a short fire on a fall; the other two on a rise.
    public enum Direction: UInt8, Sendable, BitwiseCopyable { case falling, rising }

    public var watched: Watched
    public var direction: Direction
    public var trigger: Ticks
    public var order: NewOrder

    public init(_ order: NewOrder, when watched: Watched, _ direction: Direction, to trigger: Ticks) {
        self.order = order
        self.watched = watched
        self.direction = direction
        self.trigger = trigger
    }
}

/// The waiting stop and take-profit orders of one market.
///
/// They go out in the order in which a moving price reaches them: nearest trigger first, oldest first at one
/// price. Cancelled ones are dropped when they come up.
public struct TriggerOrders: ~Copyable {
    private struct Entry: Comparable {
        /// Smaller is reached earlier.
        var key: Int32
        /// In order of arrival.
        var number: UInt32
        var slot: Int32
        static func < (a: Entry, b: Entry) -> Bool { (a.key, a.number) < (b.key, b.number) }
    }

    /// A waiting order, or a free slot (number 0).
    struct Slot: BitwiseCopyable {
        var order: TriggerOrder
        var number: UInt32
        var nextFree: Int32
    }

    /// One heap per watched price and direction.
    private var waiting = [Heap<Entry>](repeating: Heap(), count: 4)
    private var slots = Buffer<Slot>(capacity: 4)
    private var firstFree: Int32 = -1
    private var lastNumber: UInt32 = 0
    public private(set) var count = 0

    public init() {}

    /// An independent copy: the same orders under the same names.
    public init(copying other: borrowing TriggerOrders) {
        waiting = other.waiting
        slots = Buffer(copying: other.slots)
        firstFree = other.firstFree
        lastNumber = other.lastNumber
        count = other.count
    }

    /// Adds every waiting order, the order in which they go out, and the names that come next.
    public func combine(into hash: inout StateHash) {
        hash.combine(Int64(count), Int64(firstFree), Int64(lastNumber))
        for heap in waiting {
            hash.combine(each: heap.unordered) { $0.combine(Int64($1.key), Int64($1.number), Int64($1.slot)) }
        }
        hash.combine(each: slots) { hash, slot in
            let order = slot.order.order
            hash.combine(Int64(slot.number), Int64(slot.nextFree), Int64(slot.order.trigger.count))
            hash.combine(order.lots.count, Int64(order.limit.count), Int64(order.account.rawValue))
            hash.combine(
                Int64(slot.order.watched.rawValue) << 8 | Int64(slot.order.direction.rawValue),
                Int64(order.side.rawValue) << 8 | Int64(order.timeInForce.rawValue),
                Int64(order.selfTrade.rawValue) << 2 | (order.reduceOnly ? 2 : 0)
                    | (order.asksBeforeFills ? 1 : 0))
        }
    }

    /// Queues a trigger order and names it; a name is never used twice.
    public mutating func add(_ order: TriggerOrder) -> Int {
        lastNumber += 1
        count += 1
        let slot: Int32
        if firstFree >= 0 {
            slot = firstFree
            firstFree = slots[Int(slot)].nextFree
            slots[Int(slot)] = Slot(order: order, number: lastNumber, nextFree: -1)
        } else {
            slot = Int32(slots.count)
            slots.append(Slot(order: order, number: lastNumber, nextFree: -1))
        }
        let key = order.direction == .falling ? -order.trigger.count : order.trigger.count
        waiting[Self.heap(order.watched, order.direction)].insert(
            Entry(key: key, number: lastNumber, slot: slot))
        return Int(lastNumber) << 32 | Int(slot)
    }

    /// Removes a waiting order; nil if it is gone.
    public mutating func cancel(_ id: Int) -> TriggerOrder? {
        guard let found = order(id) else { return nil }
        free(Int32(truncatingIfNeeded: id))
        return found
    }

    public func order(_ id: Int) -> TriggerOrder? {
        let slot = id & 0xFFFF_FFFF
        guard id > 0, slot < slots.count, slots[slot].number == UInt32(truncatingIfNeeded: id >> 32) else {
            return nil
        }
        return slots[slot].order
    }

    private mutating func free(_ slot: Int32) {
        slots[Int(slot)].number = 0
        slots[Int(slot)].nextFree = firstFree
        firstFree = slot
        count -= 1
    }

    /// Takes out the next order that `price` has reached, if any.
    public mutating func next(_ watched: TriggerOrder.Watched, at price: Ticks) -> (
        id: Int, order: TriggerOrder
    )? {
        if count == 0 { return nil }
        for direction in [TriggerOrder.Direction.falling, .rising] {
            let heap = Self.heap(watched, direction)
            let reached = direction == .falling ? -price.count : price.count
            while let entry = waiting[heap].min, entry.key <= reached {
                waiting[heap].removeMin()
                guard slots[Int(entry.slot)].number == entry.number else { continue }
                let order = slots[Int(entry.slot)].order
                free(entry.slot)
                return (Int(entry.number) << 32 | Int(entry.slot), order)
            }
        }
        return nil
    }

    private static func heap(_ watched: TriggerOrder.Watched, _ direction: TriggerOrder.Direction) -> Int {
        Int(watched.rawValue) * 2 + Int(direction.rawValue)
    }
}

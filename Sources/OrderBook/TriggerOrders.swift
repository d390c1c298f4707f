import HeapModule
import Primitives

/// A stop or take-profit order: an order that waits outside the book until a price is reached.
public struct TriggerOrder: Sendable {
    /// The price that is watched.
    public enum Watched: UInt8, Sendable { case mark, last }
    /// Whether the order goes out when the watched price falls to the trigger or rises to it. A stop of a long
    /// and a take-profit of a short fire on a fall; the other two on a rise.
    public enum Direction: UInt8, Sendable { case falling, rising }

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
        var id: Int
        static func < (a: Entry, b: Entry) -> Bool { (a.key, a.id) < (b.key, b.id) }
    }

    /// One heap per watched price and direction.
    private var waiting = [Heap<Entry>](repeating: Heap(), count: 4)
    private var orders: [Int: TriggerOrder] = [:]
    private var lastID = 0

    public init() {}

    public var count: Int { orders.count }

    /// Queues a trigger order and names it.
    public mutating func add(_ order: TriggerOrder) -> Int {
        lastID += 1
        orders[lastID] = order
        let key = order.direction == .falling ? -order.trigger.count : order.trigger.count
        waiting[Self.heap(order.watched, order.direction)].insert(Entry(key: key, id: lastID))
        return lastID
    }

    /// Removes a waiting order; nil if it is gone.
    public mutating func cancel(_ id: Int) -> TriggerOrder? { orders.removeValue(forKey: id) }

    public func order(_ id: Int) -> TriggerOrder? { orders[id] }

    /// Takes out the next order that `price` has reached, if any.
    public mutating func next(_ watched: TriggerOrder.Watched, at price: Ticks) -> (
        id: Int, order: TriggerOrder
    )? {
        for direction in [TriggerOrder.Direction.falling, .rising] {
            let heap = Self.heap(watched, direction)
            let reached = direction == .falling ? -price.count : price.count
            while let entry = waiting[heap].min, entry.key <= reached {
                waiting[heap].removeMin()
                if let order = orders.removeValue(forKey: entry.id) { return (entry.id, order) }
            }
        }
        return nil
    }

    private static func heap(_ watched: TriggerOrder.Watched, _ direction: TriggerOrder.Direction) -> Int {
        Int(watched.rawValue) * 2 + Int(direction.rawValue)
    }
}

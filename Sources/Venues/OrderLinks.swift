import OrderBook
import Primitives

/// The resting orders of each position, as linked lists beside the books' storage.
struct OrderLinks: ~Copyable {
    struct Link: BitwiseCopyable {
        var id: UInt64
        var position: Int32
        var previous: Int32
        var next: Int32
    }
    /// By the book's slot.
    private var links: Pool<Link>

    init(capacity: Int) { links = Pool(zeroed: capacity) }

    init(copying other: borrowing OrderLinks) { links = Pool(copying: other.links) }

    func combine(into hash: inout StateHash) {
        for slot in 0..<links.capacity where links[slot].id != 0 {
            let link = links[slot]
            hash.combine(
                Int64(bitPattern: link.id), Int64(link.position),
                Int64(link.previous) << 32 | Int64(link.next))
        }
    }

    @inline(__always)
    mutating func add(_ id: OrderID, to position: Int32, heads: inout Pool<Int32>) {
        let slot = id.slot
        if Int(slot) >= links.capacity { links.grow(toAtLeast: Int(slot) + 1) }
        let head = heads[position]
        links[slot] = Link(id: id.raw, position: position, previous: 0, next: head)
        if head != 0 { links[head].previous = slot }
        heads[position] = slot
    }

    @inline(__always)
    mutating func remove(_ id: OrderID, heads: inout Pool<Int32>) {
        let link = links[id.slot]
        if link.previous != 0 {
            links[link.previous].next = link.next
        } else {
            heads[link.position] = link.next
        }
        if link.next != 0 { links[link.next].previous = link.previous }
    }

    /// The position a resting order belongs to.
    @inline(__always)
    func position(_ id: OrderID) -> Int32 { links[id.slot].position }

    /// The order at the head of a position's list.
    func first(_ position: Int32, heads: borrowing Pool<Int32>) -> OrderID? {
        let head = heads[position]
        return head == 0 ? nil : OrderID(raw: links[head].id)
    }
}

import Primitives

/// Which pages of a book's price levels something has rested on since they were last empty.
///
/// A market that falls touches prices all over its range; where they are empty again they cost memory and say nothing.
struct UsedPages: ~Copyable {
    private var marks: Pool<UInt8>
    /// Pages marked since memory was last given back.
    private var fresh = 0
    /// Levels before the first one in its page, and levels in a page.
    private let offset: Int
    private static var size: Int { Pool<OrderBook.Level>.page / MemoryLayout<OrderBook.Level>.stride }

    init(of levels: borrowing Pool<OrderBook.Level>) {
        offset = levels.offsetInPage / MemoryLayout<OrderBook.Level>.stride
        marks = Pool(zeroed: (levels.capacity + offset) / Self.size + 1)
    }

    @inline(__always)
    mutating func mark(_ price: Int) {
        let page = (price &+ offset) / Self.size
        if marks[page] == 0 {
            marks[page] = 1
            fresh &+= 1
        }
    }

    /// Fewer are not worth a call to the system.
    private static var worthwhile: Int { 128 }

    /// Returns the memory of marked pages on which nothing rests any more, once many have been marked; and how many prices
    /// lie on them.
    mutating func giveBackEmpty(
        _ levels: inout Pool<OrderBook.Level>, _ occupied: borrowing PriceBitmap
    ) -> Int {
        guard fresh >= Self.worthwhile else { return 0 }
        fresh = 0
        var prices = 0
        var empty = 0..<0
        for page in 0..<marks.capacity where marks[page] != 0 {
            let start = max(0, page * Self.size - offset)
            let end = min(levels.capacity, (page + 1) * Self.size - offset)
            let next = occupied.next(above: start - 1)
            if next >= 0 && next < end { continue }
            marks[page] = 0
            prices += end - start
            if start == empty.upperBound {
                empty = empty.lowerBound..<end
            } else {
                levels.giveBack(empty)
                empty = start..<end
            }
        }
        levels.giveBack(empty)
        return prices
    }
}

extension OrderBook {
    /// Returns the memory of prices at which nothing rests, and how many they are. Changes nothing else that can be seen.
    @discardableResult
    public mutating func giveBackEmptyPrices() -> Int { usedPages.giveBackEmpty(&levels, occupied) }
}

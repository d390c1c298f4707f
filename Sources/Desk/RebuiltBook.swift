/// An order book made again from a feed of levels: a size is the new total of its price, zero removes it.
struct RebuiltBook {
    struct Name: Hashable, Comparable {
        var venue: String
        var symbol: String

        static func < (a: Name, b: Name) -> Bool { (a.venue, a.symbol) < (b.venue, b.symbol) }
    }
    private var bids: [Exact: (size: Exact, line: Int)] = [:]
    private var asks: [Exact: (size: Exact, line: Int)] = [:]
    /// Whether the last row was one of a snapshot, and whether there was any.
    private(set) var isInSnapshot = false
    private(set) var isOpen = false

    /// When the snapshot at hand was taken.
    private var snapshotAt = ""

    /// A snapshot begins the book anew: one that follows changes, and one of another time than the snapshot before.
    mutating func see(isSnapshot: Bool, at time: String) {
        if isSnapshot && (!isInSnapshot || time != snapshotAt) {
            snapshotAt = time
            bids = [:]
            asks = [:]
            isOpen = true
        }
        isInSnapshot = isSnapshot
    }

    mutating func set(isBid: Bool, _ price: Exact, to size: Exact, line: Int) {
        let level: (size: Exact, line: Int)? = size.isZero ? nil : (size, line)
        if isBid { bids[price] = level } else { asks[price] = level }
    }

    /// From the best price outwards, bids first.
    func levels(_ name: Name) -> [AccountBook.Level] {
        func side(_ levels: [Exact: (size: Exact, line: Int)], isBid: Bool) -> [AccountBook.Level] {
            levels.sorted { isBid ? $0.key > $1.key : $0.key < $1.key }.map {
                .init(
                    venue: name.venue, symbol: name.symbol, isBid: isBid, price: $0.key, size: $0.value.size,
                    line: $0.value.line)
            }
        }
        return side(bids, isBid: true) + side(asks, isBid: false)
    }
}

import Primitives

/// Copying a book, and hashing what it is under its names.
extension OrderBook {
    /// An independent book with the same orders under the same names.
    public init(copying other: borrowing OrderBook, as kind: CopyKind = .live) {
        maxTicks = other.maxTicks
        liveOrders = other.liveOrders
        orders = Pool(copying: other.orders, first: Int(other.nextUnused))
        let prices = kind == .kept ? 0 : Int(maxTicks) + 2
        levels = Pool(zeroed: prices)
        occupied = PriceBitmap(maxTicks: prices)
        usedPages = UsedPages(of: levels)
        bid = other.bid
        ask = other.ask
        firstFree = other.firstFree
        nextUnused = other.nextUnused
        preTouched = other.preTouched
        isKept = kind == .kept
        if kind == .kept {
            keptLevels = other.occupiedLevels()
        } else if other.isKept {
            for kept in other.keptLevels { fill(Int(kept.price), kept.level) }
        } else {
            other.forEachOccupied { fill($0, $1) }
        }
    }

    /// An empty level is all zero bytes.
    private mutating func fill(_ price: Int, _ level: Level) {
        levels[price] = level
        occupied.set(price)
        usedPages.mark(price)
    }

    private borrowing func occupiedLevels() -> [KeptLevel] {
        if isKept { return keptLevels }
        var all: [KeptLevel] = []
        forEachOccupied { all.append(KeptLevel(price: Int32($0), level: $1)) }
        return all
    }

    private borrowing func forEachOccupied(_ body: (Int, Level) -> Void) {
        var price = occupied.next(above: 0)
        while price >= 0 {
            body(price, levels[price])
            price = occupied.next(above: price)
        }
    }

    /// Adds every order with its name and its place in its queue, and the names that come next: more than `stateHash`, which
    /// every implementation shares.
    func combine(into hash: inout StateHash) {
        hash.combine(Int64(liveOrders), Int64(bid), Int64(ask))
        hash.combine(Int64(firstFree), Int64(nextUnused), 0)
        for slot in 1..<nextUnused {
            let node = orders[slot]
            hash.combine(
                node.lots, Int64(node.price) << 32 | Int64(node.account.rawValue),
                Int64(node.previous) << 32 | Int64(node.next))
            hash.combine(UInt64(node.generation) << 2 | (node.isSell ? 2 : 0) | (node.reduceOnly ? 1 : 0))
        }
    }
}

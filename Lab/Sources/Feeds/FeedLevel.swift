/// One price of a book with the quantity that rests there.
///
/// Units are the exchange's: a price in the quote currency per coin, a quantity in coins, or in contracts where the
/// exchange trades those (Binance coin-margined, OKX derivatives, Kraken futures).
public struct FeedLevel: Codable, Equatable, Sendable {
    public var price: FeedNumber
    /// In a change of a book, zero removes the level.
    public var quantity: FeedNumber

    public init(price: FeedNumber, quantity: FeedNumber) {
        self.price = price
        self.quantity = quantity
    }
}

/// One side of a book: every level, the best last, because changes are near the best.
struct FeedLadder {
    private(set) var levels: [FeedLevel] = []
    private let isBids: Bool

    init(isBids: Bool) { self.isBids = isBids }

    var best: FeedLevel? { levels.last }

    mutating func removeAll() { levels.removeAll(keepingCapacity: true) }

    /// False where a new level would be one more than `most`.
    mutating func set(_ level: FeedLevel, most: Int) -> Bool {
        var (low, high) = (0, levels.count)
        while low < high {
            let middle = (low + high) / 2
            let price = levels[middle].price
            if isBids ? price < level.price : price > level.price { low = middle + 1 } else { high = middle }
        }
        if low < levels.count, levels[low].price == level.price {
            if level.quantity == .zero {
                levels.remove(at: low)
            } else {
                levels[low].quantity = level.quantity
            }
            return true
        }
        if level.quantity == .zero { return true }
        guard levels.count < most else { return false }
        levels.insert(level, at: low)
        return true
    }

    /// A snapshot's levels in whatever order; of one price the last counts.
    mutating func replace(with new: [FeedLevel], most: Int) -> Bool {
        levels.removeAll(keepingCapacity: true)
        // Best last: where they come best first, each insertion would move all others.
        var whole = true
        for level in new.reversed() {
            // A later one of the same price stands already.
            if let last = levels.last, last.price == level.price { continue }
            whole = set(level, most: most) && whole
        }
        return whole
    }

    /// The best `count`, the best first.
    func top(_ count: Int) -> [FeedLevel] { levels.suffix(count).reversed() }
}

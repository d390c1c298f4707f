import Lending
import Primitives

/// What keepers see and want in one block.
struct KeeperView {
    /// Market prices by asset, dollars.
    var prices: [Double]
    var now: SimTime
    var gasUSD: Double
    var margin: Double
    var isStalled: Bool
    var byFullScan: Bool

    /// Whether coins bought for `paidUSD` can be sold for more than that and the gas. Not while there is no price.
    func pays(coins: Double, of asset: Int, paidUSD: Double) -> Bool {
        let price = prices[asset]
        guard MarketFeeds.isPrice(price) else { return false }
        return coins * price * (1 - margin) - paidUSD > gasUSD
    }
}

/// Finds unsafe borrowers through the index, or by its slow twin, which looks at everyone.
struct BorrowerSearch: ~Copyable {
    private var triggers: LendingTriggers
    /// Unsafe at the last search, ascending.
    private(set) var found: Buffer<Int32>

    init(_ book: borrowing some LendingBook & ~Copyable, weights: [Double]) {
        triggers = LendingTriggers(book, weights: weights)
        found = Buffer()
    }

    init(copying other: borrowing BorrowerSearch) {
        triggers = LendingTriggers(copying: other.triggers)
        found = Buffer(copying: other.found)
    }

    mutating func find(in book: borrowing some LendingBook & ~Copyable, byFullScan: Bool) {
        guard byFullScan else {
            triggers.findUnsafe(book, into: &found)
            return
        }
        found.removeAll()
        for borrower in LendingTriggers.unsafeByFullScan(book) {
            found.append(borrower)
            // The index may be used again later: whoever is liquidated must be filed anew.
            triggers.look(borrower)
        }
    }
}

/// What a protocol's liquidations have come to, in base units of its dollar token (rad on Maker).
struct LendingTally {
    var liquidated = UInt256.zero
    var badDebt = UInt256.zero
    var liquidations = 0

    func combine(into hash: inout StateHash) {
        hash.combine(liquidated)
        hash.combine(badDebt)
        hash.combine(liquidations)
    }
}

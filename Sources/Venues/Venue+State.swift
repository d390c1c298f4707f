import Clearing
import OrderBook
import Primitives

/// Copying a venue, and hashing what it is.
extension Venue {
    /// An independent venue with the same books, accounts and queues.
    public init(copying other: borrowing Venue, as kind: CopyKind = .live) {
        rulebook = other.rulebook
        house = ClearingHouse(copying: other.house, as: kind)
        vault = other.vault
        fund = other.fund
        books = FixedArray(copying: other.books) { TwinnedBook(copying: $0, as: kind) }
        triggerOrders = FixedArray(copying: other.triggerOrders) { TriggerOrders(copying: $0) }
        links = FixedArray(copying: other.links) { OrderLinks(copying: $0) }
        orderHeads = Pool(copying: other.orderHeads)
        bookEvents = Buffer(copying: other.bookEvents)
        lastTrades = Pool(copying: other.lastTrades)
        lowestTrades = Pool(copying: other.lowestTrades)
        tapes = Pool(copying: other.tapes)
        volumes = Pool(copying: other.volumes)
        isHalted = other.isHalted
        forcedConcession = other.forcedConcession
        absorber = other.absorber
        usesFullScan = other.usesFullScan
        prices = other.prices
        limits = Pool(copying: other.limits)
        queues = other.queues
        fundHistory = other.fundHistory
        knownFund = other.knownFund
        knownFundVersion = other.knownFundVersion
        fundResults = other.fundResults
        fundBestResults = other.fundBestResults
        feed = other.feed
        failing = Buffer(copying: other.failing)
        bookSleepers = FixedArray(copying: other.bookSleepers) { BookSleepers(copying: $0) }
        waterfallRatios = other.waterfallRatios
        fundSleepers = Buffer(copying: other.fundSleepers)
        counts = other.counts
        lastOrderValue = other.lastOrderValue
        marketCount = other.marketCount
    }

    /// A hash of everything that decides how the venue goes on.
    public func stateHash() -> StateHash {
        var hash = house.stateHash()
        hash.combine(isHalted)
        hash.combine(forcedConcession)
        for m in 0..<rulebook.markets.count {
            books[m].combine(into: &hash)
            triggerOrders[m].combine(into: &hash)
            links[m].combine(into: &hash)
            prices[m].combine(into: &hash)
            hash.combine(Int64(lastTrades[m]), Int64(lowestTrades[m]), tapes[m])
            volumes[m].combine(into: &hash)
            hash.combine(fundResults[m].micros, fundBestResults[m].micros, 0)
        }
        for list in 0..<bookSleepers.count { bookSleepers[list].combine(into: &hash) }
        hash.combine(each: fundSleepers) {
            $0.combine(Int64($1.scope.number), Int64($1.sleep), Int64($1.market))
        }
        queues.combine(into: &hash)
        fundHistory.combine(into: &hash)
        feed.combine(into: &hash)
        hash.combine(Int64(counts.orders), Int64(counts.cancels), Int64(counts.refused))
        hash.combine(Int64(counts.fills), Int64(counts.liquidationOrders), Int64(counts.cancelledForMargin))
        hash.combine(counts.liquidationRoundCapHit)
        return hash
    }
}

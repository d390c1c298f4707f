import Primitives
import Venues

/// Copying every venue, and hashing what they are.
extension Exchanges {
    /// Independent venues with the same books, accounts, transfers and prices.
    public init(copying other: borrowing Exchanges, as kind: CopyKind = .live) {
        perps = FixedArray(copying: other.perps) { Venue(copying: $0, as: kind) }
        spots = FixedArray(copying: other.spots) { SpotVenue(copying: $0, as: kind) }
        pools = other.pools
        names = other.names
        assets = other.assets
        reference = other.reference
        books = other.books
        booksOfAsset = other.booksOfAsset
        now = other.now
        threads = other.threads
        largestFirst = other.largestFirst
        views = Pool(copying: other.views)
        outages = other.outages
        breaker = other.breaker
        transferSeconds = other.transferSeconds
        transfers = other.transfers
        inTransit = other.inTransit
        newsWeight = other.newsWeight
        newsTime = other.newsTime
        seized = other.seized
        makersToHedgeUSD = other.makersToHedgeUSD
        arriving = other.arriving
    }

    /// A hash of everything that decides how the venues go on.
    public func stateHash() -> StateHash {
        var hash = StateHash()
        for p in 0..<perps.count { hash.combine(perps[p].stateHash().value) }
        for s in 0..<spots.count { hash.combine(spots[s].stateHash().value) }
        hash.combine(each: pools) { hash, pool in
            hash.combine(pool != nil)
            pool?.combine(into: &hash)
        }
        combineViews(into: &hash)
        hash.combine(each: outages) { hash, outage in
            hash.combine(StateHash.of(outage.kind.rawValue))
            hash.combine(Int64(outage.exchange.rawValue), outage.from.nanoseconds, outage.until.nanoseconds)
        }
        hash.combine(each: transfers) { $1.combine(into: &$0) }
        hash.combine(transferSeconds)
        if let breaker { breaker.combine(into: &hash) }
        hash.combine(each: seized) { hash, seized in
            hash.combine(seized.asset.index)
            hash.combine(seized.coins)
        }
        return hash
    }

    /// Adds what every agent sees of the assets and the news: few words, cheap enough for every minute.
    public func combineViews(into hash: inout StateHash) {
        hash.combine(now)
        for a in assetIDs { views[a].combine(into: &hash) }
        hash.combine(inTransit)
        hash.combine(newsWeight)
        hash.combine(newsTime)
        hash.combine(makersToHedgeUSD)
        for sum in arriving { sum.combine(into: &hash) }
    }
}

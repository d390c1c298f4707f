import Clearing
import Primitives
import Venues

/// What the world's step and its builder change, and no agent: a file must say `@_spi(World) import Exchanges` to reach it.
extension Exchanges {
    @_spi(World) public var worldPerps: FixedArray<Venue> {
        _read { yield perps }
        _modify { yield &perps }
    }

    @_spi(World) public var worldSpots: FixedArray<SpotVenue> {
        _read { yield spots }
        _modify { yield &spots }
    }

    @_spi(World) public var worldViews: Pool<AssetView> {
        _read { yield views }
        _modify { yield &views }
    }

    /// Begins a step at a time, to be worked off on so many threads.
    @_spi(World) public mutating func begin(at time: SimTime, threads: Int) {
        now = time
        self.threads = threads
        if largestFirst == nil {
            let sizes = (0..<perps.count).map { perps[$0].house.accountCount }
            largestFirst = sizes.indices.sorted {
                sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1
            }
        }
    }

    /// Works on every perpetual venue, several at once; each is given to one thread alone. The body may change what belongs to
    /// its venue and nothing else.
    @_spi(World) public mutating func eachPerpetual(_ body: @Sendable (VenueID, inout Venue) -> Void) {
        perps.forEach(threads: threads, order: largestFirst) { body(VenueID($0), &$1) }
    }

    /// Notes an announcement; the gravest so far counts.
    @_spi(World) public mutating func announce(weight: Double, at time: SimTime) {
        newsTime = time
        newsWeight = max(newsWeight, weight)
    }

    /// The lowest trade of a book since this was last asked, or nil if there was none.
    @_spi(World) public mutating func takeLowestTrade(_ book: BookID) -> Ticks? {
        let at = books[book]
        if at.isSpot { return spots[spot(at.exchange)].takeLowestTrade(at.market) }
        return perps[at.exchange].takeLowestTrade(at.market)
    }
}

import Clearing
import OrderBook
import Primitives
import Venues

/// One venue's books as whoever trades there sees them, whether it is a perpetual or a spot venue.
public protocol BookHost: ~Copyable {
    func unit(_ market: Int32) -> ContractUnit
    func maxTicks(_ market: Int32) -> Int32
    func bestBid(_ market: Int32) -> Ticks?
    func bestAsk(_ market: Int32) -> Ticks?
    /// Lots bought by takers less lots sold by them since the start.
    func tape(_ market: Int32) -> Int64
    func order(_ market: Int32, _ id: OrderID) -> RestingOrder?
    /// Lots an account holds: a position, or coins in a wallet.
    func holding(_ market: Int32, _ account: AccountID) -> Lots
    /// The allowed price at or below (a buy) or above (a sell) a price.
    func onGrid(_ market: Int32, _ price: Ticks, _ side: Side) -> Ticks
    mutating func place(_ market: Int32, _ order: NewOrder) -> SubmitResult
    mutating func remove(_ market: Int32, _ id: OrderID, of account: AccountID)
}

extension Venue: BookHost {
    public func unit(_ market: Int32) -> ContractUnit { house.unit(market) }
    public func maxTicks(_ market: Int32) -> Int32 { house.maxTicks(market) }
    public func holding(_ market: Int32, _ account: AccountID) -> Lots {
        house.find(account, market).map { house.position($0).lots } ?? .zero
    }
    public func onGrid(_ market: Int32, _ price: Ticks, _ side: Side) -> Ticks {
        rulebook.markets[Int(market)].priceGrid.rounded(price, for: side)
    }
    public mutating func place(_ market: Int32, _ order: NewOrder) -> SubmitResult { submit(market, order) }
    public mutating func remove(_ market: Int32, _ id: OrderID, of account: AccountID) {
        _ = cancel(market, id, account: account)
    }
}

extension SpotVenue: BookHost {
    public func unit(_ market: Int32) -> ContractUnit { markets[Int(market)].unit }
    public func maxTicks(_ market: Int32) -> Int32 { markets[Int(market)].maxTicks }
    public func holding(_ market: Int32, _ account: AccountID) -> Lots { ledger.coins(account, market) }
    public func onGrid(_ market: Int32, _ price: Ticks, _ side: Side) -> Ticks { price }
    public mutating func place(_ market: Int32, _ order: NewOrder) -> SubmitResult { submit(market, order) }
    public mutating func remove(_ market: Int32, _ id: OrderID, of account: AccountID) {
        _ = cancel(market, id, account: account)
    }
}

extension Exchanges {
    /// Lets whoever trades on many venues work on several of them at once; each venue is given to one thread alone, perpetual
    /// venues first. The bodies may change what belongs to their venue and nothing else.
    public mutating func sideBySide(
        perpetual: @Sendable (VenueID, inout Venue) -> Void,
        spot: @Sendable (VenueID, inout SpotVenue) -> Void
    ) {
        let first = perps.count
        perps.forEach(threads: threads, with: &spots) {
            perpetual(VenueID($0), &$1)
        } _: {
            spot(VenueID(first + $0), &$1)
        }
    }
}

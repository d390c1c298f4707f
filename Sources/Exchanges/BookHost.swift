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
    /// What an account that trades in this market alone has.
    func stake(_ market: Int32, _ account: AccountID) -> Stake
    /// Micro-dollars that it has more than it had, coins at a price: what it has earned.
    func gain(_ market: Int32, _ account: AccountID, since start: Stake, coinUSD: Double) -> Money
    /// The allowed price at or below (a buy) or above (a sell) a price.
    func onGrid(_ market: Int32, _ price: Ticks, _ side: Side) -> Ticks
    mutating func place(_ market: Int32, _ order: NewOrder) -> SubmitResult
    mutating func remove(_ market: Int32, _ id: OrderID, of account: AccountID)
}

/// What an account that trades in one market alone has: equity or cash in the ledger's units, and lots of coins in a wallet.
public struct Stake: BitwiseCopyable, Sendable {
    public var cash: Money
    public var coins = Lots.zero
}

extension Venue: BookHost {
    public func stake(_ market: Int32, _ account: AccountID) -> Stake {
        Stake(cash: house.equity(of: account))
    }

    /// Equity at the mark; of a ledger of coins, the coins it has more.
    public func gain(_ market: Int32, _ account: AccountID, since start: Stake, coinUSD: Double) -> Money {
        let more = house.equity(of: account) - start.cash
        guard house.settlement.isCoin else { return more }
        return Money(micros: Int64((house.settlement.amount(more) * coinUSD * 1e6).rounded()))
    }

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
    public func stake(_ market: Int32, _ account: AccountID) -> Stake {
        Stake(cash: ledger.cash(account), coins: ledger.coins(account, market))
    }

    /// Dollars it has more, and the coins it has more at the price: those that it began with earn nothing.
    public func gain(_ market: Int32, _ account: AccountID, since start: Stake, coinUSD: Double) -> Money {
        let coins = markets[Int(market)].unit.coins(ledger.coins(account, market) - start.coins)
        return ledger.cash(account) - start.cash + Money(micros: Int64((coins * coinUSD * 1e6).rounded()))
    }

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

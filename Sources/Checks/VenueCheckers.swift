import Clearing
import OrderBook
import Primitives
import Venues

/// What must hold of a venue after every command, re-derived from scratch.
public enum VenueCheckers {
    /// What is broken, or nil.
    public static func check(_ venue: inout Venue) -> String? {
        let running = venue.house.runningZeroSum()
        if !running.holds { return "the running zero-sum line is \(running.imbalance)" }
        if running != venue.house.zeroSum() { return "the running audit and the sum from scratch differ" }
        if let text = reservations(venue) { return text }
        for market in 0..<Int32(venue.rulebook.markets.count) {
            if let bid = venue.bestBid(market), let ask = venue.bestAsk(market), bid >= ask {
                return "the book of market \(market) is crossed"
            }
        }
        return index(&venue)
    }

    /// As long as one of the venue's own accounts has never held a position, its cash is what it began with and what its
    /// flows say.
    static func funds(_ venue: borrowing Venue, capital: Money) -> String? {
        for account in [venue.fund, venue.vault] {
            guard let account, venue.house.account(account).firstPosition == 0 else { continue }
            let flows = venue.house.flows(of: account)
            let expected = capital + flows.received - flows.paid - flows.leftOwing
            let cash = venue.house.account(account).cash
            if cash != expected {
                return "account \(account) of the venue has \(cash), its flows say \(expected)"
            }
        }
        return nil
    }

    /// Where both sides of a fill are looked at, nobody is left without a position and below zero.
    static func debts(_ venue: borrowing Venue) -> String? {
        guard venue.rulebook.fillCheck == .bothSides else { return nil }
        for account in venue.house.accountIDs where venue.house.account(account).kind == .trader {
            if venue.house.openPositions(.cross(account)).isEmpty, venue.house.account(account).cash < .zero {
                return "account \(account) has no position and owes \(venue.house.account(account).cash)"
            }
        }
        return nil
    }

    /// The reserved notional of an account's positions in a market (two in hedge mode) equals what the book holds.
    private static func reservations(_ venue: borrowing Venue) -> String? {
        struct Key: Hashable {
            var account: AccountID
            var market: Int32
        }
        struct Held: Equatable {
            var bids: Int64 = 0
            var asks: Int64 = 0
        }
        var books: [Key: Held] = [:]
        for market in 0..<Int32(venue.rulebook.markets.count) {
            let unit = venue.rulebook.markets[Int(market)].spec.unit
            for side in [Side.buy, .sell] {
                for order in venue.orders(market, side) where !order.reduceOnly {
                    // Of an inverse contract each lot is worth face × units / price, rounded up.
                    let price = Int64(order.price.count)
                    let perLot =
                        unit.isInverse
                        ? (unit.microsPerTickLot + price - 1) / price : unit.microsPerTickLot * price
                    let key = Key(account: order.account, market: market)
                    if side == .buy {
                        books[key, default: Held()].bids += perLot * order.lots.count
                    } else {
                        books[key, default: Held()].asks += perLot * order.lots.count
                    }
                }
            }
        }
        var reserved: [Key: Held] = [:]
        for p in 1..<venue.house.positionEnd {
            let position = venue.house.position(p)
            let key = Key(account: position.account, market: position.market)
            if position.bidNotional != .zero || position.askNotional != .zero {
                reserved[key, default: Held()].bids += position.bidNotional.micros
                reserved[key, default: Held()].asks += position.askNotional.micros
            }
            if position.lots == .zero && position.cost != .zero { return "flat position \(p) keeps a cost" }
            if position.leg == .long && position.lots < .zero
                || position.leg == .short && position.lots > .zero
            {
                return "a leg of hedge mode changed sides: position \(p)"
            }
        }
        if reserved != books {
            let key = Set(books.keys).union(reserved.keys).first { books[$0] != reserved[$0] }!
            return
                "account \(key.account) reserves \(String(describing: reserved[key])) in market \(key.market)"
                + " but the book holds \(String(describing: books[key]))"
        }
        for market in 0..<Int32(venue.rulebook.markets.count)
        where venue.house.openInterest(market) != venue.house.openInterestByFullScan(market) {
            return "the running open interest of market \(market) is off"
        }
        return nil
    }

    /// The index finds whom the full scan finds, but for those who sleep or owe; and nobody sleeps whom the book would take.
    private static func index(_ venue: inout Venue) -> String? {
        var found = Buffer<MarginScope>()
        venue.house.scopesToLiquidate(into: &found)
        for i in 0..<found.count { venue.house.retry(found[i]) }
        let scanned = Set(venue.house.scopesToLiquidateByFullScan())
        let indexed = Set(found.elements)
        let waiting = Set(venue.house.sleepers + venue.house.unpaidScopes)
        if let odd = indexed.subtracting(scanned).union(scanned.subtracting(indexed.union(waiting))).min() {
            return
                "\(venue.rulebook.name): the index found \(indexed.count) failing scopes, \(waiting.count) wait,"
                + " the full scan finds \(scanned.count); first difference \(odd) with \(venue.house.margin(odd))"
        }
        if let odd = venue.sleeperThatCouldAct(byBook: true) {
            return "\(venue.rulebook.name): \(odd) sleeps, and the book would take of it"
        }
        return nil
    }
}

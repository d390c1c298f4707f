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

    /// The reserved notional of every position equals what the book holds for it.
    private static func reservations(_ venue: borrowing Venue) -> String? {
        var bids: [Int32: Money] = [:]
        var asks: [Int32: Money] = [:]
        for market in 0..<Int32(venue.rulebook.markets.count) {
            let unit = venue.rulebook.markets[Int(market)].spec.unit
            for side in [Side.buy, .sell] {
                for order in venue.orders(market, side) where !order.reduceOnly {
                    guard let p = venue.house.find(order.account, market) else {
                        return "an order without a position"
                    }
                    let value = unit.notional(order.lots, at: order.price)
                    if side == .buy {
                        bids[p, default: .zero] += value
                    } else {
                        asks[p, default: .zero] += value
                    }
                }
            }
        }
        for p in 1..<venue.house.positionEnd {
            let position = venue.house.position(p)
            if position.bidNotional != bids[p] ?? .zero || position.askNotional != asks[p] ?? .zero {
                return "position \(p) reserves \(position.bidNotional), \(position.askNotional)"
                    + " but the book holds \(bids[p] ?? .zero), \(asks[p] ?? .zero)"
            }
            if position.lots == .zero && position.cost != .zero { return "flat position \(p) keeps a cost" }
        }
        return nil
    }

    /// The index finds whom the full scan finds.
    private static func index(_ venue: inout Venue) -> String? {
        var found = Buffer<MarginScope>()
        venue.house.scopesToLiquidate(into: &found)
        let scanned = venue.house.scopesToLiquidateByFullScan()
        let indexed = found.elements
        if indexed != scanned {
            return "the index found \(indexed.count) failing scopes, the full scan \(scanned.count)"
        }
        return nil
    }
}

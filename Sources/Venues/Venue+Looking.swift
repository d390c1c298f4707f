import Clearing
import OrderBook
import Primitives

/// What may be seen of a venue's books.
extension Venue {
    public func bestBid(_ market: Int32) -> Ticks? { books[Int(market)].bestBid }
    public func bestAsk(_ market: Int32) -> Ticks? { books[Int(market)].bestAsk }
    public func tape(_ market: Int32) -> Int64 { tapes[market] }
    /// What takers have bought and sold since the start.
    public func volume(_ market: Int32) -> TakerVolume { volumes[market] }
    public func oracle(_ market: Int32) -> Double { prices[Int(market)].oracle }
    public func lastTrade(_ market: Int32) -> Ticks? {
        lastTrades[market] > 0 ? Ticks(lastTrades[market]) : nil
    }
    /// The lowest trade since this was last asked, or nil if there was none.
    public mutating func takeLowestTrade(_ market: Int32) -> Ticks? {
        defer { lowestTrades[market] = .max }
        return lowestTrades[market] == .max ? nil : Ticks(lowestTrades[market])
    }
    public func fundingRate(_ market: Int32) -> Rate { prices[Int(market)].lastRate }
    public func liveOrders(_ market: Int32) -> Int { books[Int(market)].liveOrders }
    public func order(_ market: Int32, _ id: OrderID) -> RestingOrder? { books[Int(market)].order(id) }
    public func orders(_ market: Int32, _ side: Side) -> [RestingOrder] { books[Int(market)].orders(side) }
    public func levels(_ market: Int32, _ side: Side, limit: Int) -> [PriceLevel] {
        books[Int(market)].levels(side, limit: limit)
    }

    /// Dollars resting within `basisPoints` of the mid on one side.
    public func depth(_ market: Int32, _ side: Side, withinBasisPoints bp: Int64) -> Money {
        let book = Int(market)
        guard let bid = books[book].bestBid, let ask = books[book].bestAsk else { return .zero }
        let lots = books[book].depth(side, withinBasisPoints: bp)
        return house.unit(Int32(book)).notional(
            lots, at: Ticks((Int(bid.count) + Int(ask.count)) / 2))
    }
}

import OrderBook
import Primitives
import Venues

/// A fixed set of resting orders that an agent keeps at wanted prices and sizes.
///
/// An order is touched only when its price must change or its size is off by more than a tenth, so that quiet
/// seconds cost no messages.
struct Quotes {
    private struct Slot {
        var id = OrderID.none
        var price = Ticks(0)
        var lots = Lots.zero
    }
    private var slots: [Slot]
    let account: Int32
    let market: Int32

    init(count: Int, account: Int32, market: Int32) {
        slots = Array(repeating: Slot(), count: count)
        self.account = account
        self.market = market
    }

    /// What is left of a quote; zero if it is gone.
    func remaining(_ i: Int, _ venue: borrowing Venue) -> Lots {
        slots[i].id == .none ? .zero : venue.order(market, slots[i].id)?.lots ?? .zero
    }

    /// Brings quote `i` to a price and size; zero lots withdraw it.
    mutating func set(
        _ i: Int, _ side: Side, _ lots: Lots, at price: Ticks, remaining: Lots, _ venue: inout Venue
    ) {
        let grid = venue.rulebook.markets[Int(market)].priceGrid
        let wanted = grid.rounded(price, for: side)
        if remaining > .zero {
            let isClose = abs(lots.count - remaining.count) * 10 <= lots.count
            if wanted == slots[i].price && isClose { return }
            _ = venue.cancel(market, slots[i].id, account: account)
        }
        slots[i] = Slot()
        guard lots > .zero, wanted.count > 0 else { return }
        let result = venue.submit(
            market,
            NewOrder(
                side, lots, at: wanted, account: account, timeInForce: .postOnly, selfTrade: .cancelMaker))
        if result.resting != .none { slots[i] = Slot(id: result.resting, price: wanted, lots: lots) }
    }
}

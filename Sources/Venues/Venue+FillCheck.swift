import Clearing
import OrderBook
import Primitives

/// Margins looked at again when orders fill, on the venues whose rules say so.
extension Venue {
    enum FillAnswer {
        /// With this resting order, or with none that need be asked about.
        case fills(OrderID)
        case restingOrderGoes, orderGoes
    }

    /// The answer for the order that would trade first, asked before matching begins: most orders meet no other, and need not
    /// stop. Orders that may be refused whole, own and reduce-only orders are asked about when matching comes to them.
    @inline(__always)
    mutating func askAtTheTouch(
        _ market: Int32, _ position: Int32, _ order: NewOrder, isForced: Bool
    ) -> FillAnswer {
        guard order.timeInForce == .goodTillCancel || order.timeInForce == .immediateOrCancel,
            let touch = books[Int(market)].first(order.side.opposite),
            order.side == .buy ? touch.price <= order.limit : touch.price >= order.limit,
            touch.account != order.account, !touch.reduceOnly
        else { return .fills(.none) }
        return askBeforeFill(market, position, order, touch.id, isForced: isForced)
    }

    /// Looks at both accounts' margins as they would be after the next fill: see `FillCheck`.
    mutating func askBeforeFill(
        _ market: Int32, _ position: Int32, _ order: NewOrder, _ id: OrderID, isForced: Bool
    ) -> FillAnswer {
        guard let resting = books[Int(market)].order(id) else { return .restingOrderGoes }
        let signed = Lots(min(order.lots, resting.lots).count * order.side.sign)
        let check = rulebook.fillCheck
        if !isForced && !house.allowsFill(position, signed, at: resting.price, isTaker: true, check) {
            counts.cancelledForMargin += 1
            return .orderGoes
        }
        let maker = links[Int(market)].position(id)
        if house.allowsFill(maker, -signed, at: resting.price, isTaker: false, check) { return .fills(id) }
        counts.cancelledForMargin += 1
        _ = withdrawOrder(market, id, resting.account)
        return .restingOrderGoes
    }
}

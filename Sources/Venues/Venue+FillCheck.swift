import Clearing
import OrderBook
import Primitives

/// Margins looked at again when orders fill, on the venues whose rules say so.
extension Venue {
    enum FillAnswer { case fills, restingOrderGoes, orderGoes }

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
        if house.allowsFill(maker, -signed, at: resting.price, isTaker: false, check) { return .fills }
        counts.cancelledForMargin += 1
        _ = withdrawOrder(market, id, resting.account)
        return .restingOrderGoes
    }
}

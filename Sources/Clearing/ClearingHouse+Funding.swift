import Primitives

extension ClearingHouse {
    /// Settles one funding payment: each holder pays the notional at `price` × `rate` (longs pay shorts when positive).
    ///
    /// Each payment is rounded against its account; what that leaves over stays in `roundingPot`.
    ///
    /// - Returns: the sum paid by the paying side.
    @discardableResult
    public mutating func settleFunding(_ market: Int32, rate: Rate, at price: Ticks) -> Money {
        var paid = Money.zero
        for i in 0..<positionsByMarket[Int(market)].count {
            let id = positionsByMarket[Int(market)][i]
            let p = positions[id]
            guard p.lots != .zero else { continue }
            let value = valueOf(market, p.lots.count, price.count)
            let payment = Money(micros: units[market] > 0 ? value : -value).timesUp(rate)
            if p.isolated { positions[id].margin -= payment } else { accounts[p.account].cash -= payment }
            roundingPot += payment
            if p.account == watchedAccount { noteFunding(id, payment, rate: rate) }
            if payment > .zero { paid += payment }
            look(scope(of: id))
        }
        return paid
    }
}

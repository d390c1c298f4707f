import Primitives

extension ClearingHouse {
    /// Notional that a resting order reserves: additive over its fills. Of an inverse contract each lot is rounded up.
    @inline(__always)
    public func orderValue(_ market: Int32, _ lots: Int64, _ price: Int32) -> Int64 {
        let unit = units[market]
        return unit > 0 ? lots * Int64(price) * unit : lots * mulDivUp(-unit, 1, Int64(price))
    }

    /// Reserves (or, with negative lots, releases) the notional of a resting order.
    @inline(__always)
    public mutating func reserve(_ position: Int32, _ side: Side, _ lots: Lots, at price: Ticks) {
        let value = orderValue(positions[position].market, lots.count, price.count)
        if side == .buy {
            positions[position].bidNotional.micros += value
        } else {
            positions[position].askNotional.micros += value
        }
    }

    /// Settles one fill of a resting order by an incoming one, with fees; both sides exactly.
    ///
    /// - Parameter takerPays: whether the incoming order pays the taker fee.
    @inline(__always)
    public mutating func settle(
        maker: Int32, taker: Int32, takerSide: Side, _ lots: Lots, at price: Ticks, takerPays: Bool = true
    ) {
        let market = Int(positions[maker].market)
        let signed = Lots(lots.count * takerSide.sign)
        let ofMaker = book(maker, -signed, at: price)
        let ofTaker = book(taker, signed, at: price)
        let value = Money(micros: valueOf(Int32(market), lots.count, price.count)).magnitude
        let makerFee = value.timesUp(numbers[market].makerFee)
        let takerFee = takerPays ? value.timesUp(numbers[market].takerFee) : .zero
        collect(fee: makerFee, from: maker)
        collect(fee: takerFee, from: taker)
        if watchedAccount != .nobody {
            noteFill(maker, -signed, at: price, fee: makerFee, realised: ofMaker, isMaker: true)
            noteFill(taker, signed, at: price, fee: takerFee, realised: ofTaker, isMaker: false)
        }
    }
}

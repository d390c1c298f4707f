import Primitives

extension OrderBook {
    /// The worst price an immediate order would pay, walking no further than it must; the limit if the book
    /// runs out first, nil if nothing would fill.
    @inline(__always)
    public func worstPrice(_ side: Side, _ lots: Lots, limit: Ticks) -> Ticks? {
        guard let touch = side == .buy ? bestAsk : bestBid,
            side == .buy ? touch <= limit : touch >= limit
        else { return nil }
        if self.lots(at: touch) >= lots { return touch }
        return walk(side, lots, from: touch, limit: limit)
    }

    @inline(never)
    private func walk(_ side: Side, _ lots: Lots, from touch: Ticks, limit: Ticks) -> Ticks {
        var left = lots - self.lots(at: touch)
        var price = touch
        while left > .zero {
            guard let next = nextPrice(side.opposite, beyond: price),
                side == .buy ? next <= limit : next >= limit
            else { return limit }
            price = next
            left = left - self.lots(at: next)
        }
        return price
    }
}

import Primitives

/// Depth and sweep cost from the levels' totals alone, without a look at the orders.
extension OrderBook {
    /// Lots resting within `basisPoints` of the mid on one side; zero when either side is empty.
    public func depth(_ side: Side, withinBasisPoints basisPoints: Int64) -> Lots {
        guard let bid = bestBid, let ask = bestAsk else { return .zero }
        let twiceMid = Int64(bid.count) + Int64(ask.count)
        var total = Lots.zero
        var price: Ticks? = side == .buy ? bid : ask
        while let here = price, abs(2 * Int64(here.count) - twiceMid) * 10_000 <= twiceMid * basisPoints {
            total = total + self.lots(at: here)
            price = nextPrice(side, beyond: here)
        }
        return total
    }

    /// What an immediate order of `lots` would trade and pay, without touching the book.
    ///
    /// - Returns: lots that would fill, the sum of price × lots in tick-lots, and the last price reached.
    public func sweep(_ side: Side, _ lots: Lots) -> (filled: Lots, tickLots: Int64, worst: Ticks?) {
        var left = lots
        var cost: Int64 = 0
        var worst: Ticks?
        var price = side == .buy ? bestAsk : bestBid
        while let here = price, left > .zero {
            let part = min(left, self.lots(at: here))
            cost += part.count * Int64(here.count)
            left = left - part
            worst = here
            price = nextPrice(side.opposite, beyond: here)
        }
        return (lots - left, cost, worst)
    }

    /// Lots resting on a side up to a price, from the best.
    public func lots(_ side: Side, upTo limit: Ticks) -> Lots {
        var total = Lots.zero
        var price = side == .buy ? bestBid : bestAsk
        while let here = price, side == .buy ? here >= limit : here <= limit {
            total = total + lots(at: here)
            price = nextPrice(side, beyond: here)
        }
        return total
    }

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

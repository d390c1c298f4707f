import Primitives

/// The price of one market at which a scope would be liquidated, every other mark unchanged.
extension ClearingHouse {
    /// Where equity meets maintenance margin, in ticks, not rounded; both legs of hedge mode share it. The near side is
    /// where the scope's profit falls. Nil if no positive price does it.
    ///
    /// Equity less maintenance is linear in pieces in the price (in 1 / price for an inverse contract), so the last
    /// secant of the bisection lies within one piece and is exact but for floating point.
    public func liquidationPrice(_ position: Int32) -> Double? {
        solve(position) { excess($0, $1, $2) }
    }

    /// A price of the only position of a failing scope from which on it surely does not fail, at most a few ticks beyond the
    /// first such one; nil where that takes more than a division (inverse contracts, collateral in other assets).
    public func priceOfHealth(_ position: Int32) -> Int32? {
        let p = positions[position]
        guard units[p.market] > 0, convention.closingFee != .atBankruptcy,
            p.isolated || accounts[p.account].firstPosition == position && p.next == 0
        else { return nil }
        let margin = margin(scope(of: position))
        let missing = Double((margin.maintenance - margin.equity).micros) + 4
        let rate = convention.basis == .mark ? maintenanceRates(position).high : 0
        // A short's maintenance falls with the price that helps it.
        let perTick = Double(p.lots.magnitude.count * units[p.market]) * (p.lots > .zero ? 1 - rate : 1)
        guard perTick > 0, missing > 0 else { return nil }
        let ticks = (missing / perTick).rounded(.up) + 1
        let price = Double(marks[p.market]) + (p.lots > .zero ? ticks : -ticks)
        // Bounds of maintenance hold up to twice the notional.
        guard price > 0, price < 2 * Double(marks[p.market]) else { return nil }
        return Int32(price)
    }

    /// Where equity is zero, in ticks, not rounded. Nil if no positive price does it.
    ///
    /// - Parameter afterFee: the position is closed with its market's taker fee out of the same equity.
    public func bankruptcyPriceUnrounded(_ position: Int32, afterFee: Bool = false) -> Double? {
        let p = positions[position]
        guard p.lots != .zero else { return nil }
        let scope = scope(of: position)
        let rest = margin(scope).equity - unrealised(position)
        let fee = afterFee ? takerFee(p.market).value : 0
        let notional = MarginConvention.notionalAtBankruptcy(
            cost: Double(p.cost.micros), rest: Double(rest.micros), fee: fee)
        guard notional > 0 else { return nil }
        let perLot = Double(abs(units[p.market])) * Double(p.lots.magnitude.count)
        return units[p.market] > 0 ? notional / perLot : perLot / notional
    }

    /// The first price, moving from the mark against the position, at which the scope is liquidated: one tick nearer
    /// it is left alone. Decided by the exact test. Nil if no quotable price does it; the mark itself if it fails now.
    public mutating func liquidationTick(_ position: Int32) -> Ticks? {
        let market = positions[position].market
        let here = marks[market]
        let highest = numbers[market].maxTicks
        if fails(position, at: here) { return Ticks(here) }
        guard let solved = liquidationPrice(position) else { return nil }
        let falls = solved < Double(here)
        let step: Int32 = falls ? -1 : 1
        guard solved > 0, solved < Double(highest) + 1 else { return nil }
        var tick = Int32(falls ? solved.rounded(.up) : solved.rounded(.down))
        tick = min(max(tick, 1), highest)
        // The estimate is off by a few units of rounding at most.
        while tick != here, fails(position, at: tick) { tick -= step }
        while tick >= 1, tick <= highest, !fails(position, at: tick) { tick += step }
        return tick >= 1 && tick <= highest ? Ticks(tick) : nil
    }

    /// Whether the position's scope would be below maintenance with its market's mark at `tick`.
    private mutating func fails(_ position: Int32, at tick: Int32) -> Bool {
        let market = positions[position].market
        let saved = marks[market]
        marks[market] = tick
        defer { marks[market] = saved }
        let state = margin(scope(of: position))
        return state.equity < state.maintenance
    }

    private func solve(_ position: Int32, _ f: (MarginScope, Int32, Double) -> Double) -> Double? {
        let p = positions[position]
        guard p.lots != .zero else { return nil }
        let scope = scope(of: position)
        let inverse = units[p.market] < 0
        // x is what value is linear in.
        func price(_ x: Double) -> Double { inverse ? 1 / x : x }
        let start = price(Double(marks[p.market]))
        let atStart = f(scope, p.market, start)
        let step = start * 1e-6
        let slope = f(scope, p.market, start + step) - f(scope, p.market, start - step)
        if slope == 0 { return nil }
        // Towards falling excess when there is some, towards rising excess when it is negative already.
        let up = (slope < 0) == (atStart >= 0)
        var near = start
        var far = start
        for _ in 0..<200 {
            near = far
            far = up ? far * 2 : far / 2
            if (f(scope, p.market, far) < 0) == (atStart >= 0) { break }
        }
        if (f(scope, p.market, far) < 0) != (atStart >= 0) {
            // Downwards zero itself may be the last chance.
            guard !up, !inverse, (f(scope, p.market, 0) < 0) == (atStart >= 0) else { return nil }
            far = 0
        }
        for _ in 0..<60 {
            let middle = (near + far) / 2
            if (f(scope, p.market, middle) < 0) == (atStart >= 0) { far = middle } else { near = middle }
        }
        // One secant over a span wide enough that rounding does not matter, if it lies within one piece.
        let width = max(abs(near), 1e-300) * 1e-4
        let a = near - width
        let b = near + width
        let (fa, fm, fb) = (f(scope, p.market, a), f(scope, p.market, near), f(scope, p.market, b))
        let isStraight = abs((fb - fm) - (fm - fa)) <= 1e-7 * abs(fb - fa)
        let x = isStraight && fb != fa ? a - fa * (b - a) / (fb - fa) : (near + far) / 2
        return x > 0 ? price(x) : nil
    }

    /// Equity less maintenance margin with the market at `x` (1 / price for an inverse contract): `margin` in real
    /// numbers.
    private func excess(_ scope: MarginScope, _ market: Int32, _ x: Double) -> Double {
        var equity = Double(
            (scope.isolatedPosition.map { positions[$0].margin } ?? accounts[scope.crossAccount].cash).micros)
        var maintenance = 0.0
        func value(_ p: Int32) -> Double {
            guard positions[p].market == market else { return Double(self.value(p).micros) }
            return Double(positions[p].lots.count) * Double(units[market]) * x
        }
        forEachOpen(scope) { p in
            let m = Int(positions[p].market)
            let v = value(p)
            if collateralShares[m] != 0 {
                equity += v * (Double(collateralShares[m]) * 1e-12)
                return
            }
            equity += v - Double(positions[p].cost.micros)
            let measured = convention.basis == .mark ? abs(v) : Double(positions[p].cost.magnitude.micros)
            let members = accounts[positions[p].account].members
            maintenance +=
                Double(members)
                * table.maintenance(
                    m, notional: measured / Double(members),
                    lots: positions[p].lots.magnitude.count / Int64(members))
        }
        if convention.closingFee == .atBankruptcy && scope.isolatedPosition == nil {
            forEachOpen(scope) { p in
                guard collateralShares[positions[p].market] == 0 else { return }
                let cost = Double(positions[p].cost.micros)
                let fee = takerFee(positions[p].market).value
                let closing = MarginConvention.notionalAtBankruptcy(
                    cost: cost, rest: equity - (value(p) - cost), fee: fee)
                maintenance += fee * max(0, closing)
            }
        }
        return equity - maintenance
    }
}

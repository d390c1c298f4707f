import Primitives

/// Equity, maintenance and initial margin, exact at the current marks.
extension ClearingHouse {
    /// What a position is margined with.
    @inline(__always)
    public func scope(of position: Int32) -> MarginScope {
        positions[position].isolated
            ? .isolated(position: position) : .cross(positions[position].account)
    }

    public func account(of scope: MarginScope) -> Int32 {
        scope.isolatedPosition.map { positions[$0].account } ?? scope.raw
    }

    /// Calls `body` with every open position of a scope, in the account's order.
    @inline(__always)
    func forEachOpen(_ scope: MarginScope, _ body: (Int32) -> Void) {
        if let p = scope.isolatedPosition {
            if positions[p].lots != .zero { body(p) }
            return
        }
        var p = accounts[scope.raw].firstPosition
        while p != 0 {
            if positions[p].lots != .zero && !positions[p].isolated { body(p) }
            p = positions[p].next
        }
    }

    /// The open positions of a scope.
    public func openPositions(_ scope: MarginScope) -> [Int32] {
        var found: [Int32] = []
        forEachOpen(scope) { found.append($0) }
        return found
    }

    /// Signed notional of a position at the mark.
    @inline(__always)
    public func value(_ position: Int32) -> Money {
        let market = positions[position].market
        return Money(micros: positions[position].lots.count * Int64(marks[market]) * units[market])
    }

    /// Profit of a position at the mark that is not realised.
    public func unrealised(_ position: Int32) -> Money { value(position) - positions[position].cost }

    /// Equity and maintenance margin of a scope.
    @inline(__always)
    public func margin(_ scope: MarginScope) -> MarginState {
        var state = MarginState()
        state.equity = scope.isolatedPosition.map { positions[$0].margin } ?? accounts[scope.raw].cash
        forEachOpen(scope) { p in
            let value = value(p)
            state.equity += value - positions[p].cost
            state.notional += value.magnitude
            state.maintenance += table.maintenance(Int(positions[p].market), value.magnitude)
        }
        return state
    }

    /// Equity of a scope alone, at a fraction of the cost of `margin`.
    @inline(__always)
    func equity(_ scope: MarginScope) -> Money {
        var equity = scope.isolatedPosition.map { positions[$0].margin } ?? accounts[scope.raw].cash
        forEachOpen(scope) { p in equity += value(p) - positions[p].cost }
        return equity
    }

    /// Initial margin of a position and its resting orders: of the largest exposure any of them could bring,
    ///
    ///     max(|n|, n + bids, -n + asks)   with n the signed notional at the mark,
    ///
    /// at the chosen leverage or the venue's tier, whichever asks more.
    @inline(__always)
    func initialMargin(_ position: Int32, addingBid bid: Money = .zero, addingAsk ask: Money = .zero) -> Money
    {
        let p = positions[position]
        let n = value(position)
        let exposure = max(n.magnitude, n + p.bidNotional + bid, p.askNotional + ask - n)
        return max(
            Money(micros: mulDivUp(exposure.micros, 1, Int64(p.leverage))),
            table.initial(Int(p.market), exposure))
    }

    /// Equity of the cross positions less the initial margin of everything that draws on it. Resting orders of
    /// an isolated market draw on the account's cash until they fill.
    public func freeMargin(_ account: Int32) -> Money { freeMargin(account, besides: 0) }

    private func freeMargin(_ account: Int32, besides excluded: Int32) -> Money {
        var free = accounts[account].cash
        var p = accounts[account].firstPosition
        while p != 0 {
            let position = positions[p]
            if position.isolated {
                if p != excluded && position.bidNotional + position.askNotional > .zero {
                    free -= isolatedOrderMargin(p)
                }
            } else {
                if position.lots != .zero { free += value(p) - position.cost }
                let idle = position.lots == .zero && position.bidNotional + position.askNotional == .zero
                if p != excluded && !idle { free -= initialMargin(p) }
            }
            p = position.next
        }
        return free
    }

    /// What the orders of an isolated market need on top of what the position already has.
    private func isolatedOrderMargin(
        _ p: Int32, addingBid bid: Money = .zero, addingAsk ask: Money = .zero
    ) -> Money {
        let held = positions[p].lots == .zero ? .zero : initialMargin(p, exposureOfPositionOnly: true)
        return max(.zero, initialMargin(p, addingBid: bid, addingAsk: ask) - held)
    }

    private func initialMargin(_ position: Int32, exposureOfPositionOnly: Bool) -> Money {
        let p = positions[position]
        let n = value(position).magnitude
        return max(Money(micros: mulDivUp(n.micros, 1, Int64(p.leverage))), table.initial(Int(p.market), n))
    }

    /// Whether an account can carry one more order: the initial margin check before acceptance.
    ///
    /// An order that asks for no more initial margin than before always passes. Otherwise the free margin must
    /// cover the initial margin, the taker fee and what the order would lose at once against the mark.
    ///
    /// - Parameter price: the price the order could pay at worst.
    @inline(__always)
    public func canCarry(_ position: Int32, _ side: Side, _ lots: Lots, at price: Ticks) -> Bool {
        let p = positions[position]
        let (notional, overflow) = lots.count.multipliedReportingOverflow(
            by: Int64(price.count) * units[p.market])
        if overflow || notional > Int64.max / 8 { return false }
        let bid = side == .buy ? Money(micros: notional) : .zero
        let ask = side == .sell ? Money(micros: notional) : .zero
        let needed: Money
        if p.isolated {
            needed = isolatedOrderMargin(position, addingBid: bid, addingAsk: ask)
            if needed <= isolatedOrderMargin(position) { return true }
        } else {
            needed = initialMargin(position, addingBid: bid, addingAsk: ask)
            if needed <= initialMargin(position) { return true }
        }
        let fee = Money(micros: notional).timesUp(takerFee(p.market))
        let atMark = Money(micros: lots.count * Int64(marks[p.market]) * units[p.market])
        let openLoss = max(.zero, side == .buy ? bid - atMark : atMark - ask)
        return freeMargin(p.account, besides: position) >= needed + fee + openLoss
    }

    /// Cash that may leave: what exceeds both the initial margin and `notionalFloor` × cross notional.
    public func withdrawable(_ account: Int32, notionalFloor: Rate) -> Money {
        let state = margin(.cross(account))
        let free = min(freeMargin(account), state.equity - state.notional.timesUp(notionalFloor))
        // Unrealised profit cannot be paid out as cash that is not there.
        return max(.zero, min(free, accounts[account].cash))
    }
}

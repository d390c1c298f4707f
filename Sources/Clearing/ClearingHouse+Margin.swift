import Primitives

/// Equity, maintenance and initial margin, exact at the current marks.
extension ClearingHouse {
    /// What a position is margined with.
    @inline(__always)
    public func scope(of position: Int32) -> MarginScope {
        positions[position].isolated
            ? .isolated(position: position) : .cross(positions[position].account)
    }

    public func account(of scope: MarginScope) -> AccountID {
        scope.isolatedPosition.map { positions[$0].account } ?? scope.crossAccount
    }

    /// What margins an account's positions: the cross scope, and each isolated position that is open.
    public func scopes(of account: AccountID) -> [MarginScope] {
        var found = [MarginScope.cross(account)]
        var p = accounts[account].firstPosition
        while p != 0 {
            if positions[p].isolated && positions[p].lots != .zero { found.append(.isolated(position: p)) }
            p = positions[p].next
        }
        return found
    }

    /// Calls `body` with every open position of a scope, in the account's order.
    @inline(__always)
    func forEachOpen(_ scope: MarginScope, _ body: (Int32) -> Void) {
        if let p = scope.isolatedPosition {
            if positions[p].lots != .zero { body(p) }
            return
        }
        var p = accounts[scope.crossAccount].firstPosition
        while p != 0 {
            if positions[p].lots != .zero && !positions[p].isolated { body(p) }
            p = positions[p].next
        }
    }

    /// The open contract positions of a scope.
    public func openPositions(_ scope: MarginScope) -> [Int32] {
        var found: [Int32] = []
        forEachOpen(scope) { if collateralShares[positions[$0].market] == 0 { found.append($0) } }
        return found
    }

    /// Whether assets other than the settlement currency stand behind a scope: their marks move the prices at which it fails.
    public func holdsCollateral(_ scope: MarginScope) -> Bool {
        var holds = false
        forEachOpen(scope) { if collateralShares[positions[$0].market] != 0 { holds = true } }
        return holds
    }

    /// What a position is worth at the mark: profit is its change. Its sign is that of the lots, the opposite for an
    /// inverse contract.
    @inline(__always)
    public func value(_ position: Int32) -> Money {
        let market = positions[position].market
        return Money(micros: valueOf(market, positions[position].lots.count, marks[market]))
    }

    /// Notional of a position at the mark, signed like its lots.
    @inline(__always)
    public func notional(_ position: Int32) -> Money {
        units[positions[position].market] > 0 ? value(position) : -value(position)
    }

    /// Profit of a position at the mark that is not realised.
    public func unrealised(_ position: Int32) -> Money { value(position) - positions[position].cost }

    /// Equity and maintenance margin of a scope.
    @inline(__always)
    public func margin(_ scope: MarginScope) -> MarginState {
        var state = MarginState()
        state.equity =
            scope.isolatedPosition.map { positions[$0].margin } ?? accounts[scope.crossAccount].cash
        forEachOpen(scope) { p in
            let value = value(p)
            let market = Int(positions[p].market)
            if collateralShares[market] != 0 {
                state.equity += collateralValue(value, market)
                return
            }
            state.equity += value - positions[p].cost
            state.notional += value.magnitude
            let measured = convention.basis == .mark ? value.magnitude : positions[p].cost.magnitude
            state.maintenance += table.maintenance(
                market, measured, positions[p].lots.magnitude, members: accounts[positions[p].account].members
            )
        }
        if convention.closingFee == .atBankruptcy && scope.isolatedPosition == nil {
            state.maintenance += closingFees(scope, equity: state.equity)
        }
        return state
    }

    /// What a holding counts for: its value less the haircut, rounded down.
    @inline(__always)
    func collateralValue(_ value: Money, _ market: Int) -> Money {
        Money(micros: mulDivDown(value.micros, collateralShares[market], Rate.one.pico))
    }

    private func closingFees(_ scope: MarginScope, equity: Money) -> Money {
        var fees = Money.zero
        forEachOpen(scope) { p in
            let position = positions[p]
            if collateralShares[position.market] != 0 { return }
            fees += MarginConvention.feeAtBankruptcy(
                cost: position.cost, rest: equity - unrealised(p), fee: takerFee(position.market))
        }
        return fees
    }

    /// Equity of a scope alone, at a fraction of the cost of `margin`.
    @inline(__always)
    func equity(_ scope: MarginScope) -> Money {
        var equity = scope.isolatedPosition.map { positions[$0].margin } ?? accounts[scope.crossAccount].cash
        forEachOpen(scope) { p in
            let market = Int(positions[p].market)
            equity +=
                collateralShares[market] == 0
                ? value(p) - positions[p].cost : collateralValue(value(p), market)
        }
        return equity
    }

    /// Equity of an account: the cross scope's and that of each isolated position.
    public func equity(of account: AccountID) -> Money {
        var sum = equity(.cross(account))
        var p = accounts[account].firstPosition
        while p != 0 {
            if positions[p].isolated { sum += equity(.isolated(position: p)) }
            p = positions[p].next
        }
        return sum
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
        let n = notional(position)
        let exposure = max(n.magnitude, n + p.bidNotional + bid, p.askNotional + ask - n)
        return initialMargin(p, exposure)
    }

    /// Equity of the cross positions less the initial margin of everything that draws on it. Resting orders of
    /// an isolated market draw on the account's cash until they fill.
    public func freeMargin(_ account: AccountID) -> Money { freeMargin(account, besides: 0) }

    func freeMargin(_ account: AccountID, besides excluded: Int32) -> Money {
        var free = accounts[account].cash
        var p = accounts[account].firstPosition
        while p != 0 {
            let position = positions[p]
            if position.isolated {
                if p != excluded && position.bidNotional + position.askNotional > .zero {
                    free -= isolatedOrderMargin(p)
                }
            } else if collateralShares[position.market] != 0 {
                free += collateralValue(value(p), Int(position.market))
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
        initialMargin(positions[position], value(position).magnitude)
    }

    /// Notional at the chosen leverage or the venue's tier, whichever asks more. Rows by lots and rates per lot take the
    /// lots that the exposure stands for at the mark.
    @inline(__always)
    func initialMargin(_ p: Position, _ exposure: Money) -> Money {
        let m = Int(p.market)
        var lots = p.lots.magnitude
        if !table.dependsOnNotionalAlone(m) {
            let one = max(1, abs(valueOf(p.market, 1, marks[p.market])))
            lots = max(lots, Lots(mulDivUp(exposure.micros, 1, one)))
        }
        let asked =
            table.initial(m, exposure, lots, members: accounts[p.account].members)
            + exposure.timesUp(Rate(pico: initialSurcharges[m]))
        return max(Self.initialMargin(exposure, leverage: p.leverage), asked)
    }

    /// Initial margin of a notional at a leverage, rounded up: what an isolated position sets aside.
    @inline(__always)
    public static func initialMargin(_ notional: Money, leverage: UInt8) -> Money {
        Money(micros: mulDivUp(notional.micros, 1, Int64(leverage)))
    }

    /// Notional that may rest on one side of one market: 72 bn dollars, 7.2 million coins.
    static let mostResting = Int64.max / 128

    /// Whether an account can carry one more order: the initial margin check before acceptance.
    ///
    /// An order that asks for no more initial margin than before always passes. Otherwise the free margin must
    /// cover the initial margin, the taker fee and what the order would lose at once against the mark.
    ///
    /// - Parameter price: the price the order could pay at worst.
    @inline(__always)
    public func canCarry(_ position: Int32, _ side: Side, _ lots: Lots, at price: Ticks) -> Bool {
        let p = positions[position]
        let perLot = orderValue(p.market, 1, price.count)
        let (notional, overflow) = lots.count.multipliedReportingOverflow(by: perLot)
        // What rests on one side of one market stays so small that sums over an account's markets cannot overflow.
        let resting = side == .buy ? p.bidNotional.micros : p.askNotional.micros
        if overflow || notional > Self.mostResting - resting { return false }
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
        var fee = Money(micros: notional).timesUp(takerFee(p.market))
        if convention.closingFee == .atBankruptcy {
            fee += closingFeeReserve(p.market, side, Money(micros: notional), leverage: p.leverage)
        }
        // An order far below the mark may be worth more there than the ledger holds.
        let (atMark, tooLarge) = lots.count.multipliedReportingOverflow(
            by: orderValue(p.market, 1, marks[p.market]))
        if tooLarge { return false }
        // A linear contract loses when bought above the mark; the notional of an inverse one falls with the price.
        let above = Money(micros: notional - atMark)
        let openLoss = max(.zero, (side == .buy) == (units[p.market] > 0) ? above : -above)
        return freeMargin(p.account, besides: position) >= needed + fee + openLoss
    }

    /// The taker fee to close at the bankruptcy price of a new position with the initial margin of its leverage: what Bybit
    /// reserves with an order.
    public func closingFeeReserve(
        _ market: Int32, _ side: Side, _ notional: Money, leverage: UInt8
    ) -> Money {
        let margin = Self.initialMargin(notional, leverage: leverage)
        // The value of a long falls to the bankruptcy price, of an inverse long rises to it.
        let grows = (side == .sell) == (units[market] > 0)
        return (grows ? notional + margin : notional - margin).timesUp(takerFee(market))
    }

    /// Cash that may leave: what exceeds both the initial margin and `notionalFloor` × cross notional.
    public func withdrawable(_ account: AccountID, notionalFloor: Rate) -> Money {
        let state = margin(.cross(account))
        let free = min(freeMargin(account), state.equity - state.notional.timesUp(notionalFloor))
        // Unrealised profit cannot be paid out as cash that is not there.
        return max(.zero, min(free, accounts[account].cash))
    }
}

import Primitives

/// The stages of the waterfall that move positions and money inside the house.
extension ClearingHouse {
    /// What the waterfall must know of a failing scope.
    public func predicament(_ scope: MarginScope, hasOrders: Bool, fund: Int32?) -> Predicament {
        var largest = Money.zero
        forEachOpen(scope) { largest = max(largest, value($0).magnitude) }
        let state = state(scope)
        return Predicament(
            margin: margin(scope), largestPosition: largest, hasOrders: hasOrders,
            isHouse: accounts[account(of: scope)].kind != .trader, triedPartial: state.triedPartial,
            inCooldown: now < state.cooldownUntil, fundEquity: fund.map { margin(.cross($0)).equity } ?? .zero)
    }

    /// Notes that a partial liquidation was tried and when the next order may go out.
    public mutating func startCooldown(_ scope: MarginScope, seconds: Double) {
        let until = now.adding(seconds: seconds)
        update(scope) {
            $0.triedPartial = true
            $0.cooldownUntil = until
        }
    }

    public func isInLiquidation(_ position: Int32) -> Bool {
        state(scope(of: position)).inLiquidation
    }

    /// Moves a scope's positions, at the mark, and all its collateral to the vault or the fund.
    ///
    /// With the collateral moving along, the taker's cost is the bankruptcy price exactly, whatever the tick.
    public mutating func takeOver(_ scope: MarginScope, by taker: Int32, as kind: ClearingEvent.Kind) {
        let reason = margin(scope)
        let owner = account(of: scope)
        for p in openPositions(scope) {
            let market = positions[p].market
            let signed = -positions[p].lots
            let price = mark(market)
            var event = ClearingEvent(kind, at: now, account: owner)
            event.market = market
            event.counterparty = taker
            event.lots = signed
            event.price = price
            event.amount = Money(micros: signed.count * Int64(price.count) * units[market])
            // What the trader loses is the collateral that goes with the position, not the notional.
            event.loss = p == openPositions(scope).first ? reason.equity : .zero
            event.equity = reason.equity
            event.maintenance = reason.maintenance
            let target = positionID(taker, market)
            book(p, signed, at: price)
            book(target, -signed, at: price)
            events.append(event)
        }
        add(-reason.equity, toFlat: scope)
        accounts[taker].cash += reason.equity
        look(.cross(taker))
    }

    /// Changes the balance of a scope without positions. A closed isolated position has handed what was left
    /// above zero to the account's cash and kept what was left below.
    private mutating func add(_ amount: Money, toFlat scope: MarginScope) {
        if let p = scope.isolatedPosition, positions[p].margin < .zero {
            positions[p].margin += amount
        } else {
            accounts[account(of: scope)].cash += amount
        }
        look(scope)
        look(.cross(account(of: scope)))
    }

    /// Makes up an account's negative balance from the vault or, as far as it reaches, the fund.
    public mutating func payDeficit(of scope: MarginScope, from payer: Int32, as kind: ClearingEvent.Kind) {
        let owner = account(of: scope)
        let reason = margin(scope)
        var payment = -reason.equity
        if kind == .fundPayment { payment = min(payment, accounts[payer].cash) }
        guard payment > .zero else { return }
        accounts[payer].cash -= payment
        look(.cross(payer))
        add(payment, toFlat: scope)
        var event = ClearingEvent(kind, at: now, account: owner)
        event.counterparty = payer
        event.amount = payment
        event.equity = reason.equity
        event.maintenance = reason.maintenance
        events.append(event)
    }

    /// Charges an account's negative balance to everyone's unrealised profit, in proportion; exact, with the
    /// remainder of the division charged one unit each in account order. Beyond all profit it is bad debt.
    public mutating func socialise(_ scope: MarginScope) {
        let owner = account(of: scope)
        let deficit = -margin(scope).equity
        guard deficit > .zero else { return }
        var winners: [(position: Int32, profit: Int64)] = []
        var total: Int64 = 0
        for p in 1..<positionEnd where positions[p].lots != .zero {
            let profit = unrealised(p).micros
            if profit > 0 && positions[p].account != owner {
                winners.append((p, profit))
                total += profit
            }
        }
        let charged = min(deficit.micros, total)
        var shares = winners.map { mulDivDown(charged, $0.profit, max(total, 1)) }
        var left = charged - shares.reduce(0, +)
        for i in shares.indices where left > 0 && shares[i] < winners[i].profit {
            shares[i] += 1
            left -= 1
        }
        for (winner, share) in zip(winners, shares) where share > 0 {
            let payer = positions[winner.position].account
            if positions[winner.position].isolated {
                positions[winner.position].margin.micros -= share
                look(.isolated(position: winner.position))
            } else {
                accounts[payer].cash.micros -= share
                look(.cross(payer))
            }
            add(Money(micros: share), toFlat: scope)
            var event = ClearingEvent(.socialisedLoss, at: now, account: payer)
            event.counterparty = owner
            event.amount = Money(micros: share)
            event.loss = Money(micros: share)
            events.append(event)
        }
        if charged < deficit.micros {
            var event = ClearingEvent(.badDebt, at: now, account: owner)
            event.amount = deficit - Money(micros: charged)
            events.append(event)
        }
    }

    /// The price at which closing the position leaves the scope's equity at zero, other marks unchanged, to the
    /// tick in the scope's favour.
    public func bankruptcyPrice(_ position: Int32) -> Ticks {
        let p = positions[position]
        precondition(p.lots != .zero, "a flat position has no bankruptcy price")
        let equity = margin(scope(of: position)).equity.micros
        let perTick = p.lots.magnitude.count * units[p.market]
        let mark = Int64(marks[p.market])
        let price = p.lots > .zero ? mark - mulDivDown(equity, 1, perTick) : mark + mulDivDown(equity, 1, perTick)
        return Ticks(Int(min(max(price, 1), Int64(markets[Int(p.market)].maxTicks))))
    }
}

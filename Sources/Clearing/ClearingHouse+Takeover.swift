import Primitives

/// The stages of the waterfall that move positions and money inside the house.
extension ClearingHouse {
    /// What the waterfall must know of a failing scope.
    public func predicament(_ scope: MarginScope, hasOrders: Bool, fund: FundState) -> Predicament {
        let state = state(scope)
        var p = Predicament(
            margin: margin(scope), hasOrders: hasOrders,
            isHouse: accounts[account(of: scope)].kind != .trader, triedPartial: state.triedPartial,
            inCooldown: state.times != 0 && now < failingScopes[state.times].cooldownEnd)
        p.fund = fund
        forEachOpen(scope) { id in
            let position = positions[id]
            let market = Int(position.market)
            let notional = value(id).magnitude
            if collateralShares[market] != 0 {
                p.owesAgainstCollateral = accounts[position.account].cash < .zero
                return
            }
            p.largestPosition = max(
                p.largestPosition, Money(micros: notional.micros / Int64(accounts[position.account].members)))
            p.highestRow = max(p.highestRow, marginRow(id))
            let fee = convention.closingFee == .atMark ? takerFee(position.market) : .zero
            p.firstRowMaintenance += notional.timesUp(
                markets[market].schedule.tiers[0].maintenanceRate + fee)
            if scope.isolatedPosition == nil, position.leg == .long,
                let short = find(position.account, position.market, .short), positions[short].lots != .zero,
                !positions[short].isolated
            {
                p.isHedged = true
            }
        }
        return p
    }

    /// Whether a scope's equity covers its maintenance margin.
    public func isMargined(_ scope: MarginScope) -> Bool {
        let state = margin(scope)
        return state.equity >= state.maintenance
    }

    /// Equity and notional of an account of the house.
    public func fundState(_ fund: AccountID) -> FundState {
        let held = margin(.cross(fund))
        return FundState(equity: held.equity, notional: held.notional)
    }

    /// Closes the two legs of every hedged market of a cross scope against each other at the mark.
    public mutating func netHedgedLegs(_ scope: MarginScope) {
        for long in openPositions(scope) where positions[long].leg == .long {
            let p = positions[long]
            guard let short = find(p.account, p.market, .short), positions[short].lots != .zero,
                !p.isolated, !positions[short].isolated
            else { continue }
            let lots = min(p.lots, positions[short].lots.magnitude)
            book(long, -lots, at: mark(p.market))
            book(short, lots, at: mark(p.market))
            var event = ClearingEvent(.legsNetted, at: now, account: p.account)
            event.market = p.market
            event.lots = lots
            event.price = mark(p.market)
            event.amount = numbers[p.market].unit.notional(lots, at: mark(p.market))
            events.append(event)
        }
    }

    /// Moves a forced order's fee from what margins a position to the insurance fund.
    public mutating func chargeLiquidationFee(
        _ position: Int32, on value: Money, _ fee: Rate, atMost most: Money, to fund: AccountID
    ) {
        let amount = min(value.timesUp(fee), most)
        guard amount > .zero else { return }
        take(amount, from: position, to: fund)
        var event = ClearingEvent(.liquidationFee, at: now, account: positions[position].account)
        event.market = positions[position].market
        event.counterparty = fund
        event.amount = amount
        events.append(event)
    }

    /// Moves money from what margins a position (its account's cash once it is closed) to a house account; negative
    /// the other way.
    mutating func take(_ amount: Money, from position: Int32, to taker: AccountID) {
        let p = positions[position]
        if p.isolated && (p.lots != .zero || p.margin < .zero) {
            positions[position].margin -= amount
        } else {
            accounts[p.account].cash -= amount
        }
        accounts[taker].cash += amount
        note(amount, of: taker)
        houseVersion &+= 1
        look(scope(of: position))
        look(.cross(p.account))
        look(.cross(taker))
    }

    /// Notes that a partial liquidation was tried and when the next order may go out.
    public mutating func startCooldown(_ scope: MarginScope, seconds: Double) {
        update(scope) { $0.triedPartial = true }
        failingScopes[timesRow(scope)].cooldownEnd = now.adding(seconds: seconds)
    }

    public func isInLiquidation(_ position: Int32) -> Bool {
        state(scope(of: position)).inLiquidation
    }

    /// Moves a scope's positions, at the mark, and all its collateral to the vault or the fund.
    ///
    /// With the collateral moving along, the taker's cost is the bankruptcy price exactly, whatever the tick.
    public mutating func takeOver(_ scope: MarginScope, by taker: AccountID, as kind: ClearingEvent.Kind) {
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
            event.amount = numbers[market].unit.notional(signed, at: price)
            event.equity = reason.equity
            event.maintenance = reason.maintenance
            let target = positionID(taker, market)
            // Against cost, at the mark; the collateral that goes along is `equity`.
            event.loss = -book(p, signed, at: price)
            book(target, -signed, at: price)
            events.append(event)
        }
        let held = moveCollateral(scope, to: taker)
        add(held - reason.equity, toFlat: scope)
        accounts[taker].cash += reason.equity - held
        note(reason.equity, of: taker)
        look(.cross(taker))
        guard reason.equity != .zero else { return }
        var event = ClearingEvent(.equityTakenOver, at: now, account: owner)
        event.counterparty = taker
        event.amount = reason.equity
        event.equity = reason.equity
        event.maintenance = reason.maintenance
        events.append(event)
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
    public mutating func payDeficit(of scope: MarginScope, from payer: AccountID, as kind: ClearingEvent.Kind)
    {
        let owner = account(of: scope)
        let reason = margin(scope)
        var payment = -reason.equity
        if kind == .fundPayment { payment = min(payment, accounts[payer].cash) }
        guard payment > .zero else { return }
        accounts[payer].cash -= payment
        note(-payment, of: payer)
        look(.cross(payer))
        add(payment, toFlat: scope)
        var event = ClearingEvent(kind, at: now, account: owner)
        event.counterparty = payer
        event.amount = payment
        event.equity = reason.equity
        event.maintenance = reason.maintenance
        events.append(event)
    }

    /// Makes up a negative balance at the winners' cost; `chargeSocialisedLoss` collects before the step ends.
    public mutating func socialise(_ scope: MarginScope) {
        let deficit = -margin(scope).equity
        guard deficit > .zero else { return }
        add(deficit, toFlat: scope)
        uncollectedLoss += deficit
    }

    /// Charges what was socialised since the last call to everyone's unrealised profit, in proportion; exact, with
    /// the remainder of the division charged one unit each in order of opening. Beyond all profit it is bad debt,
    /// which the venue's fund account, or failing that the rounding pot, is left owing.
    public mutating func chargeSocialisedLoss(badDebtTo fund: AccountID?) {
        guard uncollectedLoss > .zero else { return }
        var winners: [(position: Int32, profit: Int64)] = []
        var total: Int64 = 0
        for p in 1..<positionEnd where positions[p].lots != .zero {
            // Traders' contracts only: a holding of collateral is no profit, the fund is no winner.
            let isTraders = accounts[positions[p].account].kind == .trader
            let profit = unrealised(p).micros
            guard isTraders, collateralShares[positions[p].market] == 0, profit > 0 else { continue }
            winners.append((p, profit))
            total += profit
        }
        let charged = min(uncollectedLoss.micros, total)
        var shares = winners.map { mulDivDown(charged, $0.profit, max(total, 1)) }
        var left = charged - shares.reduce(0, +)
        for i in shares.indices where left > 0 && shares[i] < winners[i].profit {
            shares[i] += 1
            left -= 1
        }
        for (winner, share) in zip(winners, shares) where share > 0 {
            let p = winner.position
            if positions[p].isolated {
                positions[p].margin.micros -= share
            } else {
                accounts[positions[p].account].cash.micros -= share
            }
            look(scope(of: p))
            var event = ClearingEvent(.socialisedLoss, at: now, account: positions[p].account)
            event.market = positions[p].market
            event.amount = Money(micros: share)
            event.loss = Money(micros: share)
            events.append(event)
        }
        let unpaid = uncollectedLoss - Money(micros: charged)
        uncollectedLoss = .zero
        guard unpaid > .zero else { return }
        if let fund {
            accounts[fund].cash -= unpaid
            if accounts[fund].kind == .fund { fundFlows.leftOwing += unpaid }
            look(.cross(fund))
        } else {
            roundingPot -= unpaid
        }
        var event = ClearingEvent(.badDebt, at: now, account: fund ?? .nobody)
        event.amount = unpaid
        events.append(event)
    }

    /// The price at which closing the position leaves the scope's equity at zero, other marks unchanged, to the
    /// tick in the scope's favour.
    public func bankruptcyPrice(_ position: Int32) -> Ticks {
        let p = positions[position]
        precondition(p.lots != .zero, "a flat position has no bankruptcy price")
        let equity = margin(scope(of: position)).equity.micros
        let unit = units[p.market]
        let highest = Int64(numbers[p.market].maxTicks)
        let mark = Int64(marks[p.market])
        let price: Int64
        if unit > 0 {
            let perTick = p.lots.magnitude.count * unit
            let distance = mulDivDown(equity, 1, perTick)
            price = p.lots > .zero ? mark - distance : mark + distance
        } else {
            // |value| may grow by the equity for a long, shrink by it for a short.
            let value = abs(value(position).micros)
            let atBankruptcy = p.lots > .zero ? value + equity : value - equity
            if atBankruptcy <= 0 {
                price = highest
            } else if p.lots > .zero {
                price = mulDivUp(p.lots.magnitude.count, -unit, atBankruptcy)
            } else {
                price = mulDivDown(p.lots.magnitude.count, -unit, atBankruptcy)
            }
        }
        return Ticks(Int(min(max(price, 1), highest)))
    }
}

import Clearing
import OrderBook
import Primitives

/// The waterfall, carried out: who is below maintenance, and what the rulebook does about it.
extension Venue {
    /// Tests margins through the trigger index and takes every failing scope through the waterfall as far as
    /// its rules allow at this moment.
    ///
    /// Forced orders move other accounts, so scopes fail in rounds; a round ends when no new one has failed.
    ///
    /// - Parameter maxRounds: the cap on rounds; reaching it is reported by `counts`.
    /// - Returns: scopes found failing, over all rounds.
    @discardableResult
    public mutating func liquidateFailing(maxRounds: Int = 64) -> Int {
        defer { house.chargeSocialisedLoss(badDebtTo: fund) }
        if let fund, house.now.seconds / 60 != fundHistory.lastMinute {
            fundHistory.sample(house.fundState(fund).equity, at: house.now)
        }
        if isHalted { return 0 }
        house.wakeDue()
        wakeByFund()
        if house.hasUnpaid, let payer = fund ?? vault {
            house.resumeUnpaid(means: min(house.account(payer).cash, currentFund(payer).equity))
        }
        var found = 0
        beginWaking()
        for round in 0..<maxRounds {
            wakeByBook()
            house.scopesToLiquidate(into: &failing)
            if usesFullScan {
                checkAgainstFullScan()
                if round == 0 { checkSleepers(sleeperThatCouldAct(byBook: false)) }
                if failing.isEmpty { checkSleepers(sleeperThatCouldAct(byBook: true)) }
            }
            if failing.isEmpty { return found }
            found += failing.count
            for i in 0..<failing.count {
                if let wait = liquidate(failing[i]) {
                    sleep(failing[i], wait)
                } else {
                    house.retry(failing[i])
                }
            }
            if round == maxRounds - 1 { counts.liquidationRoundCapHit += 1 }
        }
        return found
    }

    private func checkAgainstFullScan() {
        let found = Set(failing.elements)
        let waiting = Set(house.sleepers + house.unpaidScopes)
        let scanned = Set(house.scopesToLiquidateByFullScan())
        precondition(
            found.isSubset(of: scanned) && scanned.isSubset(of: found.union(waiting)),
            "\(rulebook.name): the index found \(found.count) failing scopes and \(waiting.count) wait, the full scan finds \(scanned.count)"
        )
    }

    /// Takes one failing scope down the list of stages. Nil if any stage acted, or what it waits for.
    private mutating func liquidate(_ scope: MarginScope) -> Wait? {
        var tried = -1
        var acted = false
        // A stage that should act and found nobody to act with is tried again at the next step.
        var foundNobody = false
        while true {
            var predicament = house.predicament(scope, hasOrders: hasOrders(scope), fund: FundState())
            let threshold = predicament.isHouse ? Money.zero : predicament.margin.maintenance
            if predicament.margin.equity >= threshold { return nil }
            switch decide(scope, &predicament, after: tried) {
            case .waits(var wait):
                if acted { return nil }
                if foundNobody { wait.until = house.now }
                return wait
            case .stage(let stage):
                if carryOut(rulebook.waterfall.stages[stage], scope, predicament) {
                    acted = true
                    // One part at a time: what is still failing comes back in the next round.
                    if case .partialLiquidation(let rule) = rulebook.waterfall.stages[stage], rule.repeats {
                        return nil
                    }
                } else if !rulebook.waterfall.stages[stage].usesBook {
                    foundNobody = true
                }
                tried = stage
            }
        }
    }

    /// Carries out one stage; false if it changed nothing (an empty book).
    private mutating func carryOut(
        _ stage: WaterfallStage, _ scope: MarginScope, _ predicament: Predicament
    ) -> Bool {
        let logged = house.events.count
        switch stage {
        case .cancelOrders:
            return cancelOrders(scope, predicament.margin)
        case .convertCollateral:
            guard let buyer = fund ?? vault else { return false }
            return house.convertCollateral(scope, buyer: buyer)
        case .netHedgedLegs:
            house.netHedgedLegs(scope)
        case .fillableLiquidation(let rule):
            return offer(scope, rule, predicament.margin)
        case .partialLiquidation(let rule):
            return liquidatePart(scope, rule, predicament.margin)
        case .fullLiquidation(let rule):
            var traded = false
            for p in house.openPositions(scope) {
                if traded && !rule.closesAll && house.isMargined(scope) { break }
                let lots = house.position(p).lots.magnitude
                let order = ForcedOrder(lots: lots, limit: rule.limit, fee: rule.fee)
                if force(p, order, .fullLiquidation, predicament.margin) { traded = true }
            }
            return traded
        case .backstopVault:
            guard let vault else { return false }
            if predicament.hasPositions {
                publish(scope)
                house.takeOver(scope, by: vault, as: .vaultTakeover)
            } else {
                house.payDeficit(of: scope, from: vault, as: .vaultPayment)
            }
        case .insuranceFund(let rule):
            guard let fund else { return false }
            if predicament.hasPositions {
                takeOver(scope, by: fund, rule)
            } else {
                house.payDeficit(of: scope, from: fund, as: .fundPayment)
            }
        case .autoDeleveraging(let rule):
            queues.deleverage(scope, by: rule, fund: predicament.fund, in: &house)
            if feed.rule.showsDeleveraged { publishDeleveraged(from: logged) }
        case .socialisedLoss:
            house.socialise(scope)
            return true
        }
        // Whatever moved is in the log: a fund without cash pays nothing.
        return house.events.count > logged
    }

    /// A takeover is a liquidation to the outside: every position of a trader's goes to the public feed.
    private mutating func publish(_ scope: MarginScope) {
        for p in house.openPositions(scope) {
            let position = house.position(p)
            guard house.account(position.account).kind == .trader else { continue }
            feed.liquidated(
                market: position.market, isLong: position.lots > .zero, value: house.value(p).magnitude,
                at: house.now)
        }
    }

    /// The failing trader's side of every deleveraging logged from an event on.
    private mutating func publishDeleveraged(from first: Int) {
        for i in first..<house.events.count where house.events[i].kind == .deleveraging {
            let event = house.events[i]
            guard house.account(event.account).kind == .trader else { continue }
            feed.liquidated(
                market: event.market, isLong: event.lots < .zero, value: event.amount.magnitude,
                at: house.now)
        }
    }

    func hasOrders(_ scope: MarginScope) -> Bool {
        if let p = scope.isolatedPosition { return hasOrders(position: p) }
        var p = house.account(house.account(of: scope)).firstPosition
        while p != 0 {
            if hasOrders(position: p) && !house.position(p).isolated { return true }
            p = house.position(p).next
        }
        return false
    }

    /// Every position of a scope, flat ones with resting orders included.
    private func scopePositions(_ scope: MarginScope) -> [Int32] {
        if let p = scope.isolatedPosition { return [p] }
        var found: [Int32] = []
        var p = house.account(house.account(of: scope)).firstPosition
        while p != 0 {
            if !house.position(p).isolated { found.append(p) }
            p = house.position(p).next
        }
        return found
    }

    private mutating func cancelOrders(_ scope: MarginScope, _ reason: MarginState) -> Bool {
        var cancelled = 0
        for p in scopePositions(scope) { cancelled += cancelAll(position: p) }
        var event = ClearingEvent(.ordersCancelled, at: house.now, account: house.account(of: scope))
        event.market = scope.isolatedPosition.map { house.position($0).market } ?? -1
        event.lots = Lots(Int64(cancelled))
        event.equity = reason.equity
        event.maintenance = reason.maintenance
        house.events.append(event)
        return cancelled > 0
    }

    /// A forced order: immediate or cancel, or whole or not at all.
    private struct ForcedOrder {
        var lots: Lots
        var limit = FullLiquidation.PriceLimit.any
        /// In place of `limit`: the worst price.
        var worst: Ticks?
        var fillsWhole = false
        var fee = Rate.zero
    }

    private mutating func liquidatePart(
        _ scope: MarginScope, _ rule: PartialLiquidation, _ reason: MarginState
    ) -> Bool {
        var traded = false
        for p in house.openPositions(scope)
        where house.value(p).magnitude > rule.above && house.marginRow(p) >= rule.fromRow {
            // What the position before has brought may be enough.
            if rule.stopsWhenMargined && traded && house.isMargined(scope) { break }
            let taker = house.takerFee(house.position(p).market)
            let order = ForcedOrder(
                lots: house.liquidationLots(p, rule.size, fee: rule.fee + taker), limit: rule.limit,
                fillsWhole: rule.fillsWhole, fee: rule.fee)
            if order.lots > .zero && force(p, order, .partialLiquidation, reason) { traded = true }
        }
        // Who goes on in parts and was offered nothing waits for the book, not for the clock.
        if !rule.repeats || traded && rule.cooldownSeconds > 0 {
            house.startCooldown(scope, seconds: rule.cooldownSeconds)
        }
        return traded
    }

    /// The fund takes a scope over at its bankruptcy price and, where it does so, sells at once.
    private mutating func takeOver(_ scope: MarginScope, by fund: AccountID, _ rule: InsuranceFund) {
        let taken = house.openPositions(scope).map { house.position($0) }
        publish(scope)
        let before = house.fundState(fund).equity
        house.takeOver(scope, by: fund, as: .fundTakeover)
        if rule.sellsAtOnce {
            for position in taken {
                guard let p = house.find(fund, position.market), house.position(p).lots != .zero else {
                    continue
                }
                let order = ForcedOrder(lots: min(house.position(p).lots.magnitude, position.lots.magnitude))
                _ = force(p, order, .fullLiquidation, house.margin(.cross(fund)))
            }
        }
        // A scope of several markets: the first is charged with the result.
        if let market = taken.first?.market {
            fundResults[Int(market)] += house.fundState(fund).equity - before
            fundBestResults[Int(market)] = max(fundBestResults[Int(market)], fundResults[Int(market)])
        }
    }

    /// dYdX: offers a part of each position at its fillable price, unless the fund could not pay for the fill.
    private mutating func offer(
        _ scope: MarginScope, _ rule: FillableLiquidation, _ reason: MarginState
    ) -> Bool {
        guard let fund else { return false }
        var traded = false
        var left = rule.mostPerBlock
        for p in house.openPositions(scope) {
            if traded && house.isMargined(scope) { break }
            let position = house.position(p)
            let notional = rule.orderNotional(position: house.value(p).magnitude, leftThisBlock: left)
            let perLot = max(1, abs(house.valueOf(position.market, 1, house.mark(position.market).count)))
            let lots = Lots(min(position.lots.magnitude.count, notional.micros / perLot))
            guard lots > .zero else { continue }
            let isLong = position.lots > .zero
            let price = house.fillablePrice(p, rule)
            let highest = Double(house.maxTicks(position.market))
            let worst = min(max(isLong ? price.rounded(.up) : price.rounded(.down), 1), highest)
            let delta = isLong ? -lots : lots
            // What the fund would pay at worst must be there.
            let atWorst = Money(micros: -house.valueOf(position.market, delta.count, Int32(worst)))
            let quote = house.bankruptcyQuote(p, delta: delta)
            let loss = rule.fundDelta(proceeds: atWorst, bankruptcyQuote: quote)
            if house.account(fund).cash + loss < .zero { continue }
            let order = ForcedOrder(lots: lots, worst: Ticks(Int(worst)))
            guard force(p, order, .partialLiquidation, reason) else { continue }
            traded = true
            left -= lastOrderValue
            let filled = position.lots.magnitude - house.position(p).lots.magnitude
            // A fill in part is settled against its share, rounded towards plus infinity like the whole.
            let share = Money(micros: mulDivUp(quote.micros, filled.count, lots.count))
            house.settleFill(
                p, proceeds: isLong ? lastOrderValue : -lastOrderValue, bankruptcyQuote: share, rule,
                fund: fund)
        }
        house.startCooldown(scope, seconds: rule.blockSeconds)
        return traded
    }

    /// Reckoned anew only when an account of the venue's own has changed.
    mutating func currentFund(_ fund: AccountID) -> FundState {
        if knownFundVersion != house.houseVersion {
            knownFund = house.fundState(fund)
            knownFundVersion = house.houseVersion
        }
        return knownFund
    }

    /// What the waterfall must know of the fund when this scope fails.
    mutating func fundState(for scope: MarginScope) -> FundState {
        guard let fund else { return FundState() }
        var state = currentFund(fund)
        state.average = fundHistory.average ?? state.equity
        state.maximum = max(fundHistory.maximum ?? state.equity, state.equity)
        var after = state.notional
        for p in house.openPositions(scope) {
            guard let held = house.find(fund, house.position(p).market) else {
                after += house.value(p).magnitude
                continue
            }
            after += (house.value(held) + house.value(p)).magnitude - house.value(held).magnitude
        }
        state.notionalAfter = after
        if let p = house.openPositions(scope).first {
            let market = Int(house.position(p).market)
            state.marketProfit = fundResults[market]
            state.maxMarketProfit = fundBestResults[market]
        }
        return state
    }

    /// Sends a forced order into the book.
    private mutating func force(
        _ position: Int32, _ forced: ForcedOrder, _ kind: ClearingEvent.Kind, _ reason: MarginState
    ) -> Bool {
        let p = house.position(position)
        let side: Side = p.lots > .zero ? .sell : .buy
        var order = NewOrder.market(
            side, forced.lots, account: p.account, maxTicks: house.maxTicks(p.market),
            selfTrade: .cancelMaker)
        if forced.fillsWhole { order.timeInForce = .fillOrKill }
        if forced.limit == .bankruptcy { order.limit = house.bankruptcyPrice(position) }
        if let worst = forced.worst { order.limit = worst }
        if forced.worst == nil {
            let worst = worstForced(p.market, side)
            order.limit = side == .sell ? max(order.limit, worst) : min(order.limit, worst)
        }
        counts.liquidationOrders += 1
        let cashBefore = house.account(p.account).cash
        let unit = house.unit(p.market)
        let result =
            absorber.map { absorb(p.market, position, order, by: $0) }
            ?? execute(p.market, position, order, isForced: true)
        guard result.filled > .zero else { return false }
        let value = lastOrderValue
        var event = ClearingEvent(kind, at: house.now, account: p.account)
        event.market = p.market
        event.lots = side == .sell ? -result.filled : result.filled
        event.amount = side == .sell ? -value : value
        event.price = unit.price(of: result.filled, worth: value)
        // Against cost: the share of the cost basis that left with the lots, less what they fetched.
        let share = Money(
            micros: mulDivTowardsZero(p.cost.micros, result.filled.count, p.lots.magnitude.count))
        event.loss = unit.isInverse ? share - event.amount : share + event.amount
        event.equity = reason.equity
        event.maintenance = reason.maintenance
        house.events.append(event)
        // What a fund or vault took over was published then; its sale is no second liquidation.
        if house.account(p.account).kind == .trader {
            feed.liquidated(market: p.market, isLong: p.lots > .zero, value: value, at: house.now)
        }
        if let fund, forced.fee > .zero {
            // At most what is left: of a closed isolated position what it released, otherwise the scope's equity.
            let isClosedIsolated = p.isolated && house.position(position).lots == .zero
            let left =
                isClosedIsolated
                ? house.account(p.account).cash - cashBefore : house.margin(house.scope(of: position)).equity
            house.chargeLiquidationFee(position, on: value, forced.fee, atMost: left, to: fund)
        }
        return true
    }
}

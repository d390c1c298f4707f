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
        var found = 0
        for round in 0..<maxRounds {
            house.scopesToLiquidate(into: &failing)
            if failing.isEmpty { return found }
            var acted = false
            for i in 0..<failing.count where liquidate(failing[i]) { acted = true }
            found += failing.count
            // Who only waits (cooldown, an empty book) is tried again at the next step.
            if !acted { return found }
            if round == maxRounds - 1 { counts.liquidationRoundCapHit += 1 }
        }
        return found
    }

    /// Takes one failing scope down the list of stages; true if any stage acted.
    private mutating func liquidate(_ scope: MarginScope) -> Bool {
        let waterfall = rulebook.waterfall
        var tried = -1
        var acted = false
        while true {
            let predicament = house.predicament(scope, hasOrders: hasOrders(scope), fund: fund)
            let threshold = predicament.isHouse ? Money.zero : predicament.margin.maintenance
            if predicament.margin.equity >= threshold { return acted }
            guard let stage = waterfall.next(predicament, after: tried) else { return acted }
            if carryOut(waterfall.stages[stage], scope, predicament) { acted = true }
            tried = stage
        }
    }

    /// Carries out one stage; false if it changed nothing (an empty book).
    private mutating func carryOut(
        _ stage: WaterfallStage, _ scope: MarginScope, _ predicament: Predicament
    ) -> Bool {
        switch stage {
        case .cancelOrders:
            return cancelOrders(scope, predicament.margin)
        case .partialLiquidation(let rule):
            var traded = false
            for p in house.openPositions(scope) {
                let lots = rule.order(house.position(p).lots, notional: house.value(p).magnitude)
                if lots > .zero && force(p, lots, .any, .partialLiquidation, predicament.margin) {
                    traded = true
                }
            }
            house.startCooldown(scope, seconds: rule.cooldownSeconds)
            return traded
        case .fullLiquidation(let rule):
            var traded = false
            for p in house.openPositions(scope) {
                let lots = house.position(p).lots.magnitude
                if force(p, lots, rule.limit, .fullLiquidation, predicament.margin) { traded = true }
            }
            return traded
        case .backstopVault:
            guard let vault else { return false }
            if predicament.hasPositions {
                house.takeOver(scope, by: vault, as: .vaultTakeover)
            } else {
                house.payDeficit(of: scope, from: vault, as: .vaultPayment)
            }
        case .insuranceFund:
            guard let fund else { return false }
            if predicament.hasPositions {
                house.takeOver(scope, by: fund, as: .fundTakeover)
            } else {
                house.payDeficit(of: scope, from: fund, as: .fundPayment)
            }
        case .autoDeleveraging(let rule):
            queues.deleverage(scope, by: rule, in: &house)
        case .socialisedLoss:
            house.socialise(scope)
        }
        return true
    }

    private func hasOrders(_ scope: MarginScope) -> Bool {
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

    /// Sends a forced order for part of a position into the book, immediate or cancel.
    private mutating func force(
        _ position: Int32, _ lots: Lots, _ limit: FullLiquidation.PriceLimit, _ kind: ClearingEvent.Kind,
        _ reason: MarginState
    ) -> Bool {
        let p = house.position(position)
        let side: Side = p.lots > .zero ? .sell : .buy
        var order = NewOrder.market(
            side, lots, account: p.account, maxTicks: rulebook.markets[Int(p.market)].spec.maxTicks,
            selfTrade: .cancelMaker)
        if limit == .bankruptcy { order.limit = house.bankruptcyPrice(position) }
        counts.liquidationOrders += 1
        let unit = rulebook.markets[Int(p.market)].spec.unit
        let result = execute(p.market, position, order)
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
        return true
    }
}

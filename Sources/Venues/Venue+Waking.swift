import Clearing
import OrderBook
import Primitives

/// A sleeper whose position the fund could not carry, or nobody be deleveraged for.
struct FundSleeper: BitwiseCopyable {
    var scope: MarginScope
    var sleep: Int32
    /// Of the position that the stages ask about.
    var market: Int32
}

/// What wakes sleepers that the house knows nothing of: the book and the fund.
extension Venue {
    /// Lets a scope sleep until what it waits for happens.
    ///
    /// While its book is to be tried, only what the book offers helps; how deep the scope is under does not matter, nor that a
    /// mark comes back for a moment. Later whatever changes a verdict does.
    mutating func sleep(_ scope: MarginScope, _ wait: Wait) {
        let open = house.openPositions(scope)
        // The price of a position that stands alone holds whatever its mark does; others are listed while their equity lets the book be tried.
        let standsAlone = open.count == 1 && !house.holdsCollateral(scope)
        let knowsPrice = standsAlone && limitsAtBankruptcy
        let isListed =
            wait.forBook
            && (knowsPrice
                || rulebook.waterfall.triesBookOfAnySize(
                    house.predicament(scope, hasOrders: false, fund: FundState())))
        let ratios = wait.isPatient && (isListed || !wait.forBook) ? [] : waterfallRatios
        house.sleep(scope, until: wait.until, at: ratios)
        let sleep = house.sleepNumber(scope)
        if isListed {
            for p in open {
                let position = house.position(p)
                let isLong = position.lots > .zero
                guard var marks = marksOfSize(p) else { continue }
                var worst: Int32 = isLong ? 0 : .max
                if knowsPrice {
                    worst = house.bankruptcyPrice(p).count
                    if let healthy = house.priceOfHealth(p) {
                        if isLong { marks.highest = min(marks.highest, healthy) }
                        if !isLong { marks.lowest = max(marks.lowest, healthy) }
                    }
                    if isLong
                        ? max(marks.lowest, worst) > marks.highest : marks.lowest > min(marks.highest, worst)
                    {
                        continue
                    }
                }
                bookSleepers[Int(position.market) * 2 + (isLong ? 0 : 1)].append(
                    BookSleeper(
                        scope: scope, sleep: sleep, worst: worst, marks: marks, position: standsAlone ? 0 : p,
                        since: house.now, lots: position.lots.magnitude))
            }
        }
        if wait.forFund, let first = open.first {
            fundSleepers.append(
                FundSleeper(scope: scope, sleep: sleep, market: house.position(first).market))
        }
    }

    /// Between which marks a position is large enough for some stage that trades with the book; nil for none.
    private func marksOfSize(_ p: Int32) -> MarkRange? {
        var found: MarkRange?
        for stage in rulebook.waterfall.stages where stage.usesBook {
            guard case .partialLiquidation(let rule) = stage else { return .all }
            guard let range = house.marks(where: p, exceeds: rule.above, andReachesRow: rule.fromRow) else {
                continue
            }
            found = MarkRange(
                lowest: min(range.lowest, found?.lowest ?? .max),
                highest: max(range.highest, found?.highest ?? 0))
        }
        return found
    }

    /// The furthest from the mark at which a forced order may fill.
    func worstForced(_ market: Int32, _ side: Side) -> Ticks {
        let most = Double(house.maxTicks(market))
        guard let forcedConcession else { return side == .sell ? Ticks(1) : Ticks(Int(most)) }
        let mark = Double(house.mark(market).count)
        let price = mark * (side == .sell ? 1 - forcedConcession : 1 + forcedConcession)
        return Ticks(Int(min(max(price, 1), most)))
    }

    /// The best price that the book offers a forced order within the concession.
    private func offered(_ market: Int32, _ side: Side) -> Ticks? {
        guard let best = side == .sell ? bestBid(market) : bestAsk(market) else { return nil }
        let worst = worstForced(market, side)
        return (side == .sell ? best >= worst : best <= worst) ? best : nil
    }

    /// Whether a forced order for a sleeper that the book reaches by what was known of it would go out now.
    private func couldFill(_ sleeper: BookSleeper, _ side: Side, at price: Int32) -> Bool {
        let predicament = house.predicament(sleeper.scope, hasOrders: false, fund: FundState())
        guard predicament.margin.equity < predicament.margin.maintenance,
            rulebook.waterfall.triesBook(predicament)
        else { return false }
        if sleeper.position == 0 || !limitsAtBankruptcy { return true }
        let worst = house.bankruptcyPrice(sleeper.position).count
        return side == .sell ? price >= worst : price <= worst
    }

    /// Wakes those whose book is in reach, who waits longest first, until they are enough for what it offers. Whoever fell
    /// asleep at this moment has been tried. Within a step the book only thins: whom it does not reach now it does not reach
    /// later.
    mutating func wakeByBook() {
        for list in 0..<bookSleepers.count where bookSleepers[list].hasUnseen {
            let (market, side) = (Int32(list / 2), bookSleepers[list].side)
            guard let best = offered(market, side) else { continue }
            let mark = house.mark(market).count
            // With the mark beyond the price at which nothing is left no order goes out.
            let price = side == .sell ? min(best.count, mark) : max(best.count, mark)
            var left: Lots?
            while left ?? Lots(1) > .zero,
                let i = bookSleepers[list].next(price: price, mark: mark, now: house.now)
            {
                let sleeper = bookSleepers[list][i]
                guard house.isAsleep(sleeper.scope, since: sleeper.sleep) else {
                    bookSleepers[list].forget(i)
                    continue
                }
                guard couldFill(sleeper, side, at: price) else { continue }
                house.wake(sleeper.scope, \.byBook)
                bookSleepers[list].forget(i)
                left =
                    (left ?? books[Int(market)].lots(side.opposite, upTo: worstForced(market, side)))
                    - sleeper.lots
            }
        }
    }

    mutating func beginWaking() {
        for list in 0..<bookSleepers.count {
            bookSleepers[list].begin { house.isAsleep($0.scope, since: $0.sleep) }
        }
    }

    /// Wakes those that the fund may carry now, or others be deleveraged for.
    mutating func wakeByFund() {
        guard !fundSleepers.isEmpty else { return }
        var state = FundState()
        if let fund { state = currentFund(fund) }
        state.average = fundHistory.average ?? state.equity
        state.maximum = max(fundHistory.maximum ?? state.equity, state.equity)
        let carries =
            state.equity > .zero
            && rulebook.waterfall.stages.contains {
                if case .insuranceFund(let rule) = $0 { rule.maxLeverage > 0 } else { false }
            }
        var kept = 0
        for i in 0..<fundSleepers.count {
            let sleeper = fundSleepers[i]
            guard house.isAsleep(sleeper.scope, since: sleeper.sleep) else { continue }
            if carries || isDeleveraging(sleeper.market, state) {
                house.wake(sleeper.scope, \.byFund)
            } else {
                fundSleepers[kept] = sleeper
                kept += 1
            }
        }
        fundSleepers.truncate(to: kept)
    }

    /// Whether the fund's state alone starts deleveraging in a market; what equity starts wakes by the marks.
    private func isDeleveraging(_ market: Int32, _ fund: FundState) -> Bool {
        var predicament = Predicament(margin: MarginState())
        predicament.margin.notional = Money(micros: 1)
        predicament.fund = fund
        predicament.fund.marketProfit = fundResults[Int(market)]
        predicament.fund.maxMarketProfit = fundBestResults[Int(market)]
        return rulebook.waterfall.stages.contains { stage in
            if case .autoDeleveraging(let rule) = stage { rule.starts(predicament) } else { false }
        }
    }

    /// Every forced order stops at the price at which its scope has nothing left.
    private var limitsAtBankruptcy: Bool {
        rulebook.waterfall.stages.allSatisfy { stage in
            switch stage {
            case .partialLiquidation(let rule): rule.limit == .bankruptcy
            case .fullLiquidation(let rule): rule.limit == .bankruptcy
            case .fillableLiquidation: false
            default: true
            }
        }
    }

    // MARK: The slow twin

    /// A sleeper about whom something could be done: after waking, by any stage but the book's; after the last round, by what
    /// the book still offers to who was not tried. Nil, or a wake-up is lost.
    public mutating func sleeperThatCouldAct(byBook: Bool) -> MarginScope? {
        for scope in house.sleepers {
            if byBook && house.asleepSince(scope) == house.now { continue }
            if couldAct(scope, byBook: byBook) { return scope }
        }
        return nil
    }

    func checkSleepers(_ lost: MarginScope?) {
        precondition(lost == nil, "\(rulebook.name): \(lost!) sleeps and something could be done")
    }

    private mutating func couldAct(_ scope: MarginScope, byBook: Bool) -> Bool {
        var predicament = house.predicament(scope, hasOrders: hasOrders(scope), fund: FundState())
        let threshold = predicament.isHouse ? Money.zero : predicament.margin.maintenance
        // While its book is tried a scope is not released before it is looked at.
        if predicament.margin.equity >= threshold { return !byBook && house.patienceEnd(scope) == nil }
        var tried = -1
        while case .stage(let stage) = decide(scope, &predicament, after: tried) {
            switch rulebook.waterfall.stages[stage] {
            case .partialLiquidation(let rule):
                if byBook && house.openPositions(scope).contains(where: { couldSell(part: rule, of: $0) }) {
                    return true
                }
            // Whether its price is within reach is the rule's matter; it is tried again every block.
            case .fillableLiquidation: break
            case .fullLiquidation(let rule):
                if byBook && house.openPositions(scope).contains(where: { reaches($0, rule.limit) }) {
                    return true
                }
            default: if !byBook { return true }
            }
            tried = stage
        }
        return false
    }

    private func couldSell(part rule: PartialLiquidation, of p: Int32) -> Bool {
        let position = house.position(p)
        let taker = house.takerFee(position.market)
        let lots = house.liquidationLots(p, rule.size, fee: rule.fee + taker)
        guard house.value(p).magnitude > rule.above, house.marginRow(p) >= rule.fromRow, lots > .zero,
            reaches(p, rule.limit)
        else { return false }
        if !rule.fillsWhole { return true }
        let side: Side = position.lots > .zero ? .sell : .buy
        var worst = worstForced(position.market, side)
        if rule.limit == .bankruptcy {
            let own = house.bankruptcyPrice(p)
            worst = side == .sell ? max(worst, own) : min(worst, own)
        }
        return books[Int(position.market)].lots(side.opposite, upTo: worst) >= lots
    }

    private func reaches(_ p: Int32, _ limit: FullLiquidation.PriceLimit) -> Bool {
        let position = house.position(p)
        let side: Side = position.lots > .zero ? .sell : .buy
        guard let best = offered(position.market, side) else { return false }
        if limit == .any { return true }
        let worst = house.bankruptcyPrice(p)
        return side == .sell ? best >= worst : best <= worst
    }
}

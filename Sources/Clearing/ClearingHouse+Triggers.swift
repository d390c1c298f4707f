import Primitives

/// The prices of one market at which some margin must be looked at again.
struct MarketTriggers: ~Copyable {
    /// Longs, watched while the mark falls, and shorts, watched while it rises.
    var falling: TriggerLadder
    var rising: TriggerLadder
    let buckets: PriceBucket
    /// The buckets already drained up to: no live entry of `falling` lies above, none of `rising` below.
    var fallingCursor: Int32 = 0
    var risingCursor: Int32 = 0
    var mark: Int32 = 0
    var isMoved = false

    init(maxTicks: Int32, precision: Int32 = 12) {
        buckets = PriceBucket(precision: precision)
        falling = TriggerLadder(buckets: buckets.count(maxTicks: maxTicks))
        rising = TriggerLadder(buckets: buckets.count(maxTicks: maxTicks))
    }

    init(copying other: borrowing MarketTriggers, as kind: CopyKind) {
        falling = TriggerLadder(copying: other.falling, as: kind)
        rising = TriggerLadder(copying: other.rising, as: kind)
        buckets = other.buckets
        fallingCursor = other.fallingCursor
        risingCursor = other.risingCursor
        mark = other.mark
        isMoved = other.isMoved
    }

    func combine(into hash: inout StateHash) {
        falling.combine(into: &hash)
        rising.combine(into: &hash)
        hash.combine(Int64(fallingCursor), Int64(risingCursor), Int64(mark) << 1 | (isMoved ? 1 : 0))
    }

    mutating func moved(to price: Ticks) {
        let bucket = buckets.index(price.count)
        if mark == 0 { (fallingCursor, risingCursor) = (bucket, bucket) }
        mark = price.count
        // Upward for `falling` nothing is passed, and downward for `rising`.
        fallingCursor = max(fallingCursor, bucket)
        risingCursor = min(risingCursor, bucket)
        isMoved = true
    }
}

/// Finding whose margin a price move touches without looking at everyone: slack allocation.
///
/// A scope has slack B = equity - c × maintenance (c the next ratio that matters). No harmful move of any
/// position i by less than the fraction r = B / sum_j |a_j| w_j P_j times w_i can use it up, a_j bounding the
/// change of B per unit of price. So each position waits at P_i (1 -+ r w_i), rounded towards the mark, and only
/// when one of these prices is reached is the scope evaluated exactly and armed anew. An entry that has become
/// too near is left and re-filed when it is reached; only a nearer price is inserted.
extension ClearingHouse {
    /// Queues a scope for an exact look: its equity or positions changed.
    @inline(__always)
    mutating func look(_ scope: MarginScope) {
        if let p = scope.isolatedPosition {
            positions[p].scopeState.touched = true
        } else {
            if accounts[scope.crossAccount].kind != .trader { houseVersion &+= 1 }
            accounts[scope.crossAccount].scopeState.touched = true
        }
        lookAgain(scope)
    }

    /// Queues a scope of which nothing changed: a mark came near, or its wait is over.
    @inline(__always)
    mutating func lookAgain(_ scope: MarginScope) {
        if let p = scope.isolatedPosition {
            if positions[p].scopeState.queued { return }
            positions[p].scopeState.queued = true
        } else {
            if accounts[scope.crossAccount].scopeState.queued { return }
            accounts[scope.crossAccount].scopeState.queued = true
        }
        queue.append(scope)
    }

    func state(_ scope: MarginScope) -> ScopeState {
        scope.isolatedPosition.map { positions[$0].scopeState } ?? accounts[scope.crossAccount].scopeState
    }

    mutating func update(_ scope: MarginScope, _ change: (inout ScopeState) -> Void) {
        if let p = scope.isolatedPosition {
            change(&positions[p].scopeState)
        } else {
            change(&accounts[scope.crossAccount].scopeState)
        }
    }

    /// The scopes below their maintenance margin (the vault and the fund: below zero), ascending, each once, but for those that
    /// sleep. Sends the margin calls that are due on the way. Whoever asks says of each whether it is looked at again (`retry`)
    /// or sleeps (`sleep`).
    public mutating func scopesToLiquidate(into found: inout Buffer<MarginScope>) {
        found.removeAll()
        for m in 0..<markets.count {
            if triggers[m].isMoved { drainMoved(Int32(m)) }
            if sleepTriggers[m].isMoved { drainSleepers(m) }
        }
        var next = 0
        while next < queue.count {
            if next % Self.block == 0 { touchAhead(next) }
            let scope = queue[next]
            next += 1
            let state = state(scope)
            if state.times != 0, failingScopes[state.times].isAsleep {
                failingScopes[state.times].isAsleep = false
                wakes.otherwise += 1
            }
            update(scope) {
                $0.queued = false
                $0.touched = false
            }
            if state.touched { audit(scope) }
            if arm(scope) {
                found.append(scope)
            } else if state.inLiquidation {
                wakes.recovered += 1
                leaveLiquidation(scope)
            }
        }
        queue.removeAll()
        if wakesWrongly != .losesOrder { found.sort { $0.raw } }
        for i in 0..<found.count {
            if takeoverPatience > 0 && !state(found[i]).inLiquidation {
                failingScopes[timesRow(found[i])].since = now
            }
            update(found[i]) { $0.inLiquidation = true }
        }
        for i in 0..<unsteady.count { lookAgain(unsteady[i]) }
        unsteady.removeAll()
    }

    private static var block: Int { 32 }

    /// Loads the rows of the next scopes of the queue, so that their memory is fetched side by side, not one after another.
    private mutating func touchAhead(_ first: Int) {
        var sum: Int64 = 0
        let end = min(first + Self.block, queue.count)
        for i in first..<end { sum &+= Int64(accounts[account(of: queue[i])].firstPosition) }
        for i in first..<end {
            let p = queue[i].isolatedPosition ?? accounts[queue[i].crossAccount].firstPosition
            sum &+= positions[p].lots.count
        }
        preTouched &+= sum
    }

    /// Loads the rows of accounts that will be looked at soon; changes nothing.
    public mutating func lookAhead(_ upcoming: borrowing Buffer<AccountID>) {
        var sum: Int64 = 0
        for i in 0..<upcoming.count { sum &+= Int64(accounts[upcoming[i]].firstPosition) }
        for i in 0..<upcoming.count {
            sum &+= positions[accounts[upcoming[i]].firstPosition].bidNotional.micros
        }
        preTouched &+= sum
    }

    /// Takes out the entries that the mark has reached and queues their scopes.
    private mutating func drainMoved(_ market: Int32) {
        let m = Int(market)
        triggers[m].isMoved = false
        let mark = triggers[m].mark
        let here = triggers[m].buckets.index(mark)
        drained.removeAll()
        var bucket = triggers[m].fallingCursor
        while bucket >= here {
            let start = drained.count
            triggers[m].falling.drain(bucket, into: &drained)
            keepLive(from: start, filedAs: -bucket)
            bucket -= 1
        }
        triggers[m].fallingCursor = here
        let rising = drained.count
        bucket = triggers[m].risingCursor
        while bucket <= here {
            let start = drained.count
            triggers[m].rising.drain(bucket, into: &drained)
            keepLive(from: start, filedAs: bucket)
            bucket += 1
        }
        triggers[m].risingCursor = here
        for i in 0..<drained.count {
            let p = drained[i]
            positions[p].filed = 0
            let reached = i < rising ? mark <= positions[p].trigger : mark >= positions[p].trigger
            if reached { lookAgain(scope(of: p)) } else { file(p) }
        }
    }

    /// Drops drained entries that stand for nothing any more.
    private mutating func keepLive(from start: Int, filedAs filed: Int32) {
        var kept = start
        for i in start..<drained.count where positions[drained[i]].filed == filed {
            drained[kept] = drained[i]
            kept += 1
        }
        drained.truncate(to: kept)
    }

    /// Evaluates a scope exactly, sends due margin calls and arms its triggers.
    ///
    /// - Returns: true if it must be liquidated; then no trigger is armed, it is looked at every time.
    private mutating func arm(_ scope: MarginScope) -> Bool {
        marginChecks += 1
        let margin = margin(scope)
        let account = account(of: scope)
        let isHouse = accounts[account].kind != .trader
        // Without positions only a debt held up by collateral can still fail.
        let balance = scope.isolatedPosition.map { positions[$0].margin } ?? accounts[scope.crossAccount].cash
        if margin.notional == .zero && margin.equity >= .zero && balance >= .zero { return false }
        if isHouse ? margin.equity < .zero : margin.equity < margin.maintenance { return true }
        var ratio = isHouse ? Rate.zero : .one
        if !isHouse && !callRatios.isEmpty { ratio = callIfDue(scope, account, margin) }
        var slack = Double((margin.equity - margin.maintenance.timesUp(ratio)).micros)
        let c = ratio.value
        let fees = growthOfFees(scope)
        slack -= fees.rounding
        let spread = 1 + max(c, 1) * fees.perLoss
        var sensitivity = 0.0
        forEachOpen(scope) { p in
            // What is rounded of an inverse contract's value and margin may be worth more than a tick.
            if units[positions[p].market] < 0 { slack -= 4 }
            sensitivity += spread * harm(p, c) * numbers[positions[p].market].triggerWeight
        }
        let r = sensitivity > 0 ? max(0, slack) / sensitivity : 0
        var p = scope.isolatedPosition ?? accounts[scope.crossAccount].firstPosition
        while p != 0 {
            if positions[p].lots != .zero && (positions[p].isolated == (scope.isolatedPosition != nil)) {
                let market = Int(positions[p].market)
                positions[p].trigger = trigger(
                    isLong: positions[p].lots > .zero, market, move: r * numbers[market].triggerWeight)
                file(p)
                if canFailBothWays(p, c) { unsteady.append(scope) }
            }
            p = scope.isolatedPosition == nil ? positions[p].next : 0
        }
        return false
    }

    /// Whether maintenance margin can grow faster than profit: a huge position whose rate grows with its size, an inverse
    /// short or a linear long. No trigger waits on the side of profit, so its scope is looked at every time.
    @inline(__always)
    private func canFailBothWays(_ position: Int32, _ c: Double) -> Bool {
        let market = Int(positions[position].market)
        guard (units[market] < 0) == (positions[position].lots < .zero),
            !table.dependsOnNotionalAlone(market)
        else { return false }
        return c * maintenanceRates(position).high >= 1
    }

    /// The lowest and the highest marginal rate of maintenance margin of a position up to twice its notional.
    @inline(__always)
    func maintenanceRates(_ position: Int32) -> (low: Double, high: Double) {
        let p = positions[position]
        let members = Int64(accounts[p.account].members)
        return table.maintenanceRateRange(
            Int(p.market), notional: abs(value(position).micros) / members,
            lots: abs(p.lots.count) / members)
    }

    /// How fees at bankruptcy prices grow as the rest of the scope loses: each by fee / (1 - fee) of what is lost elsewhere; and
    /// what rounding each of them up may cost.
    @inline(__always)
    func growthOfFees(_ scope: MarginScope) -> (perLoss: Double, rounding: Double) {
        var (growth, rounding) = (0.0, 0.0)
        if convention.closingFee == .atBankruptcy && scope.isolatedPosition == nil {
            forEachOpen(scope) { p in
                if collateralShares[positions[p].market] != 0 { return }
                let fee = takerFee(positions[p].market).value
                growth += fee / (1 - fee)
                rounding += 2
            }
        }
        return (growth, rounding)
    }

    /// The price at which a position has used up its share of slack, one tick towards the mark to cover the rounding of
    /// the floating-point fraction.
    @inline(__always)
    func trigger(isLong: Bool, _ market: Int, move: Double) -> Int32 {
        let mark = Double(marks[market])
        // Bounds of maintenance margin hold up to twice the notional.
        let move = min(move, 1)
        if units[market] > 0 {
            if isLong { return Int32(max(0, (mark * (1 - move)).rounded(.down) + 1)) }
            return Int32(
                min((mark * (1 + move)).rounded(.up) - 1, Double(numbers[market].maxTicks) + 1))
        }
        // An inverse contract's value is linear in 1 / price.
        if isLong { return Int32(max(0, (mark / (1 + move)).rounded(.down) + 1)) }
        let price = move < 1 ? (mark / (1 - move)).rounded(.up) - 1 : .infinity
        return Int32(min(price, Double(numbers[market].maxTicks) + 1))
    }

    /// An upper bound, in ledger units per unit of relative price move against the position (of 1 / price for an
    /// inverse contract), of the change of equity - c × maintenance.
    @inline(__always)
    private func harm(_ position: Int32, _ c: Double) -> Double {
        let market = Int(positions[position].market)
        let notional = Double(abs(value(position).micros))
        if collateralShares[market] != 0 { return notional * Double(collateralShares[market]) * 1e-12 }
        // Measured at entry, maintenance does not move.
        if convention.basis == .entry { return notional }
        let rates = maintenanceRates(position)
        let growsAgainst = (positions[position].lots > .zero) == (units[market] < 0)
        return growsAgainst ? notional * (1 + c * rates.high) : notional * (1 - min(1, c * rates.low))
    }

    /// Files a position at its trigger unless an entry lies at least as near to the mark.
    @inline(__always)
    private mutating func file(_ id: Int32) {
        let p = positions[id]
        if p.lots == .zero || (dropsTriggers && id % 3 == 0) { return }
        let m = Int(p.market)
        if p.lots > .zero {
            if p.trigger <= 0 { return }
            let bucket = min(triggers[m].buckets.index(p.trigger), triggers[m].fallingCursor)
            if p.filed < 0 && bucket <= -p.filed { return }
            triggers[m].falling.insert(id, bucket: bucket)
            positions[id].filed = -bucket
        } else {
            if p.trigger > numbers[m].maxTicks { return }
            let bucket = max(triggers[m].buckets.index(p.trigger), triggers[m].risingCursor)
            if p.filed > 0 && bucket >= p.filed { return }
            triggers[m].rising.insert(id, bucket: bucket)
            positions[id].filed = bucket
        }
    }

    /// The slow twin of the index: looks at everyone. Sends no margin call and changes nothing.
    public func scopesToLiquidateByFullScan() -> [MarginScope] {
        var found: [MarginScope] = []
        for p in 1..<positionEnd where positions[p].isolated {
            let margin = margin(.isolated(position: p))
            if margin.equity < margin.maintenance { found.append(.isolated(position: p)) }
        }
        for a in accountIDs {
            let margin = margin(.cross(a))
            let isTrader = accounts[a].kind == .trader
            if margin.equity < (isTrader ? margin.maintenance : .zero) { found.append(.cross(a)) }
        }
        return found.sorted()
    }
}

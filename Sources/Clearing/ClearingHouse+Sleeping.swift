import HeapModule
import Primitives

/// Failing scopes that nothing could be done for sleep until something they wait for happens: nobody looks at them before.
///
/// A sleeper is woken by the time its patience or cooldown ends; by the marks, when its equity may have reached a share of
/// maintenance margin at which what it waits for changes; by whatever touches its account; and by the venue, which sees the
/// book and the fund. Woken too early it sleeps again; the twin holds that none is woken too late.
extension ClearingHouse {
    /// Looks at a failing scope again at once: something was done about it.
    public mutating func retry(_ scope: MarginScope) { lookAgain(scope) }

    /// Lets a failing scope sleep. One with nothing left but a debt waits for whoever pays it.
    ///
    /// - Parameters:
    ///   - due: when it is woken whatever happens, nil for not at all.
    ///   - ratios: the shares of maintenance margin at which it is woken by the marks, rising.
    public mutating func sleep(_ scope: MarginScope, until due: SimTime?, at ratios: [Rate]) {
        let margin = margin(scope)
        guard margin.notional != .zero else { return unpaid.append(scope) }
        let row = timesRow(scope)
        failingScopes[row].sleep = failingScopes.nextSleep()
        failingScopes[row].isAsleep = true
        failingScopes[row].asleepSince = now
        wakes.slept += 1
        let alarm = due ?? FailingScopes.never
        // An alarm of before is found stale when it rings.
        if failingScopes[row].alarm != alarm {
            failingScopes[row].alarm = alarm
            if due != nil { alarms.insert(Alarm(due: alarm, row: row, scope: scope)) }
        }
        fileSleeper(scope, row, margin, ratios)
    }

    /// Wakes a sleeper; nothing for who is awake.
    public mutating func wake(_ scope: MarginScope, _ cause: WritableKeyPath<WakeCounts, Int>) {
        let row = state(scope).times
        if row != 0 { wake(row: row, cause) }
    }

    private mutating func wake(row: Int32, _ cause: WritableKeyPath<WakeCounts, Int>) {
        guard failingScopes[row].isAsleep else { return }
        wakes[keyPath: cause] += 1
        failingScopes[row].isAsleep = false
        lookAgain(failingScopes[row].scope)
    }

    /// Whether a scope still sleeps the sleep of that number.
    public func isAsleep(_ scope: MarginScope, since sleep: Int32) -> Bool {
        let state = state(scope)
        if state.times == 0 || state.queued { return false }
        return failingScopes[state.times].isAsleep && failingScopes[state.times].sleep == sleep
    }

    /// Since when a sleeper sleeps; of others, when they last fell asleep.
    public func asleepSince(_ scope: MarginScope) -> SimTime? {
        let row = state(scope).times
        return row == 0 ? nil : failingScopes[row].asleepSince
    }

    /// The number of a scope's sleep, 0 for who never slept.
    public func sleepNumber(_ scope: MarginScope) -> Int32 {
        let row = state(scope).times
        return row == 0 ? 0 : failingScopes[row].sleep
    }

    /// Wakes those whose time has come.
    public mutating func wakeDue() {
        while let next = alarms.min, next.due <= now, wakesWrongly != .losesAlarm {
            _ = alarms.popMin()
            guard failingScopes[next.row].scope == next.scope, failingScopes[next.row].alarm == next.due
            else { continue }
            failingScopes[next.row].alarm = FailingScopes.never
            wake(row: next.row, \.byTime)
        }
    }

    /// Queues the debts that `means` can pay, those that waited longest first, the last of them in part.
    public mutating func resumeUnpaid(means: Money) {
        var left = means
        while firstUnpaid < unpaid.count && left > .zero {
            left -= max(.zero, -margin(unpaid[firstUnpaid]).equity)
            lookAgain(unpaid[firstUnpaid])
            firstUnpaid += 1
        }
        if firstUnpaid == unpaid.count {
            unpaid.removeAll()
            firstUnpaid = 0
        }
    }

    public var hasUnpaid: Bool { unpaid.count > firstUnpaid }

    /// The scopes that sleep now: for the slow twin.
    public var sleepers: [MarginScope] {
        (1..<Int32(failingScopes.count)).compactMap {
            failingScopes[$0].isAsleep ? failingScopes[$0].scope : nil
        }
    }

    /// The scopes with nothing left but a debt that nobody could pay yet: for the slow twin.
    public var unpaidScopes: [MarginScope] { (firstUnpaid..<unpaid.count).map { unpaid[$0] } }

    // MARK: Times

    /// When a scope's book has been tried long enough; nil where it has.
    public func patienceEnd(_ scope: MarginScope) -> SimTime? {
        let row = state(scope).times
        guard takeoverPatience > 0, row != 0, let since = failingScopes[row].since else { return nil }
        let end = since.adding(seconds: takeoverPatience)
        return end > now ? end : nil
    }

    /// When the next order of a scope may go out.
    public func cooldownEnd(_ scope: MarginScope) -> SimTime {
        let row = state(scope).times
        return row == 0 ? now : failingScopes[row].cooldownEnd
    }

    /// The scope's row of times, made if it has none.
    mutating func timesRow(_ scope: MarginScope) -> Int32 {
        let known = state(scope).times
        if known != 0 { return known }
        let row = failingScopes.add(scope)
        update(scope) { $0.times = row }
        return row
    }

    /// A cooldown outlives what it was for: who fails again within it waits on.
    private mutating func forgetTimes(_ scope: MarginScope) {
        let row = state(scope).times
        if row == 0 { return }
        failingScopes[row].since = nil
        if failingScopes[row].cooldownEnd > now { return }
        failingScopes.remove(row)
        update(scope) { $0.times = 0 }
    }

    mutating func leaveLiquidation(_ scope: MarginScope) {
        forgetTimes(scope)
        let margin = margin(scope)
        update(scope) {
            $0.inLiquidation = false
            $0.triedPartial = false
        }
        var event = ClearingEvent(
            margin.notional == .zero ? .closedOut : .recovered, at: now, account: account(of: scope))
        event.equity = margin.equity
        event.maintenance = margin.maintenance
        events.append(event)
    }

    // MARK: Marks

    /// Files every position of a sleeper at the two prices between which no verdict on its scope can change, by the same
    /// allocation of slack as for the healthy (see `scopesToLiquidate`), towards the next share above and below.
    private mutating func fileSleeper(
        _ scope: MarginScope, _ row: Int32, _ margin: MarginState, _ ratios: [Rate]
    ) {
        var below: Rate?
        var above: Rate?
        for ratio in ratios {
            if margin.covers(ratio) { below = ratio } else if above == nil { above = ratio }
        }
        let shares = max(abs(above?.value ?? 0), abs(below?.value ?? 0))
        let fees = growthOfFees(scope)
        var rounding = 2 + fees.rounding
        var sensitivity = 0.0
        forEachOpen(scope) { p in
            if units[positions[p].market] < 0 { rounding += 4 }
            sensitivity += largestChange(p, shares) * numbers[positions[p].market].triggerWeight
        }
        sensitivity *= 1 + max(shares, 1) * fees.perLoss
        func reach(_ ratio: Rate?) -> Double {
            guard let ratio, sensitivity > 0 else { return .infinity }
            // A share may be a thousand times what a ledger holds: floating point, less what it rounds.
            let equity = Double(margin.equity.micros)
            let part = Double(margin.maintenance.micros) * ratio.value
            let slack = abs(equity - part) - rounding - 1e-12 * (abs(equity) + abs(part))
            return max(0, slack) / sensitivity
        }
        let (worse, better) = (reach(below), reach(above))
        var p = scope.isolatedPosition ?? accounts[scope.crossAccount].firstPosition
        while p != 0 {
            if positions[p].lots != .zero && (positions[p].isolated == (scope.isolatedPosition != nil)) {
                let m = Int(positions[p].market)
                let isLong = positions[p].lots > .zero
                let weight = numbers[m].triggerWeight
                let (down, up) = isLong ? (worse, better) : (better, worse)
                if down < .infinity {
                    file(row, m, at: trigger(isLong: true, m, move: down * weight), isFalling: true)
                }
                if up < .infinity {
                    file(row, m, at: trigger(isLong: false, m, move: up * weight), isFalling: false)
                }
            }
            p = scope.isolatedPosition == nil ? positions[p].next : 0
        }
    }

    /// An upper bound, in ledger units per unit of relative price move either way, of the change of equity less a share of
    /// maintenance.
    private func largestChange(_ position: Int32, _ share: Double) -> Double {
        let market = Int(positions[position].market)
        let notional = Double(abs(value(position).micros))
        if collateralShares[market] != 0 { return notional * Double(collateralShares[market]) * 1e-12 }
        if convention.basis == .entry { return notional }
        let rates = maintenanceRates(position)
        return notional * (1 + share * rates.high)
    }

    private mutating func file(_ row: Int32, _ m: Int, at price: Int32, isFalling: Bool) {
        if price <= 0 || price > numbers[m].maxTicks || wakesWrongly == .losesMark { return }
        let entry = SleepEntry(row: row, sleep: failingScopes[row].sleep, price: price)
        let id: Int32
        if freeSleepEntries.isEmpty {
            id = Int32(sleepEntries.count)
            sleepEntries.append(entry)
        } else {
            id = freeSleepEntries[freeSleepEntries.count - 1]
            freeSleepEntries.truncate(to: freeSleepEntries.count - 1)
            sleepEntries[Int(id)] = entry
        }
        file(id, m, isFalling: isFalling)
    }

    private mutating func file(_ id: Int32, _ m: Int, isFalling: Bool) {
        let bucket = sleepTriggers[m].buckets.index(sleepEntries[Int(id)].price)
        if isFalling {
            sleepTriggers[m].falling.insert(id, bucket: min(bucket, sleepTriggers[m].fallingCursor))
        } else {
            sleepTriggers[m].rising.insert(id, bucket: max(bucket, sleepTriggers[m].risingCursor))
        }
    }

    /// Wakes the sleepers whose price a market's mark has reached.
    mutating func drainSleepers(_ m: Int) {
        sleepTriggers[m].isMoved = false
        let mark = sleepTriggers[m].mark
        let here = sleepTriggers[m].buckets.index(mark)
        drained.removeAll()
        var bucket = sleepTriggers[m].fallingCursor
        while bucket >= here {
            sleepTriggers[m].falling.drain(bucket, into: &drained)
            bucket -= 1
        }
        sleepTriggers[m].fallingCursor = here
        let rising = drained.count
        bucket = sleepTriggers[m].risingCursor
        while bucket <= here {
            sleepTriggers[m].rising.drain(bucket, into: &drained)
            bucket += 1
        }
        sleepTriggers[m].risingCursor = here
        for i in 0..<drained.count {
            let id = drained[i]
            let entry = sleepEntries[Int(id)]
            let row = failingScopes[entry.row]
            let isFalling = i < rising
            if row.isAsleep && row.sleep == entry.sleep
                && (isFalling ? mark > entry.price : mark < entry.price)
            {
                file(id, m, isFalling: isFalling)
                continue
            }
            freeSleepEntries.append(id)
            if row.isAsleep && row.sleep == entry.sleep { wake(row: entry.row, \.byMark) }
        }
    }
}

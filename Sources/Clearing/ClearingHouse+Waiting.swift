import Primitives

/// Failing scopes that nothing could be done for: when they are looked at again, and since when they fail.
extension ClearingHouse {
    /// Looks at a failing scope again at once: something was done about it.
    public mutating func retry(_ scope: MarginScope) { lookAgain(scope) }

    /// Lets a failing scope wait for `retrySeconds`: nothing could be done about it. What touches it brings it back before.
    /// One with nothing left but a debt waits for whoever pays it.
    public mutating func postpone(_ scope: MarginScope) {
        guard margin(scope).notional != .zero else { return unpaid.append(scope) }
        postponed.append(Postponed(scope: scope, due: now.adding(seconds: retrySeconds)))
    }

    /// Queues the scopes whose wait is over.
    public mutating func resumePostponed() {
        while firstPostponed < postponed.count, postponed[firstPostponed].due <= now {
            lookAgain(postponed[firstPostponed].scope)
            firstPostponed += 1
        }
        if firstPostponed == postponed.count {
            postponed.removeAll()
            firstPostponed = 0
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

    /// The scopes that wait now: for the slow twin.
    public var postponedScopes: [MarginScope] {
        (firstPostponed..<postponed.count).map { postponed[$0].scope }
            + (firstUnpaid..<unpaid.count).map { unpaid[$0] }
    }

    /// Whether a failing scope's book has been tried long enough.
    public func hasPatienceRunOut(_ scope: MarginScope) -> Bool {
        let row = state(scope).times
        guard takeoverPatience > 0, row != 0, let since = failingTimes[row].since else { return true }
        return now.seconds(since: since) >= takeoverPatience
    }

    /// The scope's row of times, made if it has none.
    mutating func timesRow(_ scope: MarginScope) -> Int32 {
        let known = state(scope).times
        if known != 0 { return known }
        let row = failingTimes.add(scope)
        update(scope) { $0.times = row }
        return row
    }

    /// A cooldown outlives what it was for: who fails again within it waits on.
    private mutating func forgetTimes(_ scope: MarginScope) {
        let row = state(scope).times
        if row == 0 { return }
        failingTimes[row].since = nil
        if failingTimes[row].cooldownEnd > now { return }
        failingTimes.remove(row)
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
}

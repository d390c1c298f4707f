import Primitives

/// Margin calls: once a ratio, and anew after a scope was well covered again.
extension ClearingHouse {
    /// Sends the margin calls a scope has earned and returns the next ratio that matters. A scope covered again by
    /// a fifth more than the highest ratio can be called anew; no trigger waits on the side of recovery, so that is
    /// found at a fill, a payment or `reviewCalled`.
    mutating func callIfDue(_ scope: MarginScope, _ account: AccountID, _ margin: MarginState) -> Rate {
        var calls = state(scope).calls
        if calls > 0 && isCoveredAgain(margin) { calls = 0 }
        while calls < callRatios.count && margin.equity < margin.maintenance.timesUp(callRatios[calls]) {
            calls += 1
            var event = ClearingEvent(.marginCall, at: now, account: account)
            event.market = scope.isolatedPosition.map { positions[$0].market } ?? -1
            event.equity = margin.equity
            event.maintenance = margin.maintenance
            event.amount = margin.notional
            events.append(event)
        }
        if calls > 0 && state(scope).calls == 0 { called.append(scope) }
        update(scope) { $0.calls = calls }
        return calls < callRatios.count ? callRatios[calls] : .one
    }

    private func isCoveredAgain(_ margin: MarginState) -> Bool {
        let ratio = Rate(pico: callRatios[0].pico + callRatios[0].pico / 5)
        return margin.equity > margin.maintenance.timesUp(ratio)
    }

    /// Looks at every scope that was called whether it is covered again, so that it can be called anew. Costs the
    /// number of called scopes; the world does it once a minute.
    public mutating func reviewCalled() {
        var kept = 0
        for i in 0..<called.count {
            let scope = called[i]
            guard state(scope).calls > 0 else { continue }
            let margin = margin(scope)
            if margin.notional == .zero {
                // Closed out: there is nothing left to call for, and what it opens later is called for anew.
                update(scope) { $0.calls = 0 }
            } else if isCoveredAgain(margin) {
                update(scope) { $0.calls = 0 }
                lookAgain(scope)
            } else {
                called[kept] = scope
                kept += 1
            }
        }
        called.truncate(to: kept)
    }
}

import Clearing
import Desk
import Primitives
import Venues

extension StressedBook {
    /// The book along a path: every price of it is a mark, and whoever fails at it is cleared then and there. Forced sales do not
    /// move the path.
    ///
    /// - Parameter tells: false where nobody asks for the accounts.
    /// - Returns: what all of it comes to, and the accounts that something happened to, the largest first.
    public func outcome(
        along path: StressPath, tells: Bool = true
    ) -> (outcome: StressOutcome, stories: [PathStory]) {
        var notes = StressNotes(path.name, tells: tells)
        for l in 0..<ledgers.count {
            var ledger = StressLedger(copying: ledgers[l])
            ledger.walk(path, before: ledgers[l], delaySeconds: marginPeriod, &notes)
        }
        loans.walk(path, &notes)
        notes.finish(names)
        var outcome = notes.outcome
        for coin in coins {
            outcome.fallPct[coin] = path.fall(coin)
            outcome.shockPct[coin] = -path.fall(coin)
        }
        let stories = (notes.stories ?? [:]).map { key, story in
            var story = story
            story.account = names[Int(key.owner)]
            return story
        }.sorted {
            ($1.liquidatedUsd + $1.deleveragedUsd, $0.account) < (
                $0.liquidatedUsd + $0.deleveragedUsd, $1.account
            )
        }
        return (outcome, stories)
    }
}

extension StressLedger {
    fileprivate mutating func walk(
        _ path: StressPath, before: borrowing StressLedger, delaySeconds: Int64, _ notes: inout StressNotes
    ) {
        var seen: [MarginScope: Money] = [:]
        var waiting: [MarginScope: SimTime] = [:]
        for step in path.times.indices {
            let now = path.times[step]
            venue.house.now = now
            move(to: step, of: path)
            venue.house.events.removeAll()
            if delaySeconds > 0 { wait(now, delaySeconds, &waiting) }
            let noted = noteFailing(&notes, before: before, seen: &seen)
            settle(from: now, until: step + 1 < path.times.count ? path.times[step + 1] : nil)
            noteEvents(&notes, before: before)
            noteLeft(noted, &seen)
        }
        noteEnd(&notes)
    }

    /// Lets every failing scope sleep until it has failed for so long: who has recovered by then is not closed.
    private mutating func wait(_ now: SimTime, _ seconds: Int64, _ waiting: inout [MarginScope: SimTime]) {
        venue.house.wakeDue()
        var failing = Buffer<MarginScope>()
        venue.house.scopesToLiquidate(into: &failing)
        var due: Set<MarginScope> = []
        for i in 0..<failing.count {
            let scope = failing[i]
            let until = waiting[scope] ?? SimTime(seconds: now.seconds + seconds)
            waiting[scope] = until
            if now >= until || owner(venue.house.account(of: scope)) < 0 {
                due.insert(scope)
                venue.house.retry(scope)
            } else {
                venue.house.sleep(scope, until: until, at: [])
            }
        }
        for (scope, until) in waiting where until <= now && !due.contains(scope) { waiting[scope] = nil }
    }

    private mutating func move(to step: Int, of path: StressPath) {
        for (m, market) in markets.enumerated() {
            prices[m] =
                market.mark.double * path.factor(market.coin, on: name, isInverse: currency != "USD", step)
            venue.house.setMark(Int32(m), market.quanta.nearest(prices[m]))
        }
        for (c, held) in collateral.enumerated() {
            let price = held.mark.double * path.factor(CoinNames.coin(of: held.asset), step)
            venue.house.setMark(Int32(markets.count + c), held.quanta.nearest(price))
        }
    }
}

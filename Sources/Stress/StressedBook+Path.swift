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
            ledger.walk(path, before: ledgers[l], &notes)
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
        _ path: StressPath, before: borrowing StressLedger, _ notes: inout StressNotes
    ) {
        var seen: Set<MarginScope> = []
        for step in path.times.indices {
            venue.house.now = path.times[step]
            move(to: step, of: path)
            venue.house.events.removeAll()
            noteFailing(&notes, before: before, seen: &seen)
            venue.liquidateFailing()
            noteEvents(&notes, before: before)
        }
        noteEnd(&notes)
    }

    private mutating func move(to step: Int, of path: StressPath) {
        for (m, market) in markets.enumerated() {
            prices[m] = market.mark.double * path.factor(market.coin, step)
            venue.house.setMark(Int32(m), market.quanta.nearest(prices[m]))
        }
        for (c, held) in collateral.enumerated() {
            let price = held.mark.double * path.factor(CoinNames.coin(of: held.asset), step)
            venue.house.setMark(Int32(markets.count + c), held.quanta.nearest(price))
        }
    }
}

import Clearing
import Desk
import Primitives
import Venues

extension StressedBook {
    /// The book along a path: every price of it is a mark, and whoever fails at it is cleared then and there. Forced sales do not
    /// move the path.
    ///
    /// - Returns: what all of it comes to, and the accounts that something happened to, the largest first.
    public func outcome(along path: StressPath) -> (outcome: StressOutcome, stories: [PathStory]) {
        var outcome = StressOutcome(scenario: path.name)
        var deficits: [Int32: Double] = [:]
        var touched = PathNotes()
        for l in 0..<ledgers.count {
            var ledger = StressLedger(copying: ledgers[l])
            ledger.walk(path, before: ledgers[l], &outcome, &deficits, &touched)
        }
        outcome.accountsCalled = touched.called.count
        outcome.accountsLiquidated = touched.liquidated.count
        let worst = deficits.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .prefix(10)
        outcome.largestDeficits = worst.map { .init(account: names[Int($0.key)], usd: $0.value) }
        outcome.cover1Usd = worst.first?.value ?? 0
        outcome.cover2Usd = worst.prefix(2).reduce(0) { $0 + $1.value }
        for coin in coins {
            outcome.fallPct[coin] = path.fall(coin)
            outcome.shockPct[coin] = -path.fall(coin)
        }
        let stories = touched.stories.map { key, story in
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

struct PathNotes {
    struct Key: Hashable {
        var owner: Int32
        var venue: String
    }
    var called: Set<Int32> = []
    var liquidated: Set<Int32> = []
    var stories: [Key: PathStory] = [:]

    mutating func note(_ owner: Int32, _ venue: String, _ change: (inout PathStory) -> Void) {
        change(&stories[Key(owner: owner, venue: venue), default: PathStory(account: "", venue: venue)])
    }
}

extension StressLedger {
    mutating func walk(
        _ path: StressPath, before: borrowing StressLedger, _ outcome: inout StressOutcome,
        _ deficits: inout [Int32: Double],
        _ notes: inout PathNotes
    ) {
        var failing = Buffer<MarginScope>()
        var seen: Set<MarginScope> = []
        for step in path.times.indices {
            venue.house.now = path.times[step]
            move(to: step, of: path)
            venue.house.events.removeAll()
            let unit = usdPerUnit()
            venue.house.scopesToLiquidate(into: &failing)
            for i in 0..<failing.count {
                let scope = failing[i]
                let owner = owners[venue.house.account(of: scope).index]
                let state = venue.house.margin(scope)
                venue.house.retry(scope)
                guard owner >= 0, state.notional > .zero, seen.insert(scope).inserted else { continue }
                let deficit = Double(max(.zero, -state.equity).micros) * unit
                deficits[owner, default: 0] += deficit
                outcome.deficitUsd += deficit
                let had =
                    Double(max(.zero, before.venue.house.margin(scope).equity).micros) * before.usdPerUnit()
                outcome.marginLostUsd += max(0, had - Double(max(.zero, state.equity).micros) * unit)
            }
            venue.liquidateFailing()
            take(&outcome, &notes, unit)
        }
        countHouse(&outcome, usdPerUnit())
    }

    private mutating func move(to step: Int, of path: StressPath) {
        for (m, market) in markets.enumerated() {
            let factor = path.factor(market.coin, step)
            prices[m] = market.mark.double * factor
            let ticks = (prices[m] * market.quanta.ticksPerUSD).rounded()
            venue.house.setMark(Int32(m), Ticks(Int(min(max(ticks, 1), Double(Quanta.maxTicks)))))
        }
        for (c, held) in collateral.enumerated() {
            let price = held.mark.double * path.factor(CoinNames.coin(of: held.asset), step)
            let ticks = (price * held.quanta.ticksPerUSD).rounded()
            venue.house.setMark(
                Int32(markets.count + c), Ticks(Int(min(max(ticks, 1), Double(Quanta.maxTicks)))))
        }
    }

    private func take(_ outcome: inout StressOutcome, _ notes: inout PathNotes, _ unit: Double) {
        for i in 0..<venue.house.events.count {
            let event = venue.house.events[i]
            let owner = event.account == .nobody ? -1 : owners[event.account.index]
            let usd = abs(Double(event.amount.micros)) * unit
            let time = "\(event.time)"
            switch event.kind {
            case .marginCall where owner >= 0:
                notes.called.insert(owner)
                notes.note(owner, name) { $0.calledUtc = $0.calledUtc ?? time }
            case .partialLiquidation, .fullLiquidation, .vaultTakeover, .fundTakeover, .deleveraging:
                if event.kind == .deleveraging {
                    outcome.deleveragedUsd += usd
                    let winner = event.counterparty == .nobody ? -1 : owners[event.counterparty.index]
                    if winner >= 0 {
                        notes.note(winner, name) {
                            $0.deleveragedUtc = $0.deleveragedUtc ?? time
                            $0.deleveragedUsd += usd
                        }
                    }
                }
                guard owner >= 0 else { continue }
                notes.liquidated.insert(owner)
                notes.called.insert(owner)
                notes.note(owner, name) {
                    $0.liquidatedUtc = $0.liquidatedUtc ?? time
                    $0.liquidatedUsd += usd
                }
                if event.lots < .zero {
                    outcome.liquidatedLongUsd += usd
                } else {
                    outcome.liquidatedShortUsd += usd
                }
            case .socialisedLoss: outcome.socialisedUsd += usd
            case .badDebt where event.account == .nobody: outcome.badDebtUsd += usd
            default: continue
            }
        }
    }
}

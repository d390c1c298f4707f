import Agents
import Clearing
@_spi(World) import Exchanges
import OrderBook
import Primitives
import Venues

/// Something that is done to a running world from outside: other rules, a trade, news, an outage. It happens at the beginning
/// of the step that starts at its time, or at the first after it.
///
/// A fork is a copy with changes, and so is a run with `--change`: both take them here, so one gives the bytes of the other.
public struct WorldChange: Sendable {
    public enum What: Sendable {
        case rules(RuleChange)
        /// Taken from what rests, at any price, by somebody who was not there before; what does not rest is not traded.
        case trade(BookID, Side, usd: Double)
        case news(Fundamentals.News)
        /// Of every ledger of a venue.
        case outage([Outage])
    }

    public let time: SimTime
    /// As it was asked for: in the hash, so that no changed world is taken for one that is not.
    public let text: String
    public let what: What

    public init(time: SimTime, text: String, what: What) {
        self.time = time
        self.text = text
        self.what = what
    }
}

/// Rules and behaviour from now on. Of each perpetual venue, in their order.
public struct RuleChange: Sendable {
    /// Nil where no venue's rules change.
    public var rulebooks: [Rulebook]?
    public var forcedConcession: Double
    public var takeoverPatience: [Double]
    /// Brought to each fund, in units of its ledger; negative: taken out, as far as it has it.
    public var fundDeposits: [Money]
    /// Nil where the breaker stays as it is.
    public var breaker: CircuitBreaker??
    /// What agents read of it again is each one's own matter (`Strategy.take`).
    public var settings: any Settings

    public init(
        rulebooks: [Rulebook]?, forcedConcession: Double, takeoverPatience: [Double], fundDeposits: [Money],
        breaker: CircuitBreaker??, settings: any Settings
    ) {
        self.rulebooks = rulebooks
        self.forcedConcession = forcedConcession
        self.takeoverPatience = takeoverPatience
        self.fundDeposits = fundDeposits
        self.breaker = breaker
        self.settings = settings
    }
}

extension World {
    /// Has a change happen when its time comes; one whose time has come, at the next step.
    public mutating func schedule(_ change: WorldChange) {
        let place = changes.firstIndex { $0.time > change.time } ?? changes.count
        changes.insert(change, at: place)
    }

    /// Before a step: what is due.
    mutating func makeChanges() {
        while let change = changes.first, change.time <= now {
            changes.removeFirst()
            changed.combine(change.time)
            changed.combine(StateHash.of(change.text))
            switch change.what {
            case .rules(let rules): take(rules)
            case .trade(let book, let side, let usd): trade(book, side, usd)
            case .news(let news): fundamentals.news.append(news)
            case .outage(let outages): for outage in outages { exchanges.add(outage) }
            }
        }
    }

    private mutating func take(_ rules: RuleChange) {
        for p in exchanges.perpetualIDs {
            exchanges.worldPerps[p].forcedConcession = rules.forcedConcession
            exchanges.worldPerps[p].house.takeoverPatience = rules.takeoverPatience[p.index]
            if let rulebooks = rules.rulebooks { exchanges.worldPerps[p].adopt(rulebooks[p.index]) }
            guard let fund = exchanges.perps[p].fund else { continue }
            let more = rules.fundDeposits[p.index]
            if more > .zero {
                exchanges.worldPerps[p].house.deposit(more, to: fund)
            } else if more < .zero {
                let has = exchanges.perps[p].house.withdrawable(fund, notionalFloor: .zero)
                _ = exchanges.worldPerps[p].house.withdraw(
                    min(has, more.magnitude), from: fund, notionalFloor: .zero)
            }
        }
        if let breaker = rules.breaker { exchanges.set(breaker) }
        for i in strategies.indices { strategies[i].take(rules.settings) }
    }

    /// An account with as much as it takes, at the highest leverage: what it does is one order for what rests there.
    private mutating func trade(_ book: BookID, _ side: Side, _ usd: Double) {
        let place = exchanges.place(book)
        let unit = exchanges.unit(book)
        let last = exchanges.lastTrade(book) ?? unit.nearestTick(exchanges.views[place.asset].index)
        var lots = Lots.zero
        var worst: Ticks?
        for level in exchanges.levels(book, side.opposite, limit: .max) {
            let wanted = unit.lots(worth: usd, at: last) - lots
            if wanted <= .zero { break }
            lots += min(wanted, level.lots)
            worst = level.price
        }
        guard let worst, lots > .zero else { return }
        let account = exchanges.openAccount(place.exchange)
        if place.isSpot && side == .sell {
            exchanges.deposit(lots, to: account, book)
        } else {
            // Margin is asked at the order's limit, which may be far from the mark.
            let furthest = max(1, Double(worst.count) / Double(last.count))
            exchanges.deposit(usd * 4 * furthest, to: account, on: place.exchange)
        }
        if !place.isSpot { exchanges.raiseLeverage(account, book) }
        exchanges.submit(
            book,
            NewOrder(
                side, lots, at: worst, account: account, timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker))
    }
}

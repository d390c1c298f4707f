import Agents
import Clearing
@_spi(World) import Exchanges
import OrderBook
import Primitives
import Synchronization
import Venues

/// What a run of the whole market amounts to, kept up at every step. Definitions are in docs/whole-market.md.
public struct MarketMetrics {
    public internal(set) var tallies: [VenueTally] = []
    /// Largest imbalance of any ledger, wallet, pool or transfer at any step, in its own smallest unit: zero.
    public private(set) var worstImbalance: Int64 = 0
    public private(set) var stepsChecked = 0
    public internal(set) var hash = StateHash()

    /// By asset, the index: at the end of the reference minute, the lowest second since, and when.
    public private(set) var indexFalls: [Fall] = []
    /// By book: its own trades.
    public private(set) var bookFalls: [Fall] = []
    /// TOTAL, TOTAL2, TOTAL3.
    public private(set) var totalFalls = [Fall](repeating: Fall(), count: 3)
    /// Open interest of all venues and of Bitcoin, at the start, at its lowest minute and at the end; coins of Bitcoin.
    public internal(set) var openInterest = Extremes()
    public internal(set) var bitcoinOpenInterest = Extremes()
    public internal(set) var bitcoinCoins = Extremes()
    /// Bitcoin within 1 % on both sides of all books, dollars.
    public internal(set) var depth = Extremes()
    public internal(set) var depthHalfBack: SimTime?
    public internal(set) var minutes: [MarketMinute] = []
    /// By book: the minute that ended last.
    public internal(set) var bookRows: [BookRow] = []
    /// By book: what takers had traded when the last minute ended.
    private var volumes: [TakerVolume] = []
    /// Deleveraged notional by exchange and account.
    public internal(set) var deleveragedOf: [[AccountID: Double]] = []
    /// By exchange: what its fund had paid when last looked at.
    private var fundPaid: [Money] = []
    /// The most clearing events of any one step, over all venues.
    public internal(set) var maximumEventsInAStep = 0
    public internal(set) var capitalLeftLow = 1.0
    public internal(set) var leverage = LeverageTrace()
    /// Coins held by cohorts and classes of agents: at the start, at the lowest minute of the asset's index, at the end.
    public internal(set) var cohorts: [(name: String, trace: HoldingTrace)] = []
    /// By asset: the lowest price of its on-chain pool since the reference minute.
    public private(set) var poolLows: [Double?] = []

    /// Who won and who lost on the perpetual venues.
    public internal(set) var gains = Gains()

    /// Whether the makers' firms know what their accounts have earned.
    private var makersEquity: MakersEquity
    /// The most that the firms' profit was off what their accounts have more, at the end of any minute: zero.
    public var makersProfitGap: Money { makersEquity.worstGap }

    /// Who pushed whom.
    public internal(set) var cascade: CascadeWatch

    var setup: MarketSetup
    let start: SimTime
    var wasLiquidated: [[Bool]] = []
    var wasDeleveraged: [[Bool]] = []
    var minute: MarketMinute
    var reported: [(long: Double, short: Double)] = []
    private var isOpen = false

    public struct Fall: Sendable, Hashable {
        public var reference: Double
        public var low = Double.infinity
        public var lowTime = SimTime(seconds: 0)
        public var last = 0.0
        /// At the first midnight UTC after the reference minute; 0 before it.
        public var midnight = 0.0

        init(reference: Double = 0) { self.reference = reference }

        /// There was a price in the reference minute and one since.
        public var isSeen: Bool { reference > 0 && low < .infinity }
        /// Positive for a fall; 0 where none was seen.
        public var percent: Double { isSeen ? (1 - low / reference) * 100 : 0 }
        /// The part of the fall regained by midnight UTC, in percent; nil before it, and where nothing fell.
        public var regainedPercent: Double? {
            let lost = reference - low
            return isSeen && lost > 0 && midnight > 0 ? (midnight - low) / lost * 100 : nil
        }
    }

    public struct Extremes: Sendable, Hashable {
        public var before = 0.0
        public var low = Double.infinity
        public var lowTime = SimTime(seconds: 0)
        public var after = 0.0
        mutating func see(_ value: Double, at time: SimTime) {
            if value < low { (low, lowTime) = (value, time) }
            after = value
        }
        public var fallPercent: Double { before > 0 && low < .infinity ? (1 - low / before) * 100 : 0 }
    }

    init(
        _ exchanges: borrowing Exchanges, _ setup: MarketSetup, _ makers: MarketMakers?, start: SimTime
    ) {
        cascade = CascadeWatch(
            exchanges, majors: setup.majors, crossQuoting: makers?.parameters.crossQuoting ?? 0)
        makersEquity = MakersEquity(makers, exchanges)
        self.setup = setup
        self.start = start
        minute = MarketMinute(time: start, exchanges: exchanges.perps.count)
    }

    mutating func begin(_ exchanges: inout Exchanges) {
        tallies = Array(repeating: VenueTally(), count: exchanges.perps.count)
        reported = Array(repeating: (0, 0), count: exchanges.perps.count)
        deleveragedOf = Array(repeating: [:], count: exchanges.perps.count)
        fundPaid = Array(repeating: .zero, count: exchanges.perps.count)
        indexFalls = Array(repeating: Fall(), count: exchanges.assets.count)
        bookFalls = Array(repeating: Fall(), count: exchanges.books.count)
        volumes = exchanges.bookIDs.map { exchanges.volume($0) }
        for p in exchanges.perpetualIDs {
            let count = Int(exchanges.perps[p].house.accountCount)
            wasLiquidated.append(Array(repeating: false, count: count))
            wasDeleveraged.append(Array(repeating: false, count: count))
        }
        cascade.begin(exchanges)
        measure(&exchanges, at: start, isFirst: true)
        let equity = populationEquity(&exchanges)
        leverage.before = Leverage(exchanges, setup, equity: equity)
        gains.begin(exchanges, setup, equity: equity)
        poolLows = Array(repeating: nil, count: exchanges.assets.count)
        cohorts = setup.cohorts.map { cohort in
            var trace = HoldingTrace(asset: exchanges.assets[cohort.asset])
            trace.before = cohort.coins(exchanges)
            (trace.low, trace.after) = (trace.before, trace.before)
            return (cohort.name, trace)
        }
    }

    /// Dollars of equity by perpetual exchange and account of its leveraged population.
    private func populationEquity(_ exchanges: inout Exchanges) -> [[Double]] {
        var units: [Double] = []
        for p in exchanges.perpetualIDs { units.append(exchanges.settlementUnits(p)) }
        let populations = setup.populations
        let found = Mutex([[Double]](repeating: [], count: units.count))
        exchanges.eachPerpetual { [units] p, venue in
            let equity = populations[p].map { Double(venue.house.equity(of: $0).micros) / units[p] }
            found.withLock { $0[p] = equity }
        }
        return found.withLock { $0 }
    }

    /// Looks at the world after a step.
    ///
    /// - Parameter makers: read when a minute has ended; nil where there are none.
    mutating func observe(_ exchanges: inout Exchanges, _ makers: MarketMakers?, minuteEnded: SimTime?) {
        var events = 0
        seeForcedSales(exchanges)
        cascade.observe(exchanges)
        for p in exchanges.perpetualIDs {
            events += exchanges.perps[p].house.events.count
            for i in 0..<exchanges.perps[p].house.events.count {
                add(exchanges.perps[p].house.events[i], p, exchanges)
            }
        }
        cascade.endStep()
        seeFunds(exchanges)
        maximumEventsInAStep = max(maximumEventsInAStep, events)
        balance(&exchanges)
        seePrices(exchanges)
        isOpen = true
        if let minuteEnded {
            if let makers { makersEquity.check(makers, exchanges) }
            close(&exchanges, makers, nextStart: minuteEnded)
        }
    }

    /// What the funds paid in this step, in dollars at the mark of the moment.
    private mutating func seeFunds(_ exchanges: borrowing Exchanges) {
        for p in exchanges.perpetualIDs {
            guard let fund = exchanges.perps[p].fund else { continue }
            let paid = exchanges.perps[p].house.flows(of: fund).paid
            if paid != fundPaid[p] { tallies[p].fundDraw += dollars(paid - fundPaid[p], p, exchanges) }
            fundPaid[p] = paid
        }
    }

    private mutating func balance(_ exchanges: inout Exchanges) {
        stepsChecked += 1
        var sum: Int64 = 0
        for p in exchanges.perpetualIDs { sum += exchanges.worldPerps[p].house.runningImbalance() }
        for s in 0..<exchanges.spots.count { sum += exchanges.spots[s].ledger.imbalance() }
        for pool in exchanges.pools { sum += pool?.imbalance ?? 0 }
        sum += abs((exchanges.inTransit - exchanges.cashInTransfers()).micros)
        worstImbalance = max(worstImbalance, sum)
    }

    /// Index falls by the second, from the last moment of the reference minute.
    private mutating func seePrices(_ exchanges: borrowing Exchanges) {
        let now = exchanges.now
        let isReference = now <= setup.reference.adding(seconds: 60)
        var totals = (0.0, 0.0, 0.0)
        for a in exchanges.assetIDs {
            let price = exchanges.views[a].index
            let worth = price * setup.supplies[a]
            totals.0 += worth
            if a != setup.majors[0] { totals.1 += worth }
            if !setup.majors.prefix(2).contains(a) { totals.2 += worth }
            if isReference {
                indexFalls[a].reference = price
            } else if price < indexFalls[a].low {
                indexFalls[a].low = price
                indexFalls[a].lowTime = now
            }
        }
        for (i, total) in [totals.0, totals.1, totals.2].enumerated() {
            if isReference {
                totalFalls[i].reference = total
            } else if total < totalFalls[i].low {
                totalFalls[i].low = total
                totalFalls[i].lowTime = now
            }
            totalFalls[i].last = total
            if isMidnight(now, totalFalls[i]) { totalFalls[i].midnight = total }
        }
    }

    /// Forgets the lows so far: see `World.measureFalls`.
    mutating func restartFalls(_ exchanges: borrowing Exchanges, from reference: SimTime) {
        setup.reference = reference
        for a in exchanges.assetIDs { indexFalls[a] = Fall(reference: exchanges.views[a].index) }
        for i in totalFalls.indices { totalFalls[i] = Fall(reference: totalFalls[i].last) }
        for b in bookFalls.indices { bookFalls[b] = Fall(reference: bookFalls[b].last) }
        for a in exchanges.assetIDs { poolLows[a] = nil }
    }

    private func isMidnight(_ now: SimTime, _ fall: Fall) -> Bool {
        now.seconds % 86_400 == 0 && now > setup.reference.adding(seconds: 60) && fall.midnight == 0
    }

    private mutating func close(_ exchanges: inout Exchanges, _ makers: MarketMakers?, nextStart: SimTime) {
        isOpen = false
        let isReference = exchanges.now <= setup.reference.adding(seconds: 60)
        for a in exchanges.assetIDs {
            let price = exchanges.views[a].index
            indexFalls[a].last = price
            if isMidnight(exchanges.now, indexFalls[a]) { indexFalls[a].midnight = price }
        }
        bookRows.removeAll(keepingCapacity: true)
        for book in exchanges.bookIDs { seeBook(book, &exchanges, isReference) }
        takeFeeds(&exchanges)
        measure(&exchanges, at: minute.time, isFirst: false)
        seeCohorts(exchanges, isReference)
        minute.makerProfitUSD = makers?.gain(exchanges).dollars ?? 0
        minute.makerCapitalLeft = makers?.capitalShareLeft ?? 1
        minute.caution = makers?.caution ?? 0
        capitalLeftLow = min(capitalLeftLow, minute.makerCapitalLeft)
        minute.referenceUSD = exchanges.views[exchanges.reference].index
        hash.combine(minute.liquidatedUSD)
        hash.combine(exchanges.views[setup.majors[0]].index)
        hash.combine(openInterest.after)
        minute.causedByForced = cascade.endMinute()
        minutes.append(minute)
        minute = MarketMinute(time: nextStart, exchanges: exchanges.perps.count)
    }

    private mutating func seeBook(_ book: BookID, _ exchanges: inout Exchanges, _ isReference: Bool) {
        let place = exchanges.place(book)
        let unit = exchanges.unit(book)
        let lowest = exchanges.takeLowestTrade(book).map { unit.usd($0) }
        let last = exchanges.lastTrade(book).map { unit.usd($0) } ?? exchanges.views[place.asset].index
        if isReference {
            bookFalls[book].reference = last
        } else if let lowest, lowest < bookFalls[book].low {
            bookFalls[book].low = lowest
            bookFalls[book].lowTime = minute.time
        }
        bookFalls[book].last = last
        if isMidnight(exchanges.now, bookFalls[book]) { bookFalls[book].midnight = last }
        var mid = 0.0
        if let bid = exchanges.bestBid(book), let ask = exchanges.bestAsk(book) {
            mid = Double(bid.count + ask.count) / 2 / unit.ticksPerUSD
        }
        let volume = exchanges.volume(book)
        let before = volumes[book]
        volumes[book] = volume
        bookRows.append(
            BookRow(
                midUSD: mid, lowUSD: lowest ?? last, lastUSD: last,
                boughtUSD: Double(volume.bought - before.bought) / 1e6,
                soldUSD: Double(volume.sold - before.sold) / 1e6,
                bidsUSD: exchanges.depthUSD(book, .buy, withinBasisPoints: 100),
                asksUSD: exchanges.depthUSD(book, .sell, withinBasisPoints: 100)))
    }

    private mutating func seeCohorts(_ exchanges: borrowing Exchanges, _ isReference: Bool) {
        for (i, cohort) in setup.cohorts.enumerated() {
            let coins = cohort.coins(exchanges)
            cohorts[i].trace.after = coins
            // The minute that holds the lowest second so far.
            if !isReference && indexFalls[cohort.asset].lowTime >= minute.time {
                cohorts[i].trace.low = coins
            }
        }
        guard !isReference else { return }
        for a in exchanges.assetIDs where exchanges.pools[a] != nil {
            guard let book = setup.poolBooks[a],
                let price = exchanges.poolPriceUSD(a, exchanges.unit(book))
            else { continue }
            poolLows[a] = min(poolLows[a] ?? price, price)
        }
    }

    /// Completes the minute that was being simulated when the run ended, and the totals that need the end.
    mutating func finish(_ exchanges: inout Exchanges, _ makers: MarketMakers?) {
        for p in exchanges.perpetualIDs { exchanges.worldPerps[p].feed.flush() }
        if isOpen {
            close(&exchanges, makers, nextStart: exchanges.now)
        } else {
            takeFeeds(&exchanges)
        }
        let equity = populationEquity(&exchanges)
        leverage.after = Leverage(exchanges, setup, equity: equity)
        gains.end(exchanges, equity: equity)
        for p in exchanges.perpetualIDs {
            tallies[p].marginLost = gains.marginLost(p, setup, of: wasLiquidated[p], equity: equity[p])
        }
        for p in exchanges.perpetualIDs {
            tallies[p].badDebt += dollars(exchanges.perps[p].house.uncoveredDeficits(), p, exchanges)
            tallies[p].openInterestLow = min(tallies[p].openInterestLow, tallies[p].openInterestBefore)
        }
    }
}

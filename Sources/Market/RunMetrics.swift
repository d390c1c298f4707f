import Agents
import Clearing
import Primitives
import Venues

/// What a run amounts to, kept up at every step.
///
/// Definitions. Liquidated: notional of traders' positions closed by force, in the book, by takeover or by
/// deleveraging; what the vault or the fund is later deleveraged of was counted when they took it over.
/// Notional is not loss: `realisedLoss` is what liquidated accounts lost against their cost, `marginLost` what
/// collateral they had less of at the end (top-ups counted in).
public struct RunMetrics: Sendable {
    public private(set) var liquidatedLong = Money.zero
    public private(set) var liquidatedShort = Money.zero
    public private(set) var marginCalls = 0
    public private(set) var accountsLiquidated = 0
    public private(set) var vaultTakeover = Money.zero
    public private(set) var fundTakeover = Money.zero
    /// What passed between the venue's own accounts and everybody else, as of the last step.
    public private(set) var fundFlows = HouseFlows()
    public private(set) var vaultFlows = HouseFlows()
    public private(set) var deleveraged = Money.zero
    public private(set) var deleveragingFills = 0
    public private(set) var deleveragedAccounts = 0
    public private(set) var deleveragedLots: [Lots]
    /// Notional closed by deleveraging, by the account it was closed against.
    public private(set) var deleveragedOf: [Int32: Money] = [:]
    /// Deleveraged of the vault's or the fund's positions, part of `deleveraged`.
    public private(set) var deleveragedOfHouse = Money.zero
    public private(set) var socialised = Money.zero
    public private(set) var badDebt = Money.zero
    public private(set) var realisedLoss = Money.zero
    public private(set) var topUps = Money.zero
    public private(set) var partialLiquidations = 0
    /// The most deleveraging fills against one failing account at one moment.
    public private(set) var largestWave = 0
    public private(set) var firstDeleveraging: SimTime?
    /// The moment and the running total of every change of the takeover notional.
    private var takeovers: [(time: SimTime, total: Money)] = []
    /// The largest imbalance of any step: zero.
    public private(set) var worstImbalance = Money.zero
    public private(set) var stepsChecked = 0
    public private(set) var hash = StateHash()

    public private(set) var minutes: [SeriesRow] = []
    public private(set) var seconds: [SeriesRow] = []
    public private(set) var openInterestBefore: [Money] = []
    public private(set) var openInterestLow: [Money] = []
    /// Index, mark and lowest trade at and after the reference minute, per market, in dollars.
    public private(set) var falls: [Fall]
    /// Gross notional of traders' positions over their equity at the start: both sides, accounts with positions.
    public private(set) var grossLeverageAtStart = 0.0
    public private(set) var vaultEquityAtStart = Money.zero
    public private(set) var accountsWithPositions = 0
    private let start: SimTime
    private let reference: SimTime
    /// How many accounts each simulated one stands for: counts of accounts and of calls are weighted.
    private var weights: [Int] = []
    private var wasLiquidated: [Bool] = []
    private var wasDeleveraged: [Bool] = []
    private var startEquity: [Int64] = []
    private var toppedUp: [Int32: Int64] = [:]
    private var minute: [SeriesRow]
    private var isMinuteOpen = false
    private var second: [SeriesRow]
    private var wave: (time: SimTime, account: Int32, fills: Int) = (SimTime(seconds: 0), -1, 0)

    /// A price at the reference moment and the lowest since.
    public struct Fall: Sendable, Hashable {
        public var indexReference = 0.0
        public var indexLow = Double.infinity
        public var bookReference = 0.0
        public var bookLow = Double.infinity
        public var markReference = 0.0
        public var markLow = Double.infinity

        public static func percent(_ from: Double, _ to: Double) -> Double {
            from > 0 && to < .infinity ? (1 - to / from) * 100 : 0
        }
    }

    init(arenas: [String], start: SimTime, reference: SimTime) {
        self.start = start
        self.reference = reference
        falls = Array(repeating: Fall(), count: arenas.count)
        deleveragedLots = Array(repeating: .zero, count: arenas.count)
        minute = arenas.indices.map { SeriesRow(time: start, market: Int32($0)) }
        second = minute
    }

    mutating func begin(_ venue: borrowing Venue, _ traders: LeveragedTraders) {
        let n = Int(venue.house.accountCount)
        weights = (0..<n).map { traders.weight(of: Int32($0)) }
        wasLiquidated = Array(repeating: false, count: n)
        wasDeleveraged = wasLiquidated
        startEquity = (0..<n).map { Self.equity(Int32($0), venue).micros }
        vaultEquityAtStart = venue.vault.map { Self.equity($0, venue) } ?? .zero
        var (gross, equity) = (0.0, 0.0)
        accountsWithPositions = 0
        for p in 1..<venue.house.positionEnd where venue.house.position(p).lots != .zero {
            accountsWithPositions += weights[Int(venue.house.position(p).account)]
            gross += venue.house.value(p).magnitude.dollars
            equity += Double(startEquity[Int(venue.house.position(p).account)]) / 1e6
        }
        grossLeverageAtStart = equity > 0 ? gross / equity : 0
        for m in falls.indices {
            let open = Self.openInterest(Int32(m), venue)
            openInterestBefore.append(open)
            openInterestLow.append(open)
        }
    }

    /// Cash plus the equity of every isolated position.
    static func equity(_ account: Int32, _ venue: borrowing Venue) -> Money {
        var equity = venue.house.margin(.cross(account)).equity
        var p = venue.house.account(account).firstPosition
        while p != 0 {
            let position = venue.house.position(p)
            if position.isolated { equity += venue.house.margin(.isolated(position: p)).equity }
            p = position.next
        }
        return equity
    }

    static func openInterest(_ market: Int32, _ venue: borrowing Venue) -> Money {
        venue.rulebook.markets[Int(market)].spec.unit.notional(
            venue.house.openInterest(market), at: venue.house.mark(market))
    }

    /// Looks at the world after a step.
    ///
    /// - Parameter minuteEnded: the boundary of the minute that this step passed, if it passed one.
    mutating func observe(_ venue: inout Venue, _ arenas: [Arena], minuteEnded: SimTime?) {
        for i in 0..<venue.house.events.count { add(venue.house.events[i], venue) }
        if let fund = venue.fund { fundFlows = venue.house.flows(of: fund) }
        if let vault = venue.vault { vaultFlows = venue.house.flows(of: vault) }
        let zero = venue.house.runningZeroSum()
        stepsChecked += 1
        if zero.imbalance.magnitude > worstImbalance.magnitude { worstImbalance = zero.imbalance }
        if zero.netLots.contains(where: { $0 != .zero }) {
            worstImbalance = Money(micros: max(worstImbalance.micros, 1))
        }
        let now = venue.house.now
        for (m, arena) in arenas.enumerated() {
            let low = venue.takeLowestTrade(arena.market)
            observe(m, arena, venue, now, low)
        }
        isMinuteOpen = true
        if let minuteEnded { closeMinute(venue, arenas, nextStart: minuteEnded) }
    }

    private mutating func observe(
        _ m: Int, _ arena: Arena, _ venue: borrowing Venue, _ now: SimTime, _ lowest: Ticks?
    ) {
        let unit = venue.rulebook.markets[m].spec.unit
        let index = arena.index.price
        let mark = unit.usd(venue.house.mark(arena.market))
        let last = venue.lastTrade(arena.market).map { unit.usd($0) } ?? index
        let lowest = lowest.map { unit.usd($0) } ?? last
        // The reference is the last moment of the minute before the shock.
        if now <= reference.adding(seconds: 60) {
            falls[m].indexReference = index
            falls[m].bookReference = last
            falls[m].markReference = mark
        }
        if now > reference {
            falls[m].indexLow = min(falls[m].indexLow, index)
            falls[m].bookLow = min(falls[m].bookLow, lowest)
            falls[m].markLow = min(falls[m].markLow, mark)
        }
        for keyPath in [\RunMetrics.second, \RunMetrics.minute] {
            self[keyPath: keyPath][m].indexUSD = index
            self[keyPath: keyPath][m].markUSD = mark
            let low = self[keyPath: keyPath][m].lowestTradeUSD
            self[keyPath: keyPath][m].lowestTradeUSD = low == 0 ? lowest : min(low, lowest)
        }
        if let bid = venue.bestBid(arena.market), let ask = venue.bestAsk(arena.market) {
            let mid = (unit.usd(bid) + unit.usd(ask)) / 2
            second[m].midUSD = mid
            minute[m].midUSD = mid
        } else {
            second[m].midUSD = 0
            minute[m].midUSD = 0
        }
        let presence = arena.makers.map(\.presence)
        second[m].makerPresence = presence.reduce(0, +) / Double(max(1, presence.count))
        second[m].time = now
        seconds.append(second[m])
        second[m] = SeriesRow(time: now, market: Int32(m))
    }

    /// Closes the minute that was being simulated when the run ended, if any.
    mutating func closeOpenMinute(_ venue: borrowing Venue, _ arenas: [Arena]) {
        if isMinuteOpen { closeMinute(venue, arenas, nextStart: venue.house.now) }
    }

    private mutating func closeMinute(_ venue: borrowing Venue, _ arenas: [Arena], nextStart: SimTime) {
        isMinuteOpen = false
        for (m, arena) in arenas.enumerated() {
            minute[m].bidDepth1PctUSD = venue.depth(arena.market, .buy, withinBasisPoints: 100).dollars
            minute[m].askDepth1PctUSD = venue.depth(arena.market, .sell, withinBasisPoints: 100).dollars
            let open = Self.openInterest(arena.market, venue)
            openInterestLow[m] = min(openInterestLow[m], open)
            minute[m].openInterestUSD = open.dollars
            minute[m].vaultEquityUSD = venue.vault.map { Self.equity($0, venue).dollars } ?? 0
            minute[m].fundEquityUSD = venue.fund.map { Self.equity($0, venue).dollars } ?? 0
            let presence = arena.makers.map(\.presence)
            minute[m].makerPresence = presence.reduce(0, +) / Double(max(1, presence.count))
            hash.combine(minute[m].liquidatedLongUSD)
            hash.combine(minute[m].markUSD)
            hash.combine(minute[m].openInterestUSD)
            minutes.append(minute[m])
            minute[m] = SeriesRow(time: nextStart, market: Int32(m))
        }
    }

    /// Forgets the per-second rows handed to the recorder.
    mutating func takeSeconds() -> [SeriesRow] {
        defer { seconds.removeAll(keepingCapacity: true) }
        return seconds
    }

    // MARK: Events

    private mutating func add(_ event: ClearingEvent, _ venue: borrowing Venue) {
        let isTrader = venue.house.account(event.account).kind == .trader
        switch event.kind {
        case .marginCall:
            let weight = weights[Int(event.account)]
            marginCalls += weight
            for m in minute.indices where event.market < 0 || Int(event.market) == m {
                minute[m].marginCalls += weight
                second[m].marginCalls += weight
            }
        case .partialLiquidation:
            partialLiquidations += 1
            liquidated(event)
        case .fullLiquidation:
            // What a fund sells it took over before: the trader's loss of the position is counted there.
            if isTrader { liquidated(event) }
        case .vaultTakeover:
            vaultTakeover += event.amount.magnitude
            takeovers.append((event.time, vaultTakeover + fundTakeover))
            change(event) { $0.vaultTakeoverUSD += event.amount.magnitude.dollars }
            liquidated(event)
        case .fundTakeover:
            fundTakeover += event.amount.magnitude
            takeovers.append((event.time, vaultTakeover + fundTakeover))
            liquidated(event)
        case .deleveraging:
            deleveraged(event, isTrader)
        case .socialisedLoss:
            socialised += event.amount
        case .badDebt:
            // Charged to the fund it shows as the fund's deficit.
            if event.account < 0 { badDebt += event.amount }
        case .topUp:
            topUps += event.amount
            toppedUp[event.account, default: 0] += event.amount.micros
        case .ordersCancelled, .recovered, .closedOut, .voluntaryReduction, .collateralSold,
            .liquidationFee, .legsNetted, .fundSettlement, .fundPayment, .vaultPayment,
            .equityTakenOver:
            break
        }
        hash.combine(Int64(event.kind.rawValue))
        hash.combine(Int64(event.account))
        hash.combine(event.amount.micros)
    }

    private mutating func deleveraged(_ event: ClearingEvent, _ ofTrader: Bool) {
        let notional = event.amount.magnitude
        deleveraged += notional
        deleveragingFills += 1
        deleveragedLots[Int(event.market)] = deleveragedLots[Int(event.market)] + event.lots.magnitude
        deleveragedOf[event.counterparty, default: .zero] += notional
        if firstDeleveraging == nil { firstDeleveraging = event.time }
        let winner = Int(event.counterparty)
        if wasDeleveraged.indices.contains(winner), !wasDeleveraged[winner] {
            wasDeleveraged[winner] = true
            deleveragedAccounts += weights[winner]
        }
        change(event) {
            $0.deleveragedUSD += notional.dollars
            $0.deleveragingEvents += 1
        }
        let sameWave = wave.time == event.time && wave.account == event.account
        wave = (event.time, event.account, sameWave ? wave.fills + 1 : 1)
        largestWave = max(largestWave, wave.fills)
        if ofTrader { liquidated(event) } else { deleveragedOfHouse += notional }
    }

    /// Counts a trader's position closed by force.
    private mutating func liquidated(_ event: ClearingEvent) {
        let notional = event.amount.magnitude
        let isLong = event.lots < .zero
        if isLong { liquidatedLong += notional } else { liquidatedShort += notional }
        realisedLoss += event.loss
        let account = Int(event.account)
        if wasLiquidated.indices.contains(account), !wasLiquidated[account] {
            wasLiquidated[account] = true
            accountsLiquidated += weights[account]
        }
        change(event) {
            if isLong {
                $0.liquidatedLongUSD += notional.dollars
            } else {
                $0.liquidatedShortUSD += notional.dollars
            }
            $0.liquidationEvents += 1
        }
    }

    private mutating func change(_ event: ClearingEvent, _ body: (inout SeriesRow) -> Void) {
        guard minute.indices.contains(Int(event.market)) else { return }
        body(&minute[Int(event.market)])
        body(&second[Int(event.market)])
    }

    // MARK: Results

    /// The minute in which most was liquidated, over all markets, and how much.
    public var peakMinute: (time: SimTime, usd: Double)? {
        var sums: [(SimTime, Double)] = []
        for row in minutes {
            let usd = row.liquidatedLongUSD + row.liquidatedShortUSD
            if let last = sums.last, last.0 == row.time {
                sums[sums.count - 1].1 += usd
            } else {
                sums.append((row.time, usd))
            }
        }
        guard let best = sums.max(by: { $0.1 < $1.1 }), best.1 > 0 else { return nil }
        return (best.0, best.1)
    }

    /// Seconds from the moment takeovers reached 1 % of the run's takeover notional to the first deleveraging.
    public var firstDeleveragingSeconds: Double? {
        guard let first = firstDeleveraging, let total = takeovers.last?.total,
            let onset = takeovers.first(where: { $0.total.micros >= total.micros / 100 })
        else { return nil }
        return first.seconds(since: onset.time)
    }

    /// Collateral that liquidated accounts have less of than at the start, top-ups counted in.
    public func marginLost(_ venue: borrowing Venue) -> Money {
        var lost = Money.zero
        for a in wasLiquidated.indices where wasLiquidated[a] {
            let before = startEquity[a] + (toppedUp[Int32(a)] ?? 0)
            lost.micros += max(0, before - Self.equity(Int32(a), venue).micros)
        }
        return lost
    }
}

extension World {
    /// The per-second rows since they were last taken.
    public mutating func takeSeconds() -> [SeriesRow] { metrics.takeSeconds() }
}

import Agents
import Clearing
import Dispatch
import MarketData
import OrderBook
import Primitives
import RealModule
import Venues

/// The leveraged population of a scenario: drawn account by account from streams that depend only on the seed
/// and the account's number, so that it is the same on any number of threads.
struct Population {
    /// One account before it is opened.
    struct Draft: Sendable {
        var isLong = false
        /// Relative size, before sizes are brought to the open interest.
        var size = 0.0
        /// Notional / equity at the start.
        var leverage = 0.0
        var entryUSD = 0.0
        var isIsolated = false
        var stopDistance: Double?
        var takeProfitDistance: Double?
        var trader = LeveragedTraders.Trader(response: .ignores, delaySeconds: 0, reserve: .zero)
        var reserveShare = 0.0
    }

    private(set) var drafts: [Draft]
    private let scenario: Scenario
    private let startUSD: Double
    private let history: [(time: SimTime, usd: Double)]

    init(_ scenario: Scenario, seed: UInt64, scale: Int, startUSD: Double, threads: Int) {
        self.scenario = scenario
        self.startUSD = startUSD
        // The history is BTC's: used where the run starts near where it ends, else all entered at the start price.
        let recorded = scenario.text("market.asset") == "BTC" ? BuiltIn.entryHistory() : []
        let isNear = recorded.last.map { abs(startUSD / $0.usd - 1) < 0.2 } ?? false
        history = isNear ? recorded : []
        let count = scenario.integer("population.accounts")
        drafts = Array(repeating: Draft(), count: count)
        let rules = DraftRules(scenario, startUSD: startUSD, history: history)
        let pieces = max(1, threads)
        drafts.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let all = buffer
            DispatchQueue.concurrentPerform(iterations: pieces) { piece in
                for i in stride(from: piece, to: count, by: pieces) {
                    var random = CounterStream(seed: seed, name: "population", index: UInt64(i))
                    all[i] = rules.draw(&random)
                }
            }
        }
        // Both sides exist whatever the draw.
        drafts[0].isLong = true
        drafts[1].isLong = false
        if scale > 1 { drafts = Self.merged(drafts, by: scale) }
    }

    /// Replaces `k` similar accounts by one of weight `k`: same side and margin mode, neighbours in leverage. The
    /// largest accounts, one in two hundred, stay themselves: they move the book alone.
    private static func merged(_ drafts: [Draft], by k: Int) -> [Draft] {
        let order = drafts.indices.sorted { (drafts[$0].size, $1) > (drafts[$1].size, $0) }
        let largest = order.prefix(max(2, drafts.count / 200))
        var merged = largest.map { drafts[$0] }
        for isLong in [true, false] {
            for isIsolated in [true, false] {
                let group = order.dropFirst(largest.count)
                    .filter { drafts[$0].isLong == isLong && drafts[$0].isIsolated == isIsolated }
                    .sorted { (drafts[$0].leverage, $0) < (drafts[$1].leverage, $1) }
                for start in stride(from: 0, to: group.count, by: k) {
                    merged.append(one(group[start..<min(start + k, group.count)].map { drafts[$0] }))
                }
            }
        }
        // Both sides exist whatever was merged.
        if !merged.contains(where: \.isLong) { merged[0].isLong = true }
        if merged.allSatisfy(\.isLong) { merged[merged.count - 1].isLong = false }
        return merged
    }

    /// One account with the size, the equity and the mean entry of several; it behaves like the first of them.
    private static func one(_ several: [Draft]) -> Draft {
        var draft = several[0]
        let size = several.reduce(0) { $0 + $1.size }
        draft.leverage = size / several.reduce(0) { $0 + $1.size / $1.leverage }
        draft.entryUSD = several.reduce(0) { $0 + $1.size * $1.entryUSD } / size
        draft.size = size
        draft.trader.weight = Int32(several.count)
        return draft
    }

    /// What drawing one account needs: plain values that threads may share.
    private struct DraftRules: Sendable {
        let takeProfitShare: Double
        let longShare, longMedian, longSD, shortMedian, shortSD, sizeSD, correlation, isolatedShare: Double
        let ageHours, addsShare, reducesShare, reactionSeconds, reserveShare, stopShare, stopPct: Double
        let startUSD: Double
        let history: [(time: SimTime, usd: Double)]

        init(_ s: Scenario, startUSD: Double, history: [(time: SimTime, usd: Double)]) {
            takeProfitShare = s.number("stops.take_profit_share")
            longShare = s.number("population.long_share")
            longMedian = s.number("population.long_leverage_median")
            longSD = s.number("population.long_leverage_log_sd")
            shortMedian = s.number("population.short_leverage_median")
            shortSD = s.number("population.short_leverage_log_sd")
            sizeSD = s.number("population.size_log_sd")
            correlation = s.number("population.size_leverage_correlation")
            isolatedShare = s.number("population.isolated_share")
            ageHours = s.number("population.entry_age_mean_hours")
            addsShare = s.number("margin_calls.adds_share")
            reducesShare = s.number("margin_calls.reduces_share")
            reactionSeconds = s.number("margin_calls.reaction_mean_seconds")
            reserveShare = s.number("margin_calls.reserve_share")
            stopShare = s.number("stops.share")
            stopPct = s.number("stops.distance_mean_pct")
            self.startUSD = startUSD
            self.history = history
        }

        func draw(_ random: inout CounterStream) -> Draft {
            var draft = Draft()
            draft.isLong = random.chance(longShare)
            let z = random.normal()
            let other = random.normal()
            draft.size = Double.exp(sizeSD * z)
            let mixed = correlation * z + (1 - correlation * correlation).squareRoot() * other
            let (median, sd) = draft.isLong ? (longMedian, longSD) : (shortMedian, shortSD)
            // Equity of ten times the notional is as good as unlevered.
            draft.leverage = max(0.1, median * Double.exp(sd * mixed))
            draft.isIsolated = random.chance(isolatedShare)
            let hoursBack = random.exponential(mean: ageHours)
            draft.entryUSD = entry(hoursBack: hoursBack)
            let stopDistance = random.exponential(mean: stopPct) / 100
            if random.chance(stopShare) { draft.stopDistance = min(0.9, max(0.002, stopDistance)) }
            let profitDistance = random.exponential(mean: stopPct) / 100
            if random.chance(takeProfitShare) {
                draft.takeProfitDistance = min(0.9, max(0.002, profitDistance))
            }
            let response = random.uniform()
            let delay = random.exponential(mean: reactionSeconds)
            draft.trader.delaySeconds = Float(delay)
            draft.trader.response =
                response < addsShare ? .adds : response < addsShare + reducesShare ? .reduces : .ignores
            draft.reserveShare = random.exponential(mean: max(reserveShare, 1e-12))
            return draft
        }

        /// The price so many hours before the start; the oldest known one beyond that, the start price if none.
        private func entry(hoursBack: Double) -> Double {
            guard !history.isEmpty else { return startUSD }
            return history[max(0, history.count - 1 - Int(hoursBack))].usd
        }
    }

    /// Opens the accounts on a venue: positions on both sides sum to the open interest, exactly.
    func open(on venue: inout Venue, market: Int32) throws -> LeveragedTraders {
        let unit = venue.rulebook.markets[Int(market)].spec.unit
        let openInterest = scenario.number("market.open_interest_usd")
        let mark = unit.nearestTick(startUSD)
        let largeShort = scenario.number("population.large_short_usd")
        func total(_ long: Bool) -> Double { drafts.reduce(0) { $0 + ($1.isLong == long ? $1.size : 0) } }
        let longScale = openInterest / total(true)
        let shortScale = (openInterest - largeShort) / total(false)

        var sizes = drafts.map { draft in
            let lots = unit.lots(worth: draft.size * (draft.isLong ? longScale : shortScale), at: mark)
            return Lots(max(1, lots.count) * (draft.isLong ? 1 : -1))
        }
        let large = -unit.lots(worth: largeShort, at: mark)
        // Rounding to lots leaves a few over: the largest position of the short side takes them.
        let residue = sizes.reduce(large) { $0 + $1 }
        let taker = sizes.indices.filter { !drafts[$0].isLong }.min { sizes[$0] < sizes[$1] }!
        sizes[taker] = sizes[taker] - residue
        guard sizes[taker] < .zero else {
            throw InputError(
                file: scenario.name, key: "population", found: "an impossible population",
                allowed: "an open interest of many lots for each of \(drafts.count) accounts on both sides")
        }

        let first = venue.house.accountCount
        var traders: [LeveragedTraders.Trader] = []
        traders.reserveCapacity(drafts.count + 1)
        for (i, draft) in drafts.enumerated() {
            let equity = open(draft, sizes[i], on: &venue, market: market, mark: mark)
            var trader = draft.trader
            trader.reserve = Money(micros: Int64(min(equity.dollars * draft.reserveShare, 1e11) * 1e6))
            traders.append(trader)
        }
        if large != .zero {
            var whale = Draft()
            whale.leverage = scenario.number("population.large_short_leverage")
            let entry = scenario.number("population.large_short_entry_usd")
            whale.entryUSD = entry > 0 ? entry : startUSD
            _ = open(whale, large, on: &venue, market: market, mark: mark)
            traders.append(whale.trader)
        }
        return LeveragedTraders(
            firstAccount: first, traders: traders,
            largeShort: large == .zero ? nil : venue.house.accountCount - 1)
    }

    /// Opens one account with its position and stop; returns its equity at the start price.
    private func open(
        _ draft: Draft, _ lots: Lots, on venue: inout Venue, market: Int32, mark: Ticks
    ) -> Money {
        let rules = venue.rulebook.markets[Int(market)]
        let unit = rules.spec.unit
        let notional = unit.notional(lots, at: mark).magnitude
        let maintenance = rules.spec.schedule.maintenance(
            notional, members: Int16(clamping: draft.trader.weight))
        // Whoever would be below 1.6 times maintenance is gone already: the first weakness of the day took them.
        let equity = max(
            Money(micros: Int64(notional.dollars / draft.leverage * 1e6)),
            maintenance.timesUp(Rate(8, over: 5)))
        // An entry cannot have earned more than nine tenths of the equity: cash stays positive.
        let sign = lots > .zero ? 1.0 : -1.0
        let most = 0.9 * equity.dollars / notional.dollars
        let gain = min(most, sign * (1 - draft.entryUSD / startUSD))
        let entry = unit.nearestTick(startUSD * (1 - sign * gain))
        let account = venue.house.openAccount(standingFor: Int16(clamping: draft.trader.weight))
        venue.house.deposit(equity, to: account)
        let leverage = UInt8(min(Double(rules.maxLeverage), max(1, draft.leverage.rounded(.up))))
        let p = venue.seedPosition(
            account, market, lots, entry: entry, leverage: leverage, isolated: draft.isIsolated)
        if draft.isIsolated { venue.house.sweepCash(into: p) }
        venue.house.seedAtLeast(Rate(8, over: 5), of: account)
        if let distance = draft.stopDistance {
            addStop(account, lots, distance, on: &venue, market: market, mark: mark)
        }
        if let distance = draft.takeProfitDistance {
            let side: Side = lots > .zero ? .sell : .buy
            let price = Ticks(max(1, Int(Double(mark.count) * (1 + sign * distance))))
            _ = venue.submit(
                market,
                NewOrder(
                    side, lots.magnitude, at: rules.priceGrid.rounded(price, for: side), account: account,
                    selfTrade: .cancelMaker, reduceOnly: true))
        }
        return equity
    }

    private func addStop(
        _ account: Int32, _ lots: Lots, _ distance: Double, on venue: inout Venue, market: Int32, mark: Ticks
    ) {
        let isLong = lots > .zero
        let trigger = Ticks(max(1, Int(Double(mark.count) * (isLong ? 1 - distance : 1 + distance))))
        var order = NewOrder.market(
            isLong ? .sell : .buy, lots.magnitude, account: account,
            maxTicks: venue.rulebook.markets[Int(market)].spec.maxTicks, selfTrade: .cancelMaker)
        order.reduceOnly = true
        _ = venue.submit(market, TriggerOrder(order, when: .mark, isLong ? .falling : .rising, to: trigger))
    }
}

import Agents
import Clearing
import Exchanges
import OrderBook
import Primitives
import Venues

/// Opens a venue's leveraged accounts, hedged accounts and large short, with positions whose sum is minus what the venue's
/// patient capital holds: every contract's longs equal its shorts, to the lot.
struct AccountOpener: Sendable {
    let scenario: Scenario
    let law: AccountLaw
    let assets: [AssetRow]
    /// By market of the venue.
    let coins: [AssetID]
    let openInterestUSD: [Double]
    let hedgedUSD: [Double]
    let hedgedAccounts: [Int]
    let largeShortUSD: Double
    /// The place of the reference asset.
    let reference: AssetID
    /// Of this venue.
    let own: [OwnAccount]
    /// What is opened so far is then of no use to anybody.
    let isInterrupted: @Sendable () -> Bool

    struct Result: Sendable {
        var traders: LeveragedTraders
        var weights: [Int32]
        var hedged: HedgedAccounts.Group?
        /// By market: the sum of the lots opened.
        var lots: [Int64]
        var largeShort: AccountID?
        var own: Identifiers<AccountID>
    }

    /// All drafts of the venue, merged by `scale`.
    func drafts(_ count: Int, scale: Int) -> [AccountDraft] {
        (0..<count).map(law.draw).merged(by: scale, keeping: 3 * coins.count)
    }

    func open(_ drafts: [AccountDraft], on venue: inout Venue, exchange: VenueID) -> Result {
        let drafts = capped(drafts)
        let (long, short) = sums(drafts)
        let shortShare = scenario.number("accounts.short_notional_share")
        var longFactor = long
        var shortFactor = short
        for m in coins.indices {
            let (ownLong, ownShort) =
                own.isEmpty ? (0, 0) : (ownUSD(m, isLong: true), ownUSD(m, isLong: false))
            longFactor[m] = long[m] > 0 ? (openInterestUSD[m] - ownLong) / long[m] : 0
            shortFactor[m] = short[m] > 0 ? (shortShare * openInterestUSD[m] - ownShort) / short[m] : 0
        }
        var lots = [Int64](repeating: 0, count: coins.count)
        let first = AccountID(rawValue: venue.house.accountCount)
        var traders: [LeveragedTraders.Trader] = []
        traders.reserveCapacity(drafts.count)
        var weights: [Int32] = []
        weights.reserveCapacity(drafts.count)
        for (i, draft) in drafts.enumerated() {
            if i & 0xffff == 0, isInterrupted() { break }
            let equity = open(draft, longFactor, shortFactor, on: &venue, &lots)
            var trader = LeveragedTraders.Trader(
                response: draft.response, delaySeconds: draft.delaySeconds,
                reserve: Money(micros: Int64(min(Double(equity) * Double(draft.reserveShare), 1e17))))
            trader.weight = draft.weight
            traders.append(trader)
            weights.append(draft.weight)
        }
        let hedged = openHedged(on: &venue, exchange: exchange, &lots, &traders, &weights)
        var large: AccountID?
        if largeShortUSD > 0, let m = coins.firstIndex(of: reference) {
            large = openSimple(
                m, -largeShortUSD, leverage: scenario.number("accounts.large_short_leverage"),
                entryUSD: scenario.number("accounts.large_short_entry_usd"), on: &venue, &lots)
            traders.append(LeveragedTraders.Trader(response: .adds, delaySeconds: 60, reserve: .zero))
            weights.append(1)
        }
        let ownAccounts = openOwn(on: &venue, &lots)
        for _ in own {
            traders.append(LeveragedTraders.Trader(response: .ignores, delaySeconds: 60, reserve: .zero))
            weights.append(1)
        }
        var population = LeveragedTraders(firstAccount: first, traders: traders, largeShort: large)
        population.protection = PriceProtection(fraction: 0.15)
        return Result(
            traders: population, weights: weights,
            hedged: hedged, lots: lots, largeShort: large, own: ownAccounts)
    }

    /// Relative sizes of both sides of every market, added up.
    private func sums(_ drafts: [AccountDraft]) -> (long: [Double], short: [Double]) {
        var long = [Double](repeating: 0, count: coins.count)
        var short = long
        for draft in drafts {
            for leg in 0..<draft.legs {
                let (market, size) = draft[leg]
                if size > 0 { long[market] += Double(size) } else { short[market] -= Double(size) }
            }
        }
        return (long, short)
    }

    /// Venues' limits on a position: nobody holds more than a share of one side of a market (of an account that stands for
    /// several, each of them).
    private func capped(_ drafts: [AccountDraft]) -> [AccountDraft] {
        let most = Float(scenario.number("accounts.largest_share"))
        var all = drafts
        for _ in 0..<3 {
            let (long, short) = sums(all)
            for i in all.indices {
                for leg in 0..<all[i].legs {
                    let (market, size) = all[i][leg]
                    let side = Float(size > 0 ? long[market] : short[market])
                    let cap = most * side * Float(all[i].weight)
                    if abs(size) > cap { all[i].resize(leg, to: size > 0 ? cap : -cap) }
                }
            }
        }
        return all
    }

    /// Opens one account; returns its equity in ledger units.
    private func open(
        _ draft: AccountDraft, _ longFactor: [Double], _ shortFactor: [Double], on venue: inout Venue,
        _ lots: inout [Int64]
    ) -> Int64 {
        let account = venue.house.openAccount(standingFor: draft.members)
        var total: Int64 = 0
        var maintenance: Int64 = 0
        var signed: (Int64, Int64, Int64) = (0, 0, 0)
        var notionals: (Int64, Int64, Int64) = (0, 0, 0)
        for leg in 0..<draft.legs {
            let (market, size) = draft[leg]
            let rules = venue.rulebook.markets[market].spec
            let usd = Double(size) * (size > 0 ? longFactor[market] : shortFactor[market])
            let count = max(1, rules.unit.lots(worth: abs(usd), at: venue.house.mark(Int32(market))).count)
            let lots = size > 0 ? count : -count
            let notional = abs(
                venue.house.valueOf(Int32(market), lots, venue.house.mark(Int32(market)).count))
            set(&signed, leg, lots)
            set(&notionals, leg, notional)
            total += notional
            maintenance +=
                rules.schedule.maintenance(Money(micros: notional), lots: Lots(count), members: draft.members)
                .micros
        }
        let equity = max(Int64(Double(total) / Double(draft.leverage)), maintenance * 13 / 10, 1)
        fund(account, draft, equity, on: &venue)
        for leg in 0..<draft.legs {
            let (market, _) = draft[leg]
            let share = Double(get(notionals, leg)) / Double(max(total, 1))
            openLeg(account, draft, leg, market, get(signed, leg), Double(equity) * share, on: &venue)
            lots[market] += get(signed, leg)
        }
        // Nobody starts nearer than 1.3 times maintenance: the day's earlier fall took them.
        venue.house.seedAtLeast(Rate(13, over: 10), of: account)
        return equity
    }

    /// Deposits the equity, in the settlement currency or, for some, most of it as a yield-bearing coin.
    private func fund(_ account: AccountID, _ draft: AccountDraft, _ equity: Int64, on venue: inout Venue) {
        var cash = equity
        if draft.collateral >= 0 {
            let asset = Int32(venue.rulebook.markets.count + Int(draft.collateral))
            let mark = Int64(venue.house.mark(asset).count)
            let lots = Lots(equity * 7 / 10 / max(mark, 1))
            if lots > .zero {
                venue.house.depositCollateral(asset, lots, to: account)
                cash -= lots.count * mark
            }
        }
        venue.house.deposit(Money(micros: max(cash, 1)), to: account)
    }

    private func openLeg(
        _ account: AccountID, _ draft: AccountDraft, _ leg: Int, _ market: Int, _ lots: Int64,
        _ equity: Double,
        on venue: inout Venue
    ) {
        let rules = venue.rulebook.markets[market]
        let mark = venue.house.mark(Int32(market))
        let history = law.histories[market]
        let sign = lots > 0 ? 1.0 : -1.0
        // What an entry earned was not withdrawn: at most 85 % of the equity is unrealised profit.
        let notional = Double(abs(venue.house.valueOf(Int32(market), lots, mark.count)))
        let entered = history.close[history.hour(Double(draft.hoursBack))]
        let room = 0.85 * equity / max(notional, 1)
        let gain = max(-3, min(room, sign * (1 - entered)))
        let top = Double(rules.spec.maxTicks - 1)
        let entry = Ticks(Int(min(max((Double(mark.count) * (1 - sign * gain)).rounded(), 1), top)))
        let chosen = min(Double(rules.maxLeverage), max(1, Double(draft.leverage).rounded(.up)))
        let p = venue.seedPosition(
            account, Int32(market), Lots(lots), entry: entry, leverage: UInt8(min(chosen, 255)),
            isolated: draft.isIsolated)
        if draft.isIsolated { venue.house.seedEquity(Money(micros: Int64(equity)), of: p) }
        if draft.stop > 0 && leg == 0 { addStop(account, market, lots, Double(draft.stop), on: &venue) }
    }

    private func addStop(
        _ account: AccountID, _ market: Int, _ lots: Int64, _ distance: Double, on venue: inout Venue
    ) {
        let asset = assets[coins[market]]
        let far = min(0.9, distance * max(0.3, asset.volatility / assets[reference].volatility))
        let isLong = lots > 0
        let spec = venue.rulebook.markets[market].spec
        let mark = Double(venue.house.mark(Int32(market)).count)
        let trigger = min(max(1, (mark * (isLong ? 1 - far : 1 + far)).rounded()), Double(spec.maxTicks))
        // Venues protect market orders: none fills further than fifteen per cent from where it was set off.
        let worst = min(max(1, trigger * (isLong ? 0.85 : 1.15)), Double(spec.maxTicks))
        let order = NewOrder(
            isLong ? .sell : .buy, Lots(abs(lots)), at: Ticks(Int(worst)), account: account,
            timeInForce: .immediateOrCancel, selfTrade: .cancelMaker, reduceOnly: true)
        _ = venue.submit(
            Int32(market),
            TriggerOrder(order, when: .mark, isLong ? .falling : .rising, to: Ticks(Int(trigger))))
    }

    /// Accounts short the perpetual against coins: leverage about two, lognormal sizes.
    private func openHedged(
        on venue: inout Venue, exchange: VenueID, _ lots: inout [Int64],
        _ traders: inout [LeveragedTraders.Trader], _ weights: inout [Int32]
    ) -> HedgedAccounts.Group? {
        let first = AccountID(rawValue: venue.house.accountCount)
        var markets: [Int16] = []
        for m in coins.indices where hedgedAccounts[m] > 0 && hedgedUSD[m] > 0 {
            var random = RandomStream(seed: law.seed, name: law.stream + "/hedged/\(assets[coins[m]].name)")
            let sizes = (0..<hedgedAccounts[m]).map { _ in random.logNormal(median: 1, logSD: 1.8) }
            let sum = sizes.reduce(0, +)
            for size in sizes {
                _ = openSimple(
                    m, -hedgedUSD[m] * size / sum, leverage: random.uniform(1.2, 3), on: &venue, &lots)
                markets.append(Int16(m))
                traders.append(LeveragedTraders.Trader(response: .ignores, delaySeconds: 60, reserve: .zero))
                weights.append(1)
            }
        }
        return markets.isEmpty
            ? nil : HedgedAccounts.Group(exchange: exchange, first: first, markets: markets)
    }

    /// One cross position, entered at the mark unless a price says otherwise; returns the account.
    private func openSimple(
        _ market: Int, _ usd: Double, leverage: Double, entryUSD: Double = 0, on venue: inout Venue,
        _ lots: inout [Int64]
    ) -> AccountID {
        let account = venue.house.openAccount()
        let mark = venue.house.mark(Int32(market))
        let unit = venue.rulebook.markets[market].spec.unit
        let count = max(1, unit.lots(worth: abs(usd), at: mark).count) * (usd > 0 ? 1 : -1)
        let notional = abs(venue.house.valueOf(Int32(market), count, mark.count))
        let maintenance = venue.rulebook.markets[market].spec.schedule.maintenance(
            Money(micros: notional), lots: Lots(abs(count)))
        let equity = max(Int64(Double(notional) / leverage), maintenance.micros * 3 / 2, 1)
        venue.house.deposit(Money(micros: equity), to: account)
        _ = venue.seedPosition(
            account, Int32(market), Lots(count), entry: entryUSD > 0 ? unit.nearestTick(entryUSD) : mark,
            leverage: UInt8(
                min(Double(venue.rulebook.markets[market].maxLeverage), max(1, leverage.rounded(.up)))),
            isolated: false)
        venue.house.seedAtLeast(Rate(3, over: 2), of: account)
        lots[market] += count
        return account
    }

    private func set(_ tuple: inout (Int64, Int64, Int64), _ i: Int, _ value: Int64) {
        switch i {
        case 0: tuple.0 = value
        case 1: tuple.1 = value
        default: tuple.2 = value
        }
    }
    private func get(_ tuple: (Int64, Int64, Int64), _ i: Int) -> Int64 {
        i == 0 ? tuple.0 : i == 1 ? tuple.1 : tuple.2
    }
}

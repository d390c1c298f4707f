import Clearing
import Desk
import Primitives
import RealModule
import Venues

extension StressLedger {
    /// In place of a ledger that could not be built.
    static var empty: StressLedger {
        StressLedger(
            name: "", currency: "USD", places: 6,
            venue: Venue(try! Rulebook.named("textbook"), hasBooks: false, at: SimTime(seconds: 0)),
            markets: [], collateral: [], rest: .nobody, owners: [], large: [])
    }

    /// Sets every mark: the shock's, and the fall beyond it.
    mutating func move(_ shock: Shock, _ extra: [String: Double]) {
        func moved(_ mark: Exact, _ coin: String) -> Exact {
            mark * shock.factor(coin) * StressedBook.factor(ofFall: extra[coin] ?? 0)
        }
        var exact: [Exact] = []
        for (m, market) in markets.enumerated() {
            let price = moved(market.mark, market.coin)
            exact.append(price)
            prices[m] = price.double
            venue.house.setMark(Int32(m), market.quanta.nearest(price))
        }
        for (c, held) in collateral.enumerated() {
            let coin = CoinNames.coin(of: held.asset)
            venue.house.setMark(
                Int32(markets.count + c), held.quanta.nearest(moved(held.mark, coin)))
        }
        venue.house.settleMarks()
        settleRounding(exact)
    }

    /// What ticks and lots leave out of large positions is settled in money with the rest of the market, so that every equity is
    /// exact at the price as it was given.
    private mutating func settleRounding(_ exact: [Exact]) {
        var settled = Money.zero
        for one in large {
            let price = exact[one.market]
            let value =
                currency == "USD"
                ? (one.size * price).units(places)?.value
                : quotient(one.size, markets[one.market].contractSize, price, places: places).map { -$0 }
            guard let value else { continue }
            let off = Money(micros: value) - venue.house.value(one.position)
            let position = venue.house.position(one.position)
            if position.isolated {
                venue.house.seedMargin(off, of: one.position)
            } else {
                venue.house.seedCash(off, of: position.account)
            }
            settled += off
        }
        if settled != .zero { venue.house.seedCash(-settled, of: rest) }
    }

    /// Every account as it stands at the marks.
    func tell(_ each: (Int, AccountOutcome) -> Void) {
        let unit = usdPerUnit()
        for account in venue.house.accountIDs where owners[account.index] >= 0 {
            var told = AccountOutcome()
            for scope in venue.house.scopes(of: account) {
                let state = venue.house.margin(scope)
                told.equityUsd += Double(state.equity.micros) * unit
                told.maintenanceUsd += Double(state.maintenance.micros) * unit
                if state.notional > .zero && state.equity < state.maintenance { told.liquidated = true }
            }
            each(Int(owners[account.index]), told)
        }
    }

    /// Every account's equity in dollars; what a scope owes beyond its collateral is not the trader's to pay.
    func tellEquity(_ each: (Int, Double) -> Void) {
        let unit = usdPerUnit()
        for account in venue.house.accountIDs where owners[account.index] >= 0 {
            let kept = venue.house.scopes(of: account).reduce(Money.zero) {
                $0 + max(.zero, venue.house.margin($1).equity)
            }
            each(Int(owners[account.index]), Double(kept.micros) * unit)
        }
    }

    /// Takes the ledger through its waterfall and notes what happened.
    mutating func clear(_ notes: inout StressNotes, before: borrowing StressLedger) {
        venue.house.events.removeAll()
        var seen: [MarginScope: Money] = [:]
        noteFailing(&notes, before: before, seen: &seen)
        settle()
        noteEvents(&notes, before: before)
        noteEnd(&notes)
    }

    /// The waterfall until nothing moves: rules that close in parts go on after their pause, and a fund that was waited for may
    /// have what it takes.
    ///
    /// - Parameters:
    ///   - start: of the first round; thirty seconds lie between two.
    ///   - end: when prices move again; nil for never.
    mutating func settle(from start: SimTime = SimTime(seconds: 1), until end: SimTime? = nil) {
        for round in 0..<400 {
            let now = SimTime(seconds: start.seconds + Int64(round) * 30)
            if round > 0, let end, now >= end { break }
            venue.house.now = now
            // Along a path whoever waits for a fund is looked at again at the next price.
            if venue.liquidateFailing() == 0 && (round > 0 || end != nil) { break }
        }
    }
}

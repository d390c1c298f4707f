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
            markets: [], collateral: [], rest: .nobody, owners: [], fundBalance: .zero, large: [])
    }

    /// Sets every mark: the shock's, and the fall beyond it.
    mutating func move(_ shock: Shock, _ extra: [String: Double]) {
        func moved(_ mark: Exact, _ coin: String) -> Exact {
            let shocked = mark * shock.factor(coin)
            guard let more = extra[coin], more != 0, let factor = Exact(String(Double.exp(-more))) else {
                return shocked
            }
            return shocked * factor
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

    /// Takes the ledger through its waterfall and adds what happened.
    mutating func clear(
        _ cleared: inout StressedBook.Cleared, before: borrowing StressLedger,
        _ deficits: inout [Int32: Double],
        _ liquidated: inout Set<Int32>, _ called: inout Set<Int32>
    ) {
        let unit = usdPerUnit()
        venue.house.events.removeAll()
        var failing = Buffer<MarginScope>()
        venue.house.scopesToLiquidate(into: &failing)
        for i in 0..<failing.count {
            let scope = failing[i]
            let owner = owners[venue.house.account(of: scope).index]
            let state = venue.house.margin(scope)
            venue.house.retry(scope)
            guard owner >= 0, state.notional > .zero else { continue }
            let deficit = Double(max(.zero, -state.equity).micros) * unit
            // Closed at the mark, it keeps what it has there; what it had before and no longer has is its own loss.
            let had = Double(max(.zero, before.venue.house.margin(scope).equity).micros) * before.usdPerUnit()
            cleared.outcome.marginLostUsd += max(0, had - Double(max(.zero, state.equity).micros) * unit)
            deficits[owner, default: 0] += deficit
            cleared.outcome.deficitUsd += deficit
        }
        settle()
        countCalls(&called)
        count(&cleared, before, &liquidated, unit)
        countHouse(&cleared.outcome, unit)
    }

    /// Funds and vaults at the end, what nobody made up, and the sum of the ledger. What a fund promised beyond its means is not
    /// paid: it is bad debt.
    mutating func countHouse(_ outcome: inout StressOutcome, _ unit: Double) {
        for account in [venue.fund, venue.vault].compactMap({ $0 }) {
            let equity = venue.house.equity(of: account)
            let owes = max(.zero, -equity)
            outcome.fundLeftUsd += Double(max(.zero, equity).micros) * unit
            outcome.fundDrawUsd +=
                Double(max(.zero, venue.house.flows(of: account).paid - owes).micros) * unit
        }
        outcome.badDebtUsd += Double(venue.house.uncoveredDeficits().micros) * unit
        outcome.zeroSumMicroUsd += abs(venue.house.runningImbalance())
    }

    /// The waterfall until nothing moves: rules that close in parts go on after their pause, and a fund that was waited for may
    /// have what it takes.
    mutating func settle() {
        for round in 0..<400 {
            venue.house.now = SimTime(seconds: Int64(round) * 30 + 1)
            if venue.liquidateFailing() == 0 && round > 0 { break }
        }
    }

    /// Whom the venue would call at these marks.
    private mutating func countCalls(_ called: inout Set<Int32>) {
        for i in 0..<venue.house.events.count where venue.house.events[i].kind == .marginCall {
            let owner = owners[venue.house.events[i].account.index]
            if owner >= 0 { called.insert(owner) }
        }
    }

    private func count(
        _ cleared: inout StressedBook.Cleared, _ before: borrowing StressLedger,
        _ liquidated: inout Set<Int32>, _ unit: Double
    ) {
        for i in 0..<venue.house.events.count {
            let event = venue.house.events[i]
            let owner = event.account == .nobody ? -1 : owners[event.account.index]
            let usd = abs(Double(event.amount.micros)) * unit
            switch event.kind {
            case .partialLiquidation, .fullLiquidation, .vaultTakeover, .fundTakeover, .deleveraging:
                // Whatever is sold moves the price; what a fund keeps does not.
                if event.kind == .partialLiquidation || event.kind == .fullLiquidation {
                    let market = Int(event.market)
                    let coins = before.usdAtMark(market, event.lots)
                    cleared.soldUsd[markets[market].coin, default: 0] -= coins
                }
                if event.kind == .deleveraging { cleared.outcome.deleveragedUsd += usd }
                guard owner >= 0 else { continue }
                liquidated.insert(owner)
                if event.lots < .zero {
                    cleared.outcome.liquidatedLongUsd += usd
                } else {
                    cleared.outcome.liquidatedShortUsd += usd
                }
            case .socialisedLoss: cleared.outcome.socialisedUsd += usd
            // Where there is a fund it is left owing it, and counted with its equity.
            case .badDebt where event.account == .nobody: cleared.outcome.badDebtUsd += usd
            default: continue
            }
        }
    }

    /// Signed dollars of lots at the mark.
    func usdAtMark(_ market: Int, _ lots: Lots) -> Double {
        Double(venue.house.unit(Int32(market)).notional(lots, at: venue.house.mark(Int32(market))).micros)
            * usdPerUnit()
    }
}

import Clearing
import Primitives
import Venues

/// What a ledger's clearing adds to the notes.
extension StressLedger {
    func owner(_ account: AccountID) -> Int32 { account == .nobody ? -1 : owners[account.index] }

    /// Scopes below maintenance at the marks: what they lack, and what they have lost of their own, since they were last seen.
    ///
    /// - Parameters:
    ///   - before: the ledger before its marks moved.
    ///   - seen: what scopes that failed earlier had after they were cleared.
    /// - Returns: those noted now.
    @discardableResult
    mutating func noteFailing(
        _ notes: inout StressNotes, before: borrowing StressLedger, seen: inout [MarginScope: Money]
    ) -> [MarginScope] {
        var noted: [MarginScope] = []
        let unit = usdPerUnit()
        var failing = Buffer<MarginScope>()
        venue.house.scopesToLiquidate(into: &failing)
        for i in 0..<failing.count {
            let scope = failing[i]
            let owner = owner(venue.house.account(of: scope))
            let state = venue.house.margin(scope)
            venue.house.retry(scope)
            guard owner >= 0, state.notional > .zero else { continue }
            let last = seen[scope]
            seen[scope] = state.equity
            noted.append(scope)
            // What was owed before is noted already.
            let deficit =
                max(0, Double(max(.zero, -state.equity).micros) - Double(max(.zero, -(last ?? .zero)).micros))
                * unit
            notes.deficits[owner, default: 0] += deficit
            notes.outcome.deficitUsd += deficit
            // Closed at the mark, it keeps what it has there; what it had before and no longer has is its own loss.
            let had =
                last.map { Double(max(.zero, $0).micros) * unit }
                ?? Double(max(.zero, before.venue.house.margin(scope).equity).micros) * before.usdPerUnit()
            notes.outcome.marginLostUsd += max(0, had - Double(max(.zero, state.equity).micros) * unit)
        }
        return noted
    }

    /// The events since they were last cleared away.
    func noteEvents(_ notes: inout StressNotes, before: borrowing StressLedger) {
        let unit = usdPerUnit()
        for i in 0..<venue.house.events.count {
            let event = venue.house.events[i]
            let usd = abs(Double(event.amount.micros)) * unit
            switch event.kind {
            case .marginCall:
                let owner = owner(event.account)
                if owner >= 0 { notes.called.insert(owner) }
                notes.tell(owner, name) { $0.calledUtc = $0.calledUtc ?? "\(event.time)" }
            case .partialLiquidation, .fullLiquidation:
                // Whatever is sold moves the price; what a fund keeps does not.
                let market = Int(event.market)
                notes.soldUsd[markets[market].coin, default: 0] -= before.usdAtMark(market, event.lots)
                noteClosing(event, usd, &notes)
            case .deleveraging:
                notes.outcome.deleveragedUsd += usd
                notes.tell(owner(event.counterparty), name) {
                    $0.deleveragedUtc = $0.deleveragedUtc ?? "\(event.time)"
                    $0.deleveragedUsd += usd
                }
                noteClosing(event, usd, &notes)
            case .vaultTakeover, .fundTakeover: noteClosing(event, usd, &notes)
            case .socialisedLoss: notes.outcome.socialisedUsd += usd
            // Where there is a fund it is left owing it, and counted with its equity.
            case .badDebt where event.account == .nobody: notes.outcome.badDebtUsd += usd
            default: continue
            }
        }
    }

    /// What scopes that failed are left with once they are cleared.
    func noteLeft(_ scopes: [MarginScope], _ seen: inout [MarginScope: Money]) {
        for scope in scopes { seen[scope] = venue.house.margin(scope).equity }
    }

    private func noteClosing(_ event: ClearingEvent, _ usd: Double, _ notes: inout StressNotes) {
        let owner = owner(event.account)
        guard owner >= 0 else { return }
        notes.liquidated.insert(owner)
        notes.tell(owner, name) {
            $0.liquidatedUtc = $0.liquidatedUtc ?? "\(event.time)"
            $0.liquidatedUsd += usd
        }
        if event.lots < .zero {
            notes.outcome.liquidatedLongUsd += usd
        } else {
            notes.outcome.liquidatedShortUsd += usd
        }
    }

    /// Funds and vaults at the end, what nobody made up, and the sum of the ledger. What a fund promised beyond its means is not
    /// paid: it is bad debt.
    mutating func noteEnd(_ notes: inout StressNotes) {
        let unit = usdPerUnit()
        for account in [venue.fund, venue.vault].compactMap({ $0 }) {
            let equity = venue.house.equity(of: account)
            let owes = max(.zero, -equity)
            notes.outcome.fundLeftUsd += Double(max(.zero, equity).micros) * unit
            notes.outcome.fundDrawUsd +=
                Double(max(.zero, venue.house.flows(of: account).paid - owes).micros) * unit
        }
        notes.outcome.badDebtUsd += Double(venue.house.uncoveredDeficits().micros) * unit
        notes.outcome.zeroSumMicroUsd += abs(venue.house.runningImbalance())
    }

    /// Signed dollars of lots at the mark.
    private func usdAtMark(_ market: Int, _ lots: Lots) -> Double {
        Double(venue.house.unit(Int32(market)).notional(lots, at: venue.house.mark(Int32(market))).micros)
            * usdPerUnit()
    }
}

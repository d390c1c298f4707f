import Primitives

/// Whether a venue looks at the margin of a trader again before an order of the trader's own fills.
///
/// Orders were checked when they were accepted; between then and the fill the price has moved, and a stop or a reduce-only
/// order is accepted without a check. Forced orders and the venue's own accounts are never asked.
public enum FillCheck: String, Sendable, CaseIterable {
    case none
    /// The resting order: a fill that adds to a position must leave its initial margin covered (Hyperliquid).
    case restingSide = "resting_side"
    /// Both orders: each account must be left with its initial margin covered, or less risky than before (dYdX).
    case bothSides = "both_sides"
}

/// What margins one position, before or after a fill.
struct FillMargin {
    var equity = Money.zero
    var initial = Money.zero
    var maintenance = Money.zero

    /// dYdX: less or equally risky where equity over maintenance margin has not fallen and maintenance has not grown. An
    /// account without maintenance margin may only gain.
    func isNoRiskier(than before: FillMargin) -> Bool {
        if maintenance > before.maintenance { return false }
        if maintenance == .zero || before.maintenance == .zero {
            return maintenance == before.maintenance && equity > before.equity
        }
        return equity.micros.multipliedFullWidth(by: before.maintenance.micros)
            >= before.equity.micros.multipliedFullWidth(by: maintenance.micros)
    }
}

private func >= (
    a: (high: Int64, low: UInt64), b: (high: Int64, low: UInt64)
) -> Bool { a.high != b.high ? a.high > b.high : a.low >= b.low }

extension ClearingHouse {
    /// Whether a fill of the account's own order may happen; signed lots, `fee` of the side it is on.
    public func allowsFill(
        _ position: Int32, _ signed: Lots, at price: Ticks, isTaker: Bool, _ check: FillCheck
    ) -> Bool {
        let p = positions[position]
        guard check != .none, accounts[p.account].kind == .trader else { return true }
        let after = p.lots + signed
        let reduces =
            after.magnitude <= p.lots.magnitude && (after == .zero || (after > .zero) == (p.lots > .zero))
        if check == .restingSide && (isTaker || reduces) { return true }
        if p.isolated, !affordsIsolated(position, signed, at: price) { return false }
        let margins = fillMargins(position, signed, at: price, isTaker: isTaker)
        if margins.after.equity >= margins.after.initial { return true }
        return check == .bothSides && margins.after.isNoRiskier(than: margins.before)
    }

    /// Whether the account can put up the margin of what a fill opens in an isolated position, from cash that nothing else
    /// needs, and whether what it closes on the way through zero leaves no debt.
    private func affordsIsolated(_ position: Int32, _ signed: Lots, at price: Ticks) -> Bool {
        let p = positions[position]
        let after = p.lots + signed
        let turns = p.lots != .zero && after != .zero && (after > .zero) != (p.lots > .zero)
        let opened = turns ? after : after.magnitude > p.lots.magnitude ? signed : .zero
        if opened == .zero { return true }
        let value = Money(micros: valueOf(p.market, opened.count, price.count)).magnitude
        let drawn = Self.initialMargin(value, leverage: p.leverage) + value.timesUp(takerFee(p.market))
        let closed = Money(micros: valueOf(p.market, p.lots.count, price.count))
        if turns, p.margin + closed - p.cost < closed.magnitude.timesUp(takerFee(p.market)) { return false }
        return drawn <= min(accounts[p.account].cash, freeMargin(p.account, besides: position))
    }

    /// The scope of a position before and after a fill, resting orders left out.
    private func fillMargins(
        _ position: Int32, _ signed: Lots, at price: Ticks, isTaker: Bool
    ) -> (before: FillMargin, after: FillMargin) {
        let p = positions[position]
        let market = p.market
        let scope = scope(of: position)
        var before = FillMargin()
        let state = margin(scope)
        before.equity = state.equity
        before.maintenance = state.maintenance
        forEachOpen(scope) { before.initial += initialMarginOfPosition($0) }
        var after = before
        let old = Money(micros: valueOf(market, p.lots.count, marks[market])).magnitude
        let lots = p.lots + signed
        let new = Money(micros: valueOf(market, lots.count, marks[market]))
        let trade = Money(micros: valueOf(market, signed.count, price.count))
        let fee = trade.magnitude.timesUp(isTaker ? takerFee(market) : makerFee(market))
        after.equity += new - Money(micros: valueOf(market, p.lots.count, marks[market])) - trade - fee
        let members = accounts[p.account].members
        after.maintenance += table.maintenance(Int(market), new.magnitude, lots.magnitude, members: members)
        after.maintenance -= table.maintenance(Int(market), old, p.lots.magnitude, members: members)
        var filled = p
        filled.lots = lots
        after.initial += initialMargin(filled, new.magnitude) - initialMargin(p, old)
        // An isolated position draws the margin of what it adds from the account: see `affordsIsolated`.
        if p.isolated && new.magnitude > old {
            after.equity += Self.initialMargin(new.magnitude - old, leverage: p.leverage)
        }
        return (before, after)
    }

    private func initialMarginOfPosition(_ position: Int32) -> Money {
        if collateralShares[positions[position].market] != 0 { return .zero }
        return initialMargin(positions[position], value(position).magnitude)
    }
}

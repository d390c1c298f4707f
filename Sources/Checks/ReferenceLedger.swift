import Clearing
import Primitives

/// The ledger written to be read: dictionaries, wide integers, every balance re-derived by the textbook rule.
/// The twin of `ClearingHouse`'s settlement.
public struct ReferenceLedger {
    /// A rule broken on purpose, to prove that the comparison notices.
    public enum Fault: Sendable { case costRoundsAway, feeRoundsDown, fundingForgetsShorts }

    struct Key: Hashable {
        var account: AccountID
        var market: Int32
    }
    struct Holding: Equatable {
        var lots: Int128 = 0
        var cost: Int128 = 0
        var margin: Int128 = 0
        var isIsolated = false
        var leverage: Int128 = 1
    }
    private(set) var cash: [AccountID: Int128] = [:]
    private(set) var holdings: [Key: Holding] = [:]
    private(set) var fees: Int128 = 0
    private(set) var pot: Int128 = 0
    private let fault: Fault?

    init(fault: Fault? = nil) { self.fault = fault }

    mutating func deposit(_ amount: Int128, _ account: AccountID) { cash[account, default: 0] += amount }

    mutating func configure(_ account: AccountID, _ market: Int32, leverage: Int128, isolated: Bool) {
        holdings[Key(account: account, market: market), default: Holding()].leverage = leverage
        holdings[Key(account: account, market: market), default: Holding()].isIsolated = isolated
    }

    mutating func adjustMargin(_ key: Key, by amount: Int128) { holdings[key]!.margin += amount }

    /// One side of a trade: `lots` signed.
    ///
    /// - Parameter isFailing: the position is being liquidated and keeps its collateral until it is closed.
    mutating func book(
        _ account: AccountID, _ market: Int32, _ lots: Int128, price: Int128, unit: Int128, isFailing: Bool
    ) {
        let key = Key(account: account, market: market)
        var h = holdings[key] ?? Holding()
        var left = lots
        // First whatever closes, then whatever opens.
        let closes = h.lots != 0 && (h.lots > 0) != (left > 0) ? min(abs(left), abs(h.lots)) : 0
        if closes > 0 {
            let direction: Int128 = h.lots > 0 ? 1 : -1
            var share = h.cost * closes / abs(h.lots)
            if fault == .costRoundsAway && h.cost * closes % abs(h.lots) != 0 { share += 1 }
            let proceeds = direction * closes * price * unit
            h.cost -= share
            let held = abs(h.lots)
            h.lots -= direction * closes
            left += direction * closes
            if h.isIsolated {
                // Of each lot's collateral and profit the closed lots take theirs, if there is anything to take.
                let profit = proceeds - share
                let theirs = h.margin > 0 ? h.margin * closes / held : 0
                var out = theirs + profit
                if h.lots == 0 { out = h.margin + profit } else if isFailing { out = 0 }
                out = max(0, min(out, h.margin + profit))
                h.margin += profit - out
                cash[account, default: 0] += out
            } else {
                cash[account, default: 0] += proceeds - share
            }
        }
        if left != 0 {
            h.lots += left
            h.cost += left * price * unit
            if h.isIsolated {
                let amount = (abs(left) * price * unit + h.leverage - 1) / h.leverage
                h.margin += amount
                cash[account, default: 0] -= amount
            }
        }
        holdings[key] = h
    }

    mutating func fee(_ account: AccountID, _ market: Int32, notional: Int128, pico: Int128) {
        let one: Int128 = 1_000_000_000_000
        let product = notional * pico
        let remainder = ((product % one) + one) % one
        var fee = (product - remainder) / one
        if remainder != 0 && fault != .feeRoundsDown { fee += 1 }
        let key = Key(account: account, market: market)
        if let h = holdings[key], h.isIsolated, h.lots != 0 {
            holdings[key]!.margin -= fee
        } else {
            cash[account, default: 0] -= fee
        }
        fees += fee
    }

    mutating func funding(_ market: Int32, pico: Int128, price: Int128, unit: Int128) {
        let one: Int128 = 1_000_000_000_000
        for key in holdings.keys where key.market == market && holdings[key]!.lots != 0 {
            let h = holdings[key]!
            if fault == .fundingForgetsShorts && h.lots < 0 { continue }
            let product = h.lots * price * unit * pico
            let remainder = ((product % one) + one) % one
            let payment = (product - remainder) / one + (remainder != 0 ? 1 : 0)
            if h.isIsolated {
                holdings[key]!.margin -= payment
            } else {
                cash[key.account, default: 0] -= payment
            }
            pot += payment
        }
    }
}

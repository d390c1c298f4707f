import Primitives

/// What has passed between one of the venue's own accounts (fund or vault) and everybody else since the start, outside its
/// own trades and funding; in ledger units, never negative.
///
/// The totals of a run come from here, so they are what the account's own balance has seen, whatever the rule that moved it:
/// its equity less what it has won and lost on its positions is what it began with, plus `received`, less `paid`, less
/// `leftOwing`.
public struct HouseFlows: Sendable, Hashable {
    /// Deficits made up, equity below zero taken over with positions, fills settled below the bankruptcy price.
    public internal(set) var paid = Money.zero
    /// Fees of forced orders, equity taken over with positions, fills settled above the bankruptcy price.
    public internal(set) var received = Money.zero
    /// Bad debt that ended in the account because nobody was left to charge: owed, not paid.
    public internal(set) var leftOwing = Money.zero

    public init() {}
}

extension ClearingHouse {
    /// What the account has paid and received, of the venue's own accounts; nothing for a trader's.
    public func flows(of account: AccountID) -> HouseFlows {
        switch accounts[account].kind {
        case .fund: fundFlows
        case .vault: vaultFlows
        case .trader: HouseFlows()
        }
    }

    /// Notes money that one of the venue's own accounts received, or paid where it is negative. The caller moves it.
    mutating func note(_ amount: Money, of account: AccountID) {
        let (received, paid) = (max(.zero, amount), max(.zero, -amount))
        switch accounts[account].kind {
        case .fund:
            fundFlows.received += received
            fundFlows.paid += paid
        case .vault:
            vaultFlows.received += received
            vaultFlows.paid += paid
        case .trader: break
        }
    }

    /// Equity below zero of anyone, each isolated position by itself: what nobody has been charged for so far.
    public func uncoveredDeficits() -> Money {
        var deficit = Money.zero
        for account in accountIDs {
            deficit += max(.zero, -equity(.cross(account)))
            var p = accounts[account].firstPosition
            while p != 0 {
                if positions[p].isolated { deficit += max(.zero, -equity(.isolated(position: p))) }
                p = positions[p].next
            }
        }
        return deficit
    }
}

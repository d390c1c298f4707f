import Primitives

/// Building an initial state: what no trade or payment brings about.
extension ClearingHouse {
    /// Changes an account's cash from outside by an amount of either sign: for building an initial state.
    public mutating func seedCash(_ amount: Money, of account: AccountID) {
        accounts[account].cash += amount
        netDeposits += amount
        look(.cross(account))
    }

    /// Changes an isolated position's collateral from outside by an amount of either sign: for an initial state.
    public mutating func seedMargin(_ amount: Money, of position: Int32) {
        precondition(positions[position].isolated, "only an isolated position has collateral of its own")
        positions[position].margin += amount
        netDeposits += amount
        look(.isolated(position: position))
        look(.cross(positions[position].account))
    }

    /// Moves cash between an isolated position and its account until the position's equity is `equity`: for an initial
    /// state.
    public mutating func seedEquity(_ equity: Money, of position: Int32) {
        precondition(positions[position].isolated, "only an isolated position has collateral of its own")
        let owner = positions[position].account
        let amount = equity - unrealised(position) - positions[position].margin
        positions[position].margin += amount
        accounts[owner].cash -= amount
        look(.isolated(position: position))
        look(.cross(owner))
    }

    /// Restates a position as if entered at another price: profit appears at the mark and the collateral shrinks
    /// by as much, so that equity and the zero-sum line stay. For building an initial state.
    public mutating func restate(_ position: Int32, entry: Ticks) {
        let p = positions[position]
        let cost = Money(micros: valueOf(p.market, p.lots.count, entry.count))
        let profit = p.cost - cost
        positions[position].cost = cost
        if p.isolated { positions[position].margin -= profit } else { accounts[p.account].cash -= profit }
        look(scope(of: position))
    }

    /// Adds collateral from outside, to the cross account and to each isolated position, until equity is `multiple` times
    /// maintenance margin as this venue measures it (on the entry value, with a fee to close): for an initial state in which
    /// the first tick fails nobody.
    public mutating func seedAtLeast(_ multiple: Rate, of account: AccountID) {
        for scope in scopes(of: account) { seedAtLeast(multiple, scope) }
    }

    private mutating func seedAtLeast(_ multiple: Rate, _ scope: MarginScope) {
        // A fee at the bankruptcy price grows a little with the equity of a short.
        for _ in 0..<4 {
            let state = margin(scope)
            let missing = state.maintenance.timesUp(multiple) - state.equity
            if missing <= .zero { return }
            if let p = scope.isolatedPosition {
                seedMargin(missing, of: p)
            } else {
                seedCash(missing, of: scope.crossAccount)
            }
        }
    }

    /// Every mark has been where it is for an update already: rules that go by the mark before find this one.
    package mutating func settleMarks() { for m in 0..<markets.count { previousMarks[m] = marks[m] } }

    /// Gives a flat position lots at a cost, without the other side: for a ledger built to look at one account.
    package mutating func seedHolding(_ position: Int32, _ lots: Lots, cost: Money) {
        precondition(positions[position].lots == .zero, "only a flat position can be seeded")
        positions[position].lots = lots
        list(position)
        positions[position].cost = cost
        longLots[positions[position].market] += max(lots.count, 0)
        look(scope(of: position))
    }
}

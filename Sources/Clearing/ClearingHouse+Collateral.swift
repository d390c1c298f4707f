import Primitives

/// Collateral in other assets: holdings in markets of kind `.collateral`, worth their mark less a haircut.
///
/// Which price is that mark, an index or the venue's own book, is the venue's rule.
extension ClearingHouse {
    /// Adds collateral from outside. `lots` must be positive.
    public mutating func depositCollateral(_ asset: Int32, _ lots: Lots, to account: AccountID) {
        precondition(lots > .zero && collateralShares[asset] != 0, "a deposit of a collateral asset")
        positions[positionID(account, asset)].lots.count += lots.count
        depositedLots[asset] += lots.count
        look(.cross(account))
    }

    /// Takes collateral out if the free margin covers what it counts for; else false.
    public mutating func withdrawCollateral(_ asset: Int32, _ lots: Lots, from account: AccountID) -> Bool {
        guard lots > .zero, let p = find(account, asset), positions[p].lots >= lots else { return false }
        let market = Int(asset)
        let worth = collateralValue(Money(micros: valueOf(asset, lots.count, marks[asset])), market)
        guard worth <= freeMargin(account) else { return false }
        positions[p].lots.count -= lots.count
        depositedLots[asset] -= lots.count
        look(.cross(account))
        return true
    }

    /// Moves all of a scope's collateral assets to another account; returns what they counted for.
    mutating func moveCollateral(_ scope: MarginScope, to taker: AccountID) -> Money {
        guard scope.isolatedPosition == nil else { return .zero }
        var worth = Money.zero
        for p in collateralPositions(scope) {
            let market = positions[p].market
            let target = positionID(taker, market)
            worth += collateralValue(value(p), Int(market))
            positions[target].lots.count += positions[p].lots.count
            positions[p].lots = .zero
        }
        return worth
    }

    /// Sells a scope's collateral assets to `buyer` for what they count for, as far as its cash is below zero.
    ///
    /// - Returns: true if anything was sold.
    public mutating func convertCollateral(_ scope: MarginScope, buyer: AccountID) -> Bool {
        guard scope.isolatedPosition == nil else { return false }
        let owner = account(of: scope)
        var sold = false
        for p in collateralPositions(scope) where accounts[owner].cash < .zero {
            let market = positions[p].market
            let all = collateralValue(value(p), Int(market))
            guard all > .zero else { continue }
            let need = min(-accounts[owner].cash, all)
            let lots = Lots(
                min(positions[p].lots.count, mulDivUp(positions[p].lots.count, need.micros, all.micros)))
            let paid = collateralValue(Money(micros: valueOf(market, lots.count, marks[market])), Int(market))
            let target = positionID(buyer, market)
            positions[p].lots.count -= lots.count
            positions[target].lots.count += lots.count
            accounts[owner].cash += paid
            accounts[buyer].cash -= paid
            var event = ClearingEvent(.collateralSold, at: now, account: owner)
            event.market = market
            event.counterparty = buyer
            event.lots = -lots
            event.price = mark(market)
            event.amount = paid
            events.append(event)
            sold = true
        }
        if sold {
            look(scope)
            look(.cross(buyer))
        }
        return sold
    }

    func collateralPositions(_ scope: MarginScope) -> [Int32] {
        var found: [Int32] = []
        forEachOpen(scope) { if collateralShares[positions[$0].market] != 0 { found.append($0) } }
        return found
    }
}

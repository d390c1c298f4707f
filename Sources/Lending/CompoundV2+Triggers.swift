import Primitives

/// Compound v2 as a book of borrowers: factor 2m is what a cToken of market m counts as collateral, factor 2m + 1 what a unit
/// of debt at index one costs, in USD mantissas.
extension CompoundV2: LendingBook {
    public var positionCount: Int32 { accountCount }
    public var factorCount: Int32 { 2 * marketCount }

    public func factor(_ factor: Int32) -> Double {
        let state = market(factor >> 1)
        return factor & 1 == 0
            ? Double(collateralPerToken(state)) / 1e18
            : Double(state.price) * Double(state.borrowIndex) / 1e36
    }

    public func forEachExposure(of account: Int32, _ body: (_ factor: Int32, _ slope: Double) -> Void) {
        guard isBorrowing(account) else { return }
        for m in 0..<marketCount {
            let held = tokens(m, of: account)
            if !held.isZero { body(2 * m, Double(held)) }
            let debt = scaledDebt(m, of: account)
            if debt > 0 { body(2 * m + 1, -debt) }
        }
    }

    public var slackTolerance: Double {
        var bound = 4.0
        for m in 0..<marketCount { bound += 4 + 2 * Double(market(m).price) / 1e18 }
        return bound
    }

    /// Undecided while an asset of the account has no price.
    public func verdict(_ account: Int32) -> LendingVerdict {
        guard isBorrowing(account) else { return .safe }
        guard let shortfall = try? liquidity(of: account).shortfall else { return .undecided }
        return shortfall.isZero ? .safe : .unsafe
    }
}

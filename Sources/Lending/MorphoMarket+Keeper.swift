import Primitives

extension MorphoMarket {
    /// Repays the whole debt of an unsafe account if its collateral reaches for that, else takes the whole collateral.
    ///
    /// - Parameter pays: asked whether coins for a repayment, base units, are worth the call.
    /// - Returns: what came of it; nil for a safe account, one without collateral, and where it does not pay.
    public mutating func liquidateWhole(
        _ account: Int32, if pays: (_ coins: UInt256, _ repaid: UInt256) -> Bool
    ) -> MorphoLiquidationResult? {
        let position = position(account)
        guard verdict(account) == .unsafe, !position.collateral.isZero else { return nil }
        let incentive = MorphoLiquidation.incentiveFactor(lltv: lltv)
        let owed = borrowed(account)
        let wanted = MorphoLiquidation.seized(repaid: owed, price: price, incentive: incentive)
        let isCovered = wanted <= position.collateral
        let coins = isCovered ? wanted : position.collateral
        let repaid =
            isCovered ? owed : MorphoLiquidation.repaid(seized: coins, price: price, incentive: incentive)
        guard pays(coins, repaid) else { return nil }
        return try? liquidate(
            account, isCovered ? .repay(shares: position.borrowShares) : .seize(position.collateral))
    }
}

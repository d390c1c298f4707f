import Primitives

/// The rules of one Aave v3 liquidation: how much debt may be repaid, what it seizes, what may be left.
/// Source: aave-v3-origin, LiquidationLogic; v3.7 rounding as its liquidation-rounding note says.
public enum AaveLiquidation {
    /// Above this health factor (wad) the close factor applies.
    public static var closeFactorHealthFactor: UInt256 { 950_000_000_000_000_000 }
    /// Below this reserve debt or collateral (base currency, 8 decimals) everything may be repaid: 2,000 USD.
    public static var minimumForCloseFactor: UInt256 { 200_000_000_000 }
    /// What must remain of each unless one is cleared: half of the above, 1,000 USD.
    public static var minimumLeftover: UInt256 { 100_000_000_000 }

    /// The most debt of one reserve that a single call may repay, in base units of the token.
    ///
    /// Before v3.3: the close factor of the reserve's debt if the health factor is above 0.95, else all of it.
    /// From v3.3: all of it, unless the reserve's collateral and debt are both worth at least the threshold and the
    /// health factor is above 0.95; then at most the close factor of the debt of the whole position.
    ///
    /// - Parameters:
    ///   - reserveDebt: the position's debt in the repaid reserve, base units of the token.
    ///   - debtPrice, debtUnit: base currency per token and base units per token; both one if debts are values.
    ///   - reserveDebtValue, reserveCollateralValue: in the repaid and the seized reserve, base currency.
    ///   - totalDebtValue: of the position over all reserves, base currency.
    ///   - healthFactor, healthFactorLimit: wad.
    public static func maxRepay(
        reserveDebt: UInt256, debtPrice: UInt256, debtUnit: UInt256, reserveDebtValue: UInt256,
        reserveCollateralValue: UInt256, totalDebtValue: UInt256, healthFactor: UInt256,
        closeFactorBps: UInt256 = 5_000, threshold: UInt256 = minimumForCloseFactor,
        healthFactorLimit: UInt256 = closeFactorHealthFactor, revision: AaveRevision
    ) -> UInt256 {
        if revision == .beforeV33 {
            return healthFactor > healthFactorLimit ? reserveDebt.percentMul(closeFactorBps) : reserveDebt
        }
        guard reserveCollateralValue >= threshold, reserveDebtValue >= threshold,
            healthFactor > healthFactorLimit
        else { return reserveDebt }
        let closable = totalDebtValue.percentMul(closeFactorBps)
        return reserveDebtValue > closable ? closable.mulDivDown(debtUnit, debtPrice) : reserveDebt
    }

    /// What repaying `debtToCover` seizes, before the dust rule.
    ///
    /// base = floor(debt value / collateral price); seized = base × bonus, at most the borrower's balance, and then
    /// the debt is what that balance is worth without the bonus; the protocol fee is a share of the bonus part.
    ///
    /// - Parameters: prices per token in one currency, units = 10^decimals, `bonusBps` above 10,000 (10,500 is
    ///   5 %), `protocolFeeBps` a share of the bonus. Prices must not be zero.
    /// - Returns: collateral for the liquidator, debt repaid and the protocol's collateral, base units of their
    ///   tokens. Liquidator's and protocol's part together are what the borrower loses.
    public static func amounts(
        debtPrice: UInt256, debtToCover: UInt256, debtUnit: UInt256, collateralPrice: UInt256,
        collateralUnit: UInt256, borrowerCollateral: UInt256, bonusBps: UInt256, protocolFeeBps: UInt256,
        revision: AaveRevision
    ) -> (collateralToLiquidator: UInt256, debtRepaid: UInt256, protocolFee: UInt256) {
        let isDirected = revision == .v37
        let base = (debtPrice * debtToCover).mulDivDown(collateralUnit, collateralPrice * debtUnit)
        var seized = base.percentMul(bonusBps, isDirected ? .down : .halfUp)
        var debt = debtToCover
        if seized > borrowerCollateral {
            seized = borrowerCollateral
            let worth = (collateralPrice * seized).mulDivDown(debtUnit, debtPrice * collateralUnit)
            debt = worth.percentDiv(bonusBps, revision.roundsForPool ? .up : .halfUp)
        }
        guard !protocolFeeBps.isZero else { return (seized, debt, .zero) }
        let bonus = seized - seized.percentDiv(bonusBps, isDirected ? .down : .halfUp)
        let fee = bonus.percentMul(protocolFeeBps, isDirected ? .up : .halfUp)
        return (seized - fee, debt, fee)
    }

    /// The dust rule of v3.3: unless one side is cleared, both must keep at least `minimum` (base currency).
    ///
    /// - Parameters: what is left of the reserve's debt and collateral; in v3.3 the contract counts the protocol
    ///   fee as left.
    public static func leavesDust(
        debtLeftValue: UInt256, collateralLeftValue: UInt256, isDebtCleared: Bool, isCollateralCleared: Bool,
        minimum: UInt256 = minimumLeftover
    ) -> Bool {
        !isDebtCleared && !isCollateralCleared && (debtLeftValue < minimum || collateralLeftValue < minimum)
    }

    /// The classic bonus arithmetic of a fully collateralised call: a share of the debt is repaid, the seized
    /// collateral is worth the repaid debt and the bonus.
    ///
    /// - Parameters: `debt` in any exact unit, shares in basis points of it (`bonusBps` 500 is 5 %).
    public static func seizure(
        debt: UInt256, closeFactorBps: UInt256, bonusBps: UInt256
    ) -> (repaid: UInt256, bonus: UInt256, seized: UInt256) {
        let repaid = debt.percentMul(closeFactorBps)
        let bonus = repaid.percentMul(bonusBps)
        return (repaid, bonus, repaid + bonus)
    }

    /// sum(collateral × liquidation threshold) / debt in wad, half up and then cut; without debt the largest number.
    ///
    /// - Parameters: `weightedCollateral` in base currency × basis points, `debt` in base currency.
    public static func healthFactor(weightedCollateral: UInt256, debt: UInt256) -> UInt256 {
        debt.isZero ? .max : weightedCollateral.mulDivHalfUp(.wad, debt) / .bps
    }

    /// The leverage of a position looped until its health factor is `healthFactor`: 1 / (1 - LT / HF). For display.
    public static func maximumLeverage(liquidationThreshold: Double, healthFactor: Double) -> Double {
        1 / (1 - liquidationThreshold / healthFactor)
    }
}

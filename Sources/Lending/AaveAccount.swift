import Primitives

/// An account in the pool's base currency (8 decimals).
public struct AaveAccountData: Sendable, Equatable {
    public var collateral = UInt256.zero
    public var debt = UInt256.zero
    /// Averages weighted by collateral value, basis points, rounded down.
    public var ltvBps = UInt256.zero
    public var liquidationThresholdBps = UInt256.zero
    /// Wad; the largest number without debt.
    public var healthFactor = UInt256.max
}

extension AavePool {
    /// The collateral, debt and health factor of an account at `now`. Source: GenericLogic.
    ///
    /// Debt is valued rounded up from v3.5 on, so that no debt is worth nothing. Throws `noPrice` if any of the
    /// account's assets has none: such an account can neither borrow nor be liquidated.
    ///
    /// - Throws: `AaveError.noPrice` for an asset without a price.
    public func accountData(_ account: Int32) throws(AaveError) -> AaveAccountData {
        let flags = accounts[account]
        var data = AaveAccountData()
        var weightedThreshold = UInt256.zero
        var weightedLTV = UInt256.zero
        var rest = flags.collateral | flags.debt
        while rest != 0 {
            let r = Int32(rest.trailingZeroBitCount)
            rest &= rest - 1
            let price = reserves[r].price
            guard !price.isZero else { throw .noPrice(reserve: r) }
            let unit = reserves[r].unit
            let threshold = reserves[r].parameters.liquidationThresholdBps
            if flags.collateral & bit(r) != 0 && threshold != 0 {
                let value = supplyBalance(r, of: account).mulDivDown(price, unit)
                let rates = percentages(of: r, flags.eMode)
                data.collateral += value
                weightedThreshold += value * UInt256(rates.threshold)
                if reserves[r].parameters.ltvBps != 0 { weightedLTV += value * UInt256(rates.ltv) }
            }
            if flags.debt & bit(r) != 0 {
                let owed = debtBalance(r, of: account)
                data.debt += owed.mulDiv(price, unit, revision.roundsForPool ? .up : .down)
            }
        }
        data.healthFactor = AaveLiquidation.healthFactor(
            weightedCollateral: weightedThreshold, debt: data.debt)
        if !data.collateral.isZero {
            data.ltvBps = weightedLTV / data.collateral
            data.liquidationThresholdBps = weightedThreshold / data.collateral
        }
        return data
    }

    /// The percentages that hold for a reserve as collateral: the category's if its bitmap has it.
    @inline(__always)
    func percentages(of reserve: Int32, _ eMode: UInt8) -> (ltv: UInt32, threshold: UInt32, bonus: UInt32) {
        if eMode != 0 {
            let category = eModes[Int(eMode) - 1]
            if category.collateralBitmap & bit(reserve) != 0 {
                return (category.ltvBps, category.liquidationThresholdBps, category.liquidationBonusBps)
            }
        }
        let own = reserves[reserve].parameters
        return (own.ltvBps, own.liquidationThresholdBps, own.liquidationBonusBps)
    }
}

import Primitives

/// What one liquidation call did, base units of the tokens.
public struct AaveLiquidationResult: Sendable, Equatable {
    public var debtRepaid: UInt256
    public var collateralToLiquidator: UInt256
    /// Collateral that went to the treasury.
    public var protocolFee: UInt256
    /// The collateral was exhausted, and every debt left over was burned into the deficit of its reserve.
    public var hasBadDebt: Bool
}

extension AavePool {
    /// Repays debt of an account whose health factor is below one and takes collateral with the bonus.
    ///
    /// - Parameters: `debtToCover` at most this much, `.max` for as much as the close factor allows;
    ///   `receivesSupply` leaves the collateral in the pool as the liquidator's supply.
    /// - Throws: `mustNotLeaveDust` if the call would leave less than 1,000 USD of debt or collateral.
    public mutating func liquidate(
        collateral c: Int32, debt d: Int32, of borrower: Int32, debtToCover: UInt256, by liquidator: Int32,
        receivesSupply: Bool = false
    ) throws(AaveError) -> AaveLiquidationResult {
        try check(c, borrower, debtToCover)
        try check(d, liquidator, debtToCover)
        if borrower == liquidator && revision.roundsForPool { throw .selfLiquidation }
        for r in [c, d] where reserves[r].price.isZero { throw .noPrice(reserve: r) }
        let data = try accountData(borrower)
        guard data.healthFactor < .wad else { throw .healthFactorNotBelowOne(data.healthFactor) }
        let flags = accounts[borrower]
        guard flags.collateral & bit(c) != 0, reserves[c].parameters.liquidationThresholdBps != 0 else {
            throw .notCollateral(reserve: c)
        }
        let reserveDebt = debtBalance(d, of: borrower)
        guard !reserveDebt.isZero else { throw .noDebt(reserve: d) }
        let balance = supplyBalance(c, of: borrower)
        let (result, seized) = try plan(c, d, borrower, data, reserveDebt, balance, debtToCover)
        if !receivesSupply && result.collateralToLiquidator > reserves[c].liquidity {
            throw .insufficientLiquidity(available: reserves[c].liquidity)
        }
        let (clears, isExhausted) = consumption(c, borrower, result, seized: seized, of: balance, data)
        if clears { accounts[borrower].collateral &= ~bit(c) }
        settleDebt(d, borrower, repaid: result.debtRepaid, debt: reserveDebt, burnsRest: isExhausted)
        moveCollateral(c, borrower, liquidator, result, receivesSupply)
        var isBadDebt = isExhausted && result.debtRepaid < reserveDebt
        if isExhausted {
            while accounts[borrower].debt != 0 {
                let r = Int32(accounts[borrower].debt.trailingZeroBitCount)
                isBadDebt = true
                settleDebt(r, borrower, repaid: .zero, debt: debtBalance(r, of: borrower), burnsRest: true)
            }
        }
        return AaveLiquidationResult(
            debtRepaid: result.debtRepaid, collateralToLiquidator: result.collateralToLiquidator,
            protocolFee: result.protocolFee, hasBadDebt: isBadDebt)
    }

    /// Close factor, amounts and dust rule of a call.
    private func plan(
        _ c: Int32, _ d: Int32, _ borrower: Int32, _ data: AaveAccountData, _ reserveDebt: UInt256,
        _ balance: UInt256, _ debtToCover: UInt256
    ) throws(AaveError) -> (result: AaveLiquidationResult, seized: UInt256) {
        let (collateral, debt) = (reserves[c], reserves[d])
        let debtRule: RoundingRule = revision.roundsForPool ? .up : .down
        let most = AaveLiquidation.maxRepay(
            reserveDebt: reserveDebt, debtPrice: debt.price, debtUnit: debt.unit,
            reserveDebtValue: reserveDebt.mulDiv(debt.price, debt.unit, debtRule),
            reserveCollateralValue: balance.mulDivDown(collateral.price, collateral.unit),
            totalDebtValue: data.debt, healthFactor: data.healthFactor, revision: revision)
        let bonus = percentages(of: c, accounts[borrower].eMode).bonus
        let (toLiquidator, repaid, fee) = AaveLiquidation.amounts(
            debtPrice: debt.price, debtToCover: min(debtToCover, most), debtUnit: debt.unit,
            collateralPrice: collateral.price, collateralUnit: collateral.unit, borrowerCollateral: balance,
            bonusBps: UInt256(bonus), protocolFeeBps: UInt256(collateral.parameters.protocolFeeBps),
            revision: revision)
        // Rounding the debt up may ask for one unit more than was offered.
        let paid = min(repaid, reserveDebt)
        let seized = toLiquidator + fee
        if revision != .beforeV33 {
            let left = balance - (revision == .v33 ? toLiquidator : seized)
            let isDusty = AaveLiquidation.leavesDust(
                debtLeftValue: (reserveDebt - paid).mulDiv(debt.price, debt.unit, debtRule),
                collateralLeftValue: left.mulDivDown(collateral.price, collateral.unit),
                isDebtCleared: paid == reserveDebt, isCollateralCleared: seized == balance)
            if isDusty { throw .mustNotLeaveDust }
        }
        let result = AaveLiquidationResult(
            debtRepaid: paid, collateralToLiquidator: toLiquidator, protocolFee: fee, hasBadDebt: false)
        return (result, seized)
    }

    /// Whether the seizure empties the reserve and whether it takes the last of the account's collateral.
    ///
    /// Up to v3.6 by balance and by base currency. From v3.7 on by the scaled amounts that will move: both parts are
    /// rounded up, so together they may take one unit more than their sum.
    private func consumption(
        _ c: Int32, _ borrower: Int32, _ result: AaveLiquidationResult, seized: UInt256, of balance: UInt256,
        _ data: AaveAccountData
    ) -> (clearsReserve: Bool, isExhausted: Bool) {
        let (price, unit) = (reserves[c].price, reserves[c].unit)
        if revision != .v37 {
            let isExhausted = revision != .beforeV33 && data.collateral == seized.mulDivDown(price, unit)
            return (seized == balance, isExhausted)
        }
        let index = income[c]
        let held = UInt256(positions[slot(borrower, c)].scaledSupply)
        let parts =
            result.collateralToLiquidator.mulDivUp(.ray, index) + result.protocolFee.mulDivUp(.ray, index)
        let consumed = min(parts, held)
        let value = consumed.mulDivDown(index, .ray).mulDivDown(price, unit)
        let isExhausted = value == data.collateral
        return (consumed == held || isExhausted, isExhausted)
    }

    /// Burns repaid debt and, if the collateral is exhausted, the rest of it into the deficit.
    private mutating func settleDebt(
        _ d: Int32, _ borrower: Int32, repaid: UInt256, debt: UInt256, burnsRest: Bool
    ) {
        var state = accrued(d)
        burnDebt(burnsRest ? debt : repaid, of: borrower, d, &state)
        if burnsRest { state.deficit += debt - repaid }
        state.liquidity += repaid
        commit(state, d)
    }

    /// Burns or hands over the liquidator's part and gives the treasury its fee.
    private mutating func moveCollateral(
        _ c: Int32, _ borrower: Int32, _ liquidator: Int32, _ result: AaveLiquidationResult,
        _ receivesSupply: Bool
    ) {
        var state = accrued(c)
        let from = slot(borrower, c)
        let scaled = burnSupply(result.collateralToLiquidator, index: state.liquidityIndex, at: from)
        if receivesSupply {
            let to = slot(liquidator, c)
            // From v3.6 on what a liquidator receives does not become collateral by itself.
            if revision != .v37 && positions[to].scaledSupply == 0 && state.parameters.ltvBps != 0 {
                accounts[liquidator].collateral |= bit(c)
            }
            positions[to].scaledSupply += scaled.low
        } else {
            state.scaledSupply -= scaled
            state.liquidity -= result.collateralToLiquidator
        }
        if !result.protocolFee.isZero {
            let fee = burnSupply(result.protocolFee, index: state.liquidityIndex, at: from)
            positions[slot(Self.treasury, c)].scaledSupply += fee.low
        }
        commit(state, c)
    }

    /// Covers a reserve's deficit with the supply of an account, as the Umbrella module does.
    ///
    /// - Returns: the deficit covered, base units.
    /// - Throws: `AaveError` where the protocol refuses.
    @discardableResult
    public mutating func coverDeficit(
        _ reserve: Int32, _ amount: UInt256, by account: Int32
    ) throws(AaveError) -> UInt256 {
        try check(reserve, account, amount)
        var state = accrued(reserve)
        guard !state.deficit.isZero else { throw .noDeficit }
        guard accounts[account].debt == 0 else { throw .coverFromBorrower }
        let covered = min(amount, state.deficit)
        let balance = supplyBalance(reserve, of: account)
        guard covered <= balance else { throw .insufficientBalance(available: balance) }
        let i = slot(account, reserve)
        state.scaledSupply -= burnSupply(covered, index: state.liquidityIndex, at: i)
        if positions[i].scaledSupply == 0 { accounts[account].collateral &= ~bit(reserve) }
        state.deficit -= covered
        commit(state, reserve)
        return covered
    }
}

import Primitives

/// One call of a keeper on an Aave account.
public struct AaveOffer: Sendable {
    public var collateral: Int32
    public var debt: Int32
    /// Base units of the two tokens.
    public var coins: UInt256
    public var repaid: UInt256
}

extension AavePool {
    /// One call on an account's largest collateral and largest debt, as far as the close factor allows; where that would leave
    /// dust it leaves just enough collateral instead.
    ///
    /// - Parameter pays: asked whether the call is worth making.
    /// - Returns: the call and what came of it; nil where none is possible or none pays.
    public mutating func liquidateLargest(
        _ account: Int32, by keeper: Int32, if pays: (AaveOffer) -> Bool
    ) -> (offer: AaveOffer, result: AaveLiquidationResult)? {
        guard
            let collateral = largest(
                where: { isCollateral($0, of: account) }, { supplyBalance($0, of: account) }),
            let debt = largest(where: { _ in true }, { debtBalance($0, of: account) }),
            let data = try? accountData(account)
        else { return nil }
        let owed = debtBalance(debt.reserve, of: account)
        let most = AaveLiquidation.maxRepay(
            reserveDebt: owed, debtPrice: reserves[debt.reserve].price, debtUnit: reserves[debt.reserve].unit,
            reserveDebtValue: debt.value, reserveCollateralValue: collateral.value, totalDebtValue: data.debt,
            healthFactor: data.healthFactor, revision: revision)
        if let done = call(account, collateral.reserve, debt.reserve, most, keeper, pays) { return done }
        let kept = AaveLiquidation.minimumLeftover + 100_000_000
        guard collateral.value > kept else { return nil }
        let bonus = UInt256(percentages(of: collateral.reserve, accounts[account].eMode).bonus)
        let value = (collateral.value - kept).mulDivDown(.bps, bonus)
        let cover = value.mulDivDown(reserves[debt.reserve].unit, reserves[debt.reserve].price)
        return cover < most ? call(account, collateral.reserve, debt.reserve, cover, keeper, pays) : nil
    }

    /// A call on any collateral and any debt of an account, leaving just enough of either where all that the close factor allows
    /// would leave dust: for who wants to know whether any call is possible.
    ///
    /// - Returns: the first that the protocol takes; nil where it takes none.
    public mutating func liquidateAny(
        _ account: Int32, by keeper: Int32
    ) -> (offer: AaveOffer, result: AaveLiquidationResult)? {
        guard let data = try? accountData(account) else { return nil }
        let kept = AaveLiquidation.minimumLeftover + 100_000_000
        for d in 0..<reserveCount {
            let (debt, owed) = (reserves[d], debtBalance(d, of: account))
            guard !owed.isZero, !debt.price.isZero else { continue }
            let value = owed.mulDivDown(debt.price, debt.unit)
            for c in 0..<reserveCount where isCollateral(c, of: account) {
                let held = supplyBalance(c, of: account).mulDivDown(reserves[c].price, reserves[c].unit)
                let most = AaveLiquidation.maxRepay(
                    reserveDebt: owed, debtPrice: debt.price, debtUnit: debt.unit, reserveDebtValue: value,
                    reserveCollateralValue: held, totalDebtValue: data.debt, healthFactor: data.healthFactor,
                    revision: revision)
                let bonus = UInt256(percentages(of: c, accounts[account].eMode).bonus)
                let leavingDebt = value.minusOrZero(kept).mulDivDown(debt.unit, debt.price)
                let leavingCollateral = held.minusOrZero(kept).mulDivDown(.bps, bonus).mulDivDown(
                    debt.unit, debt.price)
                for cover in [most, min(most, leavingDebt), min(most, leavingCollateral)] {
                    if let done = call(account, c, d, cover, keeper, { _ in true }) { return done }
                }
            }
        }
        return nil
    }

    /// The reserve of the highest value, base currency; nil where all are worth nothing.
    private func largest(
        where counts: (Int32) -> Bool, _ amount: (Int32) -> UInt256
    ) -> (reserve: Int32, value: UInt256)? {
        var most: (reserve: Int32, value: UInt256) = (-1, .zero)
        for r in 0..<reserveCount where counts(r) {
            let value = amount(r).mulDivDown(reserves[r].price, reserves[r].unit)
            if value > most.value { most = (r, value) }
        }
        return most.reserve < 0 ? nil : most
    }

    private mutating func call(
        _ account: Int32, _ c: Int32, _ d: Int32, _ cover: UInt256, _ keeper: Int32,
        _ pays: (AaveOffer) -> Bool
    ) -> (offer: AaveOffer, result: AaveLiquidationResult)? {
        let (collateral, debt) = (reserves[c], reserves[d])
        let amounts = AaveLiquidation.amounts(
            debtPrice: debt.price, debtToCover: cover, debtUnit: debt.unit, collateralPrice: collateral.price,
            collateralUnit: collateral.unit, borrowerCollateral: supplyBalance(c, of: account),
            bonusBps: UInt256(percentages(of: c, accounts[account].eMode).bonus),
            protocolFeeBps: UInt256(collateral.parameters.protocolFeeBps), revision: revision)
        let offer = AaveOffer(
            collateral: c, debt: d, coins: amounts.collateralToLiquidator, repaid: amounts.debtRepaid)
        guard pays(offer), !cover.isZero,
            let result = try? liquidate(collateral: c, debt: d, of: account, debtToCover: cover, by: keeper)
        else { return nil }
        return (offer, result)
    }
}

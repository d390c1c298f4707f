import Primitives

/// An Aave pool as a book of borrowers: factor 2r is what a scaled unit of supply of reserve r is worth in base currency,
/// factor 2r + 1 what a scaled unit of debt costs.
extension AavePool: LendingBook {
    public var positionCount: Int32 { accountCount }
    public var factorCount: Int32 { 2 * reserveCount }

    public func factor(_ factor: Int32) -> Double {
        let r = factor >> 1
        let index = factor & 1 == 0 ? income[r] : debtIndex[r]
        return Double(reserves[r].price) * Double(index) / (Double(reserves[r].unit) * 1e27)
    }

    public func forEachExposure(of account: Int32, _ body: (_ factor: Int32, _ slope: Double) -> Void) {
        let flags = accounts[account]
        guard flags.debt != 0 else { return }
        var rest = flags.collateral | flags.debt
        while rest != 0 {
            let r = Int32(rest.trailingZeroBitCount)
            rest &= rest - 1
            let position = positions[slot(account, r)]
            if flags.collateral & bit(r) != 0 && reserves[r].parameters.liquidationThresholdBps != 0 {
                let threshold = Double(percentages(of: r, flags.eMode).threshold) / 10_000
                body(2 * r, Double(UInt256(position.scaledSupply)) * threshold)
            }
            if flags.debt & bit(r) != 0 { body(2 * r + 1, -Double(UInt256(position.scaledDebt))) }
        }
    }

    /// Two units of base currency and one of the token per reserve and side.
    public var slackTolerance: Double {
        var bound = 4.0
        for r in 0..<reserveCount { bound += 4 + 2 * Double(reserves[r].price) / Double(reserves[r].unit) }
        return bound
    }

    /// Unsafe with a health factor below one; undecided while an asset of the account has no price.
    public func verdict(_ account: Int32) -> LendingVerdict {
        guard accounts[account].debt != 0 else { return .safe }
        guard let data = try? accountData(account) else { return .undecided }
        return data.healthFactor < .wad ? .unsafe : .safe
    }
}

import Primitives

/// A Comet market as a book of borrowers: factor 0 is what a unit of borrow principal costs in USD with 8 decimals, factor
/// 1 + a what a base unit of asset a is worth.
extension CometMarket: LendingBook {
    public var positionCount: Int32 { accountCount }
    public var factorCount: Int32 { Int32(prices.count) + 1 }

    public func factor(_ factor: Int32) -> Double {
        if factor == 0 { return Double(basePrice) * Double(totals.borrowIndex) / (Double(baseUnit) * 1e15) }
        return Double(prices[Int(factor) - 1]) / Double(units[Int(factor) - 1])
    }

    public func forEachExposure(of account: Int32, _ body: (_ factor: Int32, _ slope: Double) -> Void) {
        let principal = principal(of: account)
        guard principal < 0 else { return }
        body(0, -Double(UInt256(principal.magnitude)))
        for asset in 0..<Int32(prices.count) {
            let amount = collateral(asset, of: account)
            guard !amount.isZero else { continue }
            let factor = Double(parameters.assets[Int(asset)].liquidateCollateralFactor) / 1e18
            body(asset + 1, Double(amount) * factor)
        }
    }

    public var slackTolerance: Double {
        4 + 3 * Double(prices.count) + 2 * Double(basePrice) / Double(baseUnit)
    }

    /// Undecided while a feed that is needed answers zero.
    public func verdict(_ account: Int32) -> LendingVerdict {
        guard let isLiquidatable = try? isLiquidatable(account) else { return .undecided }
        return isLiquidatable ? .unsafe : .safe
    }
}

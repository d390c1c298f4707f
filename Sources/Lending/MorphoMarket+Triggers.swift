import Primitives

/// A Morpho market as a book of borrowers: factor 0 is what a base unit of collateral allows to borrow, factor 1 what a
/// borrow share owes, in base units of the loan token.
extension MorphoMarket: LendingBook {
    public var positionCount: Int32 { accountCount }
    public var factorCount: Int32 { 2 }

    public func factor(_ factor: Int32) -> Double {
        factor == 0
            ? Double(price) * 1e-36 * Double(lltv) * 1e-18
            : (Double(totalBorrowAssets) + 1) / (Double(totalBorrowShares) + 1e6)
    }

    public func forEachExposure(of account: Int32, _ body: (_ factor: Int32, _ slope: Double) -> Void) {
        let position = position(account)
        guard !position.borrowShares.isZero else { return }
        body(0, Double(position.collateral))
        body(1, -Double(position.borrowShares))
    }

    public var slackTolerance: Double { 4 }

    /// Always decided: the oracle's answer is used whatever it is.
    public func verdict(_ account: Int32) -> LendingVerdict { isHealthy(account) ? .safe : .unsafe }
}

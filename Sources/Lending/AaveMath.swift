import Primitives

/// The dated revisions of Aave v3 whose rules differ here, ascending.
public enum AaveRevision: String, Comparable, Sendable, CaseIterable {
    /// Close factor on the reserve's debt alone, no dust rule, bad debt stays on the books.
    case beforeV33 = "before v3.3"
    /// Position-wide close factor, dust rule, bad debt burned into a deficit.
    case v33 = "v3.3"
    /// Balances and account values rounded in the pool's favour, compound interest as a cubic of e^x.
    case v35 = "v3.5"
    /// Seized amounts and the protocol fee rounded against the liquidator.
    case v37 = "v3.7"

    public static func < (a: Self, b: Self) -> Bool {
        allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
    }

    var roundsForPool: Bool { self == .v35 || self == .v37 }
}

/// Which way a division loses its remainder.
enum RoundingRule {
    case down, up, halfUp
}

extension UInt256 {
    @inline(__always)
    func mulDiv(_ factor: UInt256, _ divisor: UInt256, _ rule: RoundingRule) -> UInt256 {
        switch rule {
        case .down: mulDivDown(factor, divisor)
        case .up: mulDivUp(factor, divisor)
        case .halfUp: mulDivHalfUp(factor, divisor)
        }
    }

    /// self × other / 10^27, half up.
    @inline(__always) func rayMul(_ other: UInt256) -> UInt256 { mulDivHalfUp(other, .ray) }
    /// self × 10^27 / other, half up.
    @inline(__always) func rayDiv(_ other: UInt256) -> UInt256 { mulDivHalfUp(.ray, other) }
    /// self × basis points / 10^4.
    @inline(__always)
    func percentMul(_ bps: UInt256, _ rule: RoundingRule = .halfUp) -> UInt256 { mulDiv(bps, .bps, rule) }
    /// self × 10^4 / basis points.
    @inline(__always)
    func percentDiv(_ bps: UInt256, _ rule: RoundingRule = .halfUp) -> UInt256 { mulDiv(.bps, bps, rule) }
}

/// What an Aave pool refuses, each with what would be needed.
public enum AaveError: Error, Equatable, Sendable {
    case unknownReserve(Int32)
    case unknownAccount(Int32)
    case zeroAmount
    /// The oracle has no positive answer for the reserve; the contract then asks a fallback that does not exist.
    case noPrice(reserve: Int32)
    case insufficientBalance(available: UInt256)
    case insufficientLiquidity(available: UInt256)
    /// The debt would need more collateral than there is at the average loan-to-value, in base currency.
    case collateralCannotCover(needed: UInt256, collateral: UInt256)
    case noBorrowingPower
    case borrowingDisabled(reserve: Int32)
    /// The health factor (wad) would be below one.
    case healthFactorTooLow(UInt256)
    case healthFactorNotBelowOne(UInt256)
    case notCollateral(reserve: Int32)
    case noDebt(reserve: Int32)
    case selfLiquidation
    /// Neither all debt nor all collateral of the reserves is taken and less than 1,000 USD of one remains.
    case mustNotLeaveDust
    case unknownEMode(UInt8)
    /// A debt outside the category's borrowable assets.
    case inconsistentEMode(reserve: Int32)
    case amountTooLarge
    case noDeficit
    /// Whoever covers a deficit must owe nothing.
    case coverFromBorrower
}

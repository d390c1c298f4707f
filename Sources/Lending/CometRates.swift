import Primitives

/// One kinked rate of Comet: wad per second as a function of utilization (wad).
public struct CometRateCurve: Sendable {
    public var kink: UInt256
    public var base: UInt256
    public var slopeLow: UInt256
    public var slopeHigh: UInt256

    /// - Parameters: `kinkBps` in basis points; base and slopes per year in basis points of utilization one.
    public init(kinkBps: Int, baseBpsPerYear: Int, slopeLowBpsPerYear: Int, slopeHighBpsPerYear: Int) {
        let unit = UInt256.wad / .bps
        kink = UInt256(kinkBps) * unit
        base = UInt256(baseBpsPerYear) * unit / secondsPerYear
        slopeLow = UInt256(slopeLowBpsPerYear) * unit / secondsPerYear
        slopeHigh = UInt256(slopeHighBpsPerYear) * unit / secondsPerYear
    }

    /// base + low × min(u, kink) + high × max(0, u - kink), every product rounded down.
    public func rate(utilization u: UInt256) -> UInt256 {
        let low = base + slopeLow.mulDivDown(min(u, kink), .wad)
        return u <= kink ? low : low + slopeHigh.mulDivDown(u - kink, .wad)
    }
}

/// The accruing totals of a Comet market: principals and the indices that turn them into balances.
/// Source: comet, contracts/CometCore.sol and Comet.sol.
struct CometTotals: Sendable {
    static var indexScale: UInt256 { 1_000_000_000_000_000 }
    var supplyIndex = indexScale
    var borrowIndex = indexScale
    /// Sum of positive principals, and of negative ones without their sign.
    var supplyPrincipal = UInt256.zero
    var borrowPrincipal = UInt256.zero

    var supply: UInt256 { supplyPrincipal.mulDivDown(supplyIndex, Self.indexScale) }
    var borrow: UInt256 { borrowPrincipal.mulDivDown(borrowIndex, Self.indexScale) }

    /// Borrowed share of what is supplied, wad.
    var utilization: UInt256 {
        let supplied = supply
        return supplied.isZero ? .zero : borrow.mulDivDown(.wad, supplied)
    }

    func accrued(seconds: UInt256, supplyRate: CometRateCurve, borrowRate: CometRateCurve) -> CometTotals {
        guard !seconds.isZero else { return self }
        let u = utilization
        var next = self
        next.supplyIndex += supplyIndex.mulDivDown(supplyRate.rate(utilization: u) * seconds, .wad)
        next.borrowIndex += borrowIndex.mulDivDown(borrowRate.rate(utilization: u) * seconds, .wad)
        return next
    }

    /// The balance of a principal, rounded towards zero; negative is debt.
    func balance(_ principal: Int128) -> Int128 {
        let index = principal >= 0 ? supplyIndex : borrowIndex
        let size = UInt256(principal.magnitude).mulDivDown(index, Self.indexScale)
        return principal >= 0 ? Int128(size.low) : -Int128(size.low)
    }

    /// The principal of a balance: supply rounded down, debt rounded up.
    func principal(_ balance: Int128) -> Int128 {
        let size = UInt256(balance.magnitude)
        return balance >= 0
            ? Int128(size.mulDivDown(Self.indexScale, supplyIndex).low)
            : -Int128(size.mulDivUp(Self.indexScale, borrowIndex).low)
    }

    /// Moves an account from one principal to another in the totals.
    mutating func move(from old: Int128, to new: Int128) {
        supplyPrincipal = supplyPrincipal + UInt256(max(new, 0)) - UInt256(max(old, 0))
        borrowPrincipal = borrowPrincipal + UInt256(max(-new, 0)) - UInt256(max(-old, 0))
    }
}

import Primitives

/// The liquidation arithmetic of Morpho Blue: prices scaled by 10^36, factors in wad, amounts in base units.
/// Source: morpho-blue, src/Morpho.sol and its libraries.
public enum MorphoLiquidation {
    /// 10^36: loan base units per collateral base unit, so scaled.
    public static var priceScale: UInt256 { .wad * .wad }
    static var maximumIncentive: UInt256 { 1_150_000_000_000_000_000 }
    static var cursor: UInt256 { 300_000_000_000_000_000 }

    /// min(1.15, 1 / (1 - 0.3 × (1 - LLTV))), every step rounded down.
    public static func incentiveFactor(lltv: UInt256) -> UInt256 {
        let divisor = .wad - cursor.mulDivDown(.wad - lltv, .wad)
        return min(maximumIncentive, UInt256.wad.mulDivDown(.wad, divisor))
    }

    /// Collateral for a repayment: repaid × incentive / price, rounded down. The price must not be zero.
    public static func seized(repaid: UInt256, price: UInt256, incentive: UInt256) -> UInt256 {
        repaid.mulDivDown(incentive, .wad).mulDivDown(priceScale, price)
    }

    /// The repayment for seized collateral: seized × price / incentive, rounded up.
    public static func repaid(seized: UInt256, price: UInt256, incentive: UInt256) -> UInt256 {
        seized.mulDivUp(price, priceScale).mulDivUp(.wad, incentive)
    }

    /// What seizing a position's whole collateral repays, and the debt that is left for the lenders to bear.
    public static func fullSeizure(
        collateral: UInt256, price: UInt256, debt: UInt256, lltv: UInt256
    ) -> (repaid: UInt256, badDebt: UInt256) {
        let paid = min(
            debt, repaid(seized: collateral, price: price, incentive: incentiveFactor(lltv: lltv)))
        return (paid, debt - paid)
    }

    /// Whether collateral × price × LLTV (down, down) covers the debt.
    public static func isHealthy(
        collateral: UInt256, price: UInt256, borrowed: UInt256, lltv: UInt256
    ) -> Bool {
        collateral.mulDivDown(price, priceScale).mulDivDown(lltv, .wad) >= borrowed
    }
}

/// Conversion between assets and shares with a million virtual shares and one virtual asset.
/// Source: morpho-blue, SharesMathLib.
public enum MorphoShares {
    static var virtualShares: UInt256 { 1_000_000 }
    static var virtualAssets: UInt256 { 1 }

    public static func sharesDown(_ assets: UInt256, totalAssets: UInt256, totalShares: UInt256) -> UInt256 {
        assets.mulDivDown(totalShares + virtualShares, totalAssets + virtualAssets)
    }
    public static func sharesUp(_ assets: UInt256, totalAssets: UInt256, totalShares: UInt256) -> UInt256 {
        assets.mulDivUp(totalShares + virtualShares, totalAssets + virtualAssets)
    }
    public static func assetsDown(_ shares: UInt256, totalAssets: UInt256, totalShares: UInt256) -> UInt256 {
        shares.mulDivDown(totalAssets + virtualAssets, totalShares + virtualShares)
    }
    public static func assetsUp(_ shares: UInt256, totalAssets: UInt256, totalShares: UInt256) -> UInt256 {
        shares.mulDivUp(totalAssets + virtualAssets, totalShares + virtualShares)
    }
}

/// The rate of a market per second (wad) as a function of its utilization: the curve of Morpho's adaptive model at a
/// fixed rate at target, a quarter of it when nothing is borrowed and four times as much when everything is.
/// Source: morpho-blue-irm, AdaptiveCurveIrm (without the drift of the rate at target).
public struct MorphoRateCurve: Sendable {
    static var target: UInt256 { 900_000_000_000_000_000 }
    /// Wad per second at 90 % utilization.
    public var rateAtTarget: UInt256

    public init(rateAtTarget: UInt256) { self.rateAtTarget = rateAtTarget }

    public func rate(utilization u: UInt256) -> UInt256 {
        if u > Self.target {
            let over = (u - Self.target).mulDivDown(.wad, .wad - Self.target)
            return rateAtTarget + (over * 3).mulDivDown(rateAtTarget, .wad)
        }
        let under = (Self.target - u).mulDivDown(.wad, Self.target)
        return rateAtTarget - (under * 3 / 4).mulDivDown(rateAtTarget, .wad)
    }

    /// e^(rate × seconds) - 1 to the third order in wad: MathLib's wTaylorCompounded.
    public static func compounded(rate: UInt256, seconds: UInt256) -> UInt256 {
        let first = rate * seconds
        let second = first.mulDivDown(first, .wad * 2)
        return first + second + second.mulDivDown(first, .wad * 3)
    }
}

/// An optional agreement between a borrower and anyone: liquidation before the LLTV, with an incentive and a close
/// factor that grow linearly with the loan-to-value from `lltv` of the agreement to that of the market. All in wad.
/// Source: pre-liquidation, src/PreLiquidation.sol.
public struct MorphoPreLiquidation: Sendable {
    public var lltv: UInt256
    public var closeFactors: (first: UInt256, last: UInt256)
    public var incentives: (first: UInt256, last: UInt256)

    public init(
        lltv: UInt256, closeFactors: (first: UInt256, last: UInt256),
        incentives: (first: UInt256, last: UInt256)
    ) {
        precondition(closeFactors.first <= closeFactors.last && incentives.first <= incentives.last)
        self.lltv = lltv
        self.closeFactors = closeFactors
        self.incentives = incentives
    }

    /// Incentive and close factor at a loan-to-value between the two limits.
    public func factors(ltv: UInt256, marketLLTV: UInt256) -> (incentive: UInt256, closeFactor: UInt256) {
        let way = (ltv - lltv).mulDivDown(.wad, marketLLTV - lltv)
        return (
            incentives.first + way.mulDivDown(incentives.last - incentives.first, .wad),
            closeFactors.first + way.mulDivDown(closeFactors.last - closeFactors.first, .wad)
        )
    }
}

/// What Morpho Blue refuses.
public enum MorphoError: Error, Equatable, Sendable {
    case unknownAccount(Int32)
    case zeroAmount
    case insufficientCollateral
    case insufficientLiquidity(available: UInt256)
    case insufficientBalance(available: UInt256)
    case healthyPosition
    /// Collateral for a repayment cannot be computed at a price of zero; seizing by amount can.
    case zeroPrice
    case notPreLiquidatable
    /// Past the market's own limit, where a pre-liquidation no longer applies.
    case liquidatablePosition
    case preLiquidationTooLarge(repayableShares: UInt256)
    /// Beyond the contract's 128 bits.
    case amountTooLarge
}

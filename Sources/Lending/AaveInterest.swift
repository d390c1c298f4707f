import Primitives

/// A kinked interest rate, all in ray and per year: `base` + `slope1` × usage / optimal up to the kink, then
/// `slope2` × (usage - optimal) / (1 - optimal) on top.
/// Source: aave-v3-origin, DefaultReserveInterestRateStrategyV2.
public struct AaveRateStrategy: Sendable, BitwiseCopyable {
    public var optimalUsage: UInt256
    public var base: UInt256
    public var slope1: UInt256
    public var slope2: UInt256

    /// From basis points, as governance states them; `optimalUsageBps` strictly between 0 and 10,000.
    public init(optimalUsageBps: Int, baseBps: Int, slope1Bps: Int, slope2Bps: Int) {
        precondition((1..<10_000).contains(optimalUsageBps))
        let unit = UInt256.ray / 10_000
        optimalUsage = UInt256(optimalUsageBps) * unit
        base = UInt256(baseBps) * unit
        slope1 = UInt256(slope1Bps) * unit
        slope2 = UInt256(slope2Bps) * unit
    }

    /// Yearly rates in ray.
    ///
    /// - Parameters: amounts in base units of the token; `deficit` lowers what suppliers earn, not what borrowers
    ///   pay; `reserveFactorBps` of the interest goes to the treasury.
    public func rates(
        availableLiquidity: UInt256, totalDebt: UInt256, deficit: UInt256, reserveFactorBps: UInt256
    ) -> (liquidity: UInt256, borrow: UInt256) {
        guard !totalDebt.isZero else { return (.zero, base) }
        let supplied = availableLiquidity + totalDebt
        let usage = totalDebt.rayDiv(supplied)
        var borrow = base
        if usage > optimalUsage {
            let excess = (usage - optimalUsage).rayDiv(.ray - optimalUsage)
            borrow += slope1 + slope2.rayMul(excess)
        } else {
            borrow += slope1.rayMul(usage).rayDiv(optimalUsage)
        }
        let supplyUsage = totalDebt.rayDiv(supplied + deficit)
        return (borrow.rayMul(supplyUsage).percentMul(.bps - reserveFactorBps), borrow)
    }
}

/// Interest over a span of seconds as a factor in ray. Source: aave-v3-origin, MathUtils.
public enum AaveInterest {
    /// 1 + rate × t / year: what suppliers earn.
    public static func linear(rate: UInt256, seconds: UInt256) -> UInt256 {
        .ray + rate * seconds / secondsPerYear
    }

    /// What borrowers owe: (1 + rate / year)^t cut after the third order.
    ///
    /// Up to v3.4 the binomial 1 + nx + n(n-1)/2 x² + n(n-1)(n-2)/6 x³ with x = rate per second; from v3.5 on
    /// 1 + y + y²/2 + y³/6 with y = rate × t / year.
    public static func compounded(rate: UInt256, seconds n: UInt256, revision: AaveRevision) -> UInt256 {
        guard !n.isZero else { return .ray }
        if revision.roundsForPool {
            let y = rate * n / secondsPerYear
            return .ray + y + y.rayMul(y / 2 + y.rayMul(y / 6))
        }
        let squared = rate.rayMul(rate) / (secondsPerYear * secondsPerYear)
        let cubed = squared.rayMul(rate) / secondsPerYear
        let pairs = n * (n - 1)
        return .ray + rate * n / secondsPerYear + pairs * squared / 2 + pairs * n.minusOrZero(2) * cubed / 6
    }
}

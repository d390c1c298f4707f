import Primitives
import RealModule

/// The smallest model with the trap in it: one price, one population, makers who leave as
/// volatility rises, dip buyers whose depth grows with displacement.
///
///     x = m + d,   d' = q / Λ_eff - ρ d,   Λ_eff = Λ (1 + (d / x_b)²),   Λ* = Λ_0 min(1, (σ_0 / σ)^a)
public struct OneAsset: Sendable {
    public var openInterest = 40e9
    public var medianLeverage = 2.2
    public var leverageLogSD = 0.9
    public var maintenance = 0.005
    /// The drawdown that the day's earlier weakness has cleared of positions.
    public var flushed = 0.012
    /// The exogenous fall and the seconds it takes.
    public var shock = 0.05
    public var rampSeconds = 1500.0
    /// Per √s, in the fundamental; also the calm volatility σ_0.
    public var noise = 3e-5
    /// Dollars per unit log price when calm.
    public var depth = 30e9
    public var volatilityExponent = 1.5
    /// Displacement at which dip buyers double the depth; infinite for none.
    public var dipScale = 0.02
    /// 1 / s.
    public var resilience = 1.0 / 1200
    public var executionPerSecond = 0.2
    public var depthSeconds = 120.0
    public var volatilitySeconds = 60.0
    public var hours = 3.0
    public init() {}

    public struct Result: Sendable {
        public var fallPct: Double
        public var liquidated: Double
        public var troughMinute: Double
        /// Of all liquidations, in the worst calendar minute.
        public var peakMinuteShare: Double
        /// Of the fall, by the end.
        public var recovered: Double
    }

    public func run(seed: UInt64) -> Result {
        let population = Leverage(
            median: medianLeverage, logSD: leverageLogSD, maintenance: maintenance, flushed: flushed)
        var draws = RandomStream(seed: seed, name: "one asset")
        var (noiseSum, d, backlog, lambda, x, peak, sold) = (0.0, 0.0, 0.0, depth, 0.0, 0.0, 0.0)
        var variance = noise * noise
        var deepest = 0.0
        var troughAt = 0.0
        var minute = 0.0
        var worstMinute = 0.0
        let fall = -Double.log(1 - shock)
        let steps = Int(hours * 3600)
        for t in 1...steps {
            noiseSum += noise * draws.normal()
            let q = executionPerSecond * backlog
            backlog -= q
            let effective = lambda * (1 + (d / dipScale) * (d / dipScale))
            d += q / effective - resilience * d
            let next = fall * min(1, Double(t) / rampSeconds) + noiseSum + d
            variance += ((next - x) * (next - x) - variance) / volatilitySeconds
            x = next
            lambda +=
                (depth * min(1, Double.power(noise / variance.squareRoot(), volatilityExponent)) - lambda)
                / depthSeconds
            if x > peak {
                backlog += openInterest * (population.share(at: x) - population.share(at: peak))
                peak = x
            }
            if x > deepest { (deepest, troughAt) = (x, Double(t) / 60) }
            sold += q
            minute += q
            if t % 60 == 0 {
                worstMinute = max(worstMinute, minute)
                minute = 0
            }
        }
        let fallen = 1 - Double.exp(-deepest)
        return Result(
            fallPct: 100 * fallen, liquidated: sold, troughMinute: troughAt,
            peakMinuteShare: sold > 0 ? worstMinute / sold : 0,
            recovered: fallen > 0 ? (fallen - (1 - Double.exp(-x))) / fallen : 0)
    }
}

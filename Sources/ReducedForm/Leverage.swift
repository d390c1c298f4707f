import Primitives
import RealModule

/// Where longs are liquidated when effective leverage is lognormal: notional by the drawdown that reaches them.
///
/// A long of leverage L and maintenance margin m is liquidated at the drawdown -ln((1 - 1 / L) / (1 - m)); at L ≤ 1 never.
struct Leverage: Sendable {
    /// Share of open interest liquidated at a drawdown of k × `step` or less.
    private let cumulative: [Double]
    private static let step = 1e-4
    private static let last = 60_000

    /// - Parameter flushed: drawdown whose positions the time before has removed already.
    init(median: Double, logSD: Double, maintenance: Double, flushed: Double) {
        // P(L ≥ ℓ) at the leverage that is liquidated at each drawdown.
        func share(_ drawdown: Double) -> Double {
            let rest = 1 - Double.exp(-drawdown) * (1 - maintenance)
            guard rest > 0 else { return 0 }
            return 0.5 * Double.erfc((-Double.log(rest) - Double.log(median)) / (logSD * 2.0.squareRoot()))
        }
        let gone = share(flushed)
        cumulative = (0...Self.last).map { max(0, share(Double($0) * Self.step) - gone) }
    }

    /// The share of open interest liquidated at this drawdown or a smaller one.
    func share(at drawdown: Double) -> Double {
        let x = max(0, min(drawdown / Self.step, Double(Self.last - 1)))
        let i = Int(x)
        return cumulative[i] + (x - Double(i)) * (cumulative[i + 1] - cumulative[i])
    }

    /// Its change per unit of drawdown.
    func density(at drawdown: Double) -> Double {
        (share(at: drawdown + Self.step) - share(at: drawdown)) / Self.step
    }
}

import Primitives
import RealModule

/// What a public feed showed of one market in a while, and what an outsider can conclude from it.
public struct FeedSample: Sendable, Hashable {
    public var messages = 0
    public var value = Money.zero
    public init() {}

    /// An estimate of the notional behind a feed that shows one order a window, with a 95 % interval.
    public struct Estimate: Sendable, Hashable {
        public var low = 0.0
        public var middle = 0.0
        public var high = 0.0
        public init() {}
        public static func += (a: inout Estimate, b: Estimate) {
            a.low += b.low
            a.middle += b.middle
            a.high += b.high
        }
    }

    /// Arrivals are taken as Poisson within the while: of `windows` windows a share f showed something, so orders came at
    /// -ln(1 - f) a window, each as large as those shown. The interval is the binomial one of f; a feed that is never
    /// silent says only that the truth is at least as large as its low end, so the high end is then infinite.
    public func estimate(windows: Int) -> Estimate {
        var result = Estimate()
        guard messages > 0, windows > 0 else { return result }
        let n = Double(windows)
        let share = min(Double(messages) / n, 1)
        let size = value.dollars / Double(messages)
        let spread = 1.96 * (share * (1 - share) / n).squareRoot()
        // Half a window is added to the silent ones: a share of one would be infinite.
        func total(_ f: Double) -> Double { -Double.log(max(1 - min(max(f, 0), 1), 0.5 / n)) * n * size }
        result.middle = total(share)
        result.low = max(value.dollars, total(share - spread))
        result.high = share >= 1 ? .infinity : total(share + spread)
        return result
    }
}

import Primitives

/// OKX: deleveraging starts when the fund has dropped far below its average of the last eight hours.
///
///     balance < average - max(fraction × average, least drop), or the fund is empty
public struct FundDropTrigger: Sendable, Hashable {
    public var fraction: Rate
    public var leastDrop: Money

    public init(fraction: Rate, leastDrop: Money) {
        self.fraction = fraction
        self.leastDrop = leastDrop
    }

    public func threshold(average: Money) -> Money { average - max(average.timesDown(fraction), leastDrop) }

    public func isTriggered(balance: Money, average: Money) -> Bool {
        balance <= .zero || balance < threshold(average: average)
    }
}

/// Bybit: deleveraging starts when one contract has cost the pool too much since its best of the last eight hours.
///
///     ratio = (profit now - highest profit of 8 h) / highest balance of 8 h; starts at or below `trigger`, while the
///     balance exceeds the threshold; stops above `stop`. An empty pool deleverages whatever the ratio.
public struct SymbolDrawdownTrigger: Sendable, Hashable {
    public var trigger: Rate
    public var stop: Rate
    public var threshold: Money

    public init(trigger: Rate, stop: Rate, threshold: Money) {
        self.trigger = trigger
        self.stop = stop
        self.threshold = threshold
    }

    public enum Kind: String, Sendable { case drawdown, poolEquity = "pool_equity" }

    /// Negative for a loss; rounded towards zero at 1e-12, and a million at most: of a pool that never held more than dust.
    public func ratio(profit: Money, highest: Money, poolMaximum: Money) -> Rate {
        guard poolMaximum > .zero else { return .zero }
        let most: Int64 = 1_000_000
        let whole = (profit - highest).micros / poolMaximum.micros
        if abs(whole) >= most { return Rate(pico: whole.signum() * most * Rate.one.pico) }
        return Rate(pico: mulDivTowardsZero((profit - highest).micros, Rate.one.pico, poolMaximum.micros))
    }

    /// - Parameter isRunning: deleveraging started before and has not stopped.
    public func kind(balance: Money, ratio: Rate, isRunning: Bool = false) -> Kind? {
        if balance <= .zero { return .poolEquity }
        guard balance > threshold else { return nil }
        return ratio <= (isRunning ? stop : trigger) ? .drawdown : nil
    }

    /// The part of the drawdown beyond the trigger, which winners bear instead of the pool.
    public func lossShifted(profit: Money, highest: Money, poolMaximum: Money) -> Money {
        max(.zero, (highest - profit) - poolMaximum.timesDown(-trigger))
    }
}

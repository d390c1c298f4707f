import Primitives

/// dYdX: initial margin rises with open interest, from the base rate at the lower cap to all of the notional at the upper.
public struct OpenInterestCaps: Sendable, Hashable {
    /// In micro-dollars; an upper cap of zero switches the rule off.
    public var lower: Int64
    public var upper: Int64

    public init(lower: Int64, upper: Int64) {
        self.lower = lower
        self.upper = upper
    }

    /// Initial margin fraction in parts per million, rounded down:
    /// base + (1,000,000 - base) × (open interest - lower) / (upper - lower).
    public func initialPPM(base: Int64, openInterest: Int64) -> Int64 {
        if upper == 0 || openInterest <= lower { return base }
        if openInterest >= upper { return 1_000_000 }
        return base + mulDivDown(1_000_000 - base, openInterest - lower, upper - lower)
    }

    /// Initial margin of a notional, rounded up.
    public func initial(_ notional: Money, base: Int64, openInterest: Int64) -> Money {
        Money(
            micros: mulDivUp(notional.micros, initialPPM(base: base, openInterest: openInterest), 1_000_000))
    }
}

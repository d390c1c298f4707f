import Primitives

/// Selling part of a large position first, then pausing.
public struct PartialLiquidation: Sendable {
    /// Positions whose notional exceeds this are sold in part first.
    public var above: Money
    /// The share of the position that the first order sells.
    public var fraction: Rate
    /// Seconds until the next order after a step with a partial liquidation.
    public var cooldownSeconds: Double
    /// The book is tried while equity is at least this share of maintenance margin.
    public var whileEquityAtLeast: Rate

    public init(above: Money, fraction: Rate, cooldownSeconds: Double, whileEquityAtLeast: Rate) {
        self.above = above
        self.fraction = fraction
        self.cooldownSeconds = cooldownSeconds
        self.whileEquityAtLeast = whileEquityAtLeast
    }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        guard !p.isHouse, p.hasPositions, p.margin.equity >= p.margin.maintenance.timesUp(whileEquityAtLeast)
        else { return .passes }
        if p.inCooldown { return .waits }
        return !p.triedPartial && p.largestPosition > above ? .acts : .passes
    }

    /// What the first order sells of a position, at least one lot; nothing of one at or below the threshold.
    public func order(_ lots: Lots, notional: Money) -> Lots {
        guard notional > above else { return .zero }
        return Lots(max(1, mulDivDown(lots.magnitude.count, fraction.pico, Rate.one.pico)))
    }
}

import Primitives

/// Closing part of a position first.
public struct PartialLiquidation: Sendable {
    /// How much one order closes.
    public var size: LiquidationSize
    /// Positions whose notional exceeds this are closed in part.
    public var above: Money
    /// Seconds until the next order after a step with a partial liquidation.
    public var cooldownSeconds: Double
    /// The book is tried while equity is at least this share of maintenance margin.
    public var whileEquityAtLeast: Rate
    /// Goes on in parts until margin suffices; otherwise the next order is for all of the rest.
    public var repeats = false
    /// Only positions in this margin row (from 0) or a higher one.
    public var fromRow = 0
    /// Only while equity covers the maintenance margin at the rate of the first row.
    public var needsFirstRowMargin = false
    public var limit = FullLiquidation.PriceLimit.any
    /// Stops between the positions of a scope once it has enough margin; shares are given by each large position.
    public var stopsWhenMargined: Bool {
        if case .share = size { return false }
        return true
    }
    /// The order fills whole or not at all.
    public var fillsWhole = false
    /// Charged on what the order fills, to the insurance fund.
    public var fee = Rate.zero

    public init(
        _ size: LiquidationSize, above: Money = .zero, cooldownSeconds: Double = 0,
        whileEquityAtLeast: Rate = .zero
    ) {
        self.size = size
        self.above = above
        self.cooldownSeconds = cooldownSeconds
        self.whileEquityAtLeast = whileEquityAtLeast
    }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        guard !p.isHouse, p.hasPositions, p.margin.covers(whileEquityAtLeast) else { return .passes }
        if p.inCooldown { return .waits }
        if p.highestRow < fromRow || (needsFirstRowMargin && p.margin.equity < p.firstRowMaintenance) {
            return .passes
        }
        return (repeats || !p.triedPartial) && p.largestPosition > above ? .acts : .passes
    }
}

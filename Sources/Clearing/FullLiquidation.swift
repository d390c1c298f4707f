import Primitives

/// Selling all that is left into the book, immediate or cancel.
public struct FullLiquidation: Sendable {
    public enum PriceLimit: Sendable {
        /// Any price the book offers.
        case any
        /// No worse than the price at which the scope's equity is zero.
        case bankruptcy
    }
    public var limit: PriceLimit
    /// The book is tried while equity is at least this share of maintenance margin.
    public var whileEquityAtLeast: Rate

    public init(limit: PriceLimit, whileEquityAtLeast: Rate) {
        self.limit = limit
        self.whileEquityAtLeast = whileEquityAtLeast
    }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        guard !p.isHouse, p.hasPositions, p.margin.equity >= p.margin.maintenance.timesUp(whileEquityAtLeast)
        else { return .passes }
        return p.inCooldown ? .waits : .acts
    }
}

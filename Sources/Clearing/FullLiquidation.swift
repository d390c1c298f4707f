import Primitives

/// Selling all that is left into the book, immediate or cancel.
public struct FullLiquidation: Sendable {
    public enum PriceLimit: String, Sendable, CaseIterable {
        /// Any price the book offers.
        case any
        /// No worse than the price at which the scope's equity is zero.
        case bankruptcy
    }
    public var limit: PriceLimit
    /// The book is tried while equity is at least this share of maintenance margin.
    public var whileEquityAtLeast: Rate
    /// Charged on what the order fills, to the insurance fund.
    public var fee: Rate
    /// Every position goes, even if the first ones have restored the margin.
    public var closesAll = false

    public init(limit: PriceLimit, whileEquityAtLeast: Rate, fee: Rate = .zero) {
        self.limit = limit
        self.whileEquityAtLeast = whileEquityAtLeast
        self.fee = fee
    }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        guard !p.isHouse, p.hasPositions, p.margin.covers(whileEquityAtLeast) else { return .passes }
        return p.inCooldown ? .waits : .acts
    }
}

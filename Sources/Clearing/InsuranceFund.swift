import Primitives

/// A fund that takes over what the book left, settled at the bankruptcy price, and makes up negative balances.
public struct InsuranceFund: Sendable {
    /// The fund's positions may reach this multiple of its equity in notional.
    public var maxLeverage: Int64

    public init(maxLeverage: Int64) { self.maxLeverage = maxLeverage }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        if p.isHouse || p.fundEquity <= .zero { return .passes }
        if !p.hasPositions { return p.margin.equity < .zero ? .acts : .passes }
        let after = p.fundEquity + p.margin.equity
        // Only what a few multiples of the fund can carry with what it holds: notional <= maxLeverage × equity.
        let carries =
            after > .zero && (p.fundNotional + p.margin.notional).micros / maxLeverage <= after.micros
        return carries ? .acts : .passes
    }
}

import Primitives

/// A vault with capital of its own that takes over what the book could not close in time.
///
/// Positions move at the mark and all remaining collateral with them: the trader keeps nothing. The vault is an
/// account like any other; when its own value goes negative its positions are deleveraged like anyone's.
public struct BackstopVault: Sendable {
    /// Takes over below this share of maintenance margin, down to an equity of zero.
    public var belowEquity: Rate
    /// Makes up negative balances of accounts that have no position left.
    public var paysDeficits: Bool

    public init(belowEquity: Rate, paysDeficits: Bool) {
        self.belowEquity = belowEquity
        self.paysDeficits = paysDeficits
    }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        if p.isHouse { return .passes }
        if !p.hasPositions { return paysDeficits && p.margin.equity < .zero ? .acts : .passes }
        let takes = p.margin.equity >= .zero && !p.margin.covers(belowEquity)
        return takes ? .acts : .passes
    }
}

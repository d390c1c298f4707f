import Primitives

/// A fund that takes over what the book left, settled at the bankruptcy price, and makes up negative balances.
public struct InsuranceFund: Sendable {
    /// The fund's positions may reach this multiple of its equity in notional; zero if it takes no position.
    public var maxLeverage: Int64
    /// What it takes over it sells into the book at once: the difference to the bankruptcy price is its profit or loss.
    public var sellsAtOnce: Bool

    public init(maxLeverage: Int64, sellsAtOnce: Bool = false) {
        self.maxLeverage = maxLeverage
        self.sellsAtOnce = sellsAtOnce
    }

    func verdict(_ p: Predicament) -> WaterfallStage.Verdict {
        if p.isHouse || p.fund.equity <= .zero { return .passes }
        if !p.hasPositions { return p.margin.equity < .zero ? .acts : .passes }
        if maxLeverage == 0 { return .passes }
        let after = p.fund.equity + p.margin.equity
        // Only what a few multiples of the fund can carry with what it holds: notional <= maxLeverage × equity.
        let carries =
            after > .zero
            && (p.fund.notionalAfter ?? p.fund.notional + p.margin.notional).micros / maxLeverage
                <= after.micros
        return carries ? .acts : .passes
    }
}

/// What the stages must know of the insurance fund.
public struct FundState: Sendable, Hashable {
    /// Collateral plus unrealised profit; zero where there is no fund.
    public var equity = Money.zero
    /// Notional the fund already holds, and what it would hold net with the failing scope's positions.
    public var notional = Money.zero
    public var notionalAfter: Money?
    /// Its mean and its highest equity of the last eight hours.
    public var average = Money.zero
    public var maximum = Money.zero
    /// What the fund made of the failing position's market so far, and the most of the last eight hours.
    public var marketProfit = Money.zero
    public var maxMarketProfit = Money.zero

    public init(equity: Money = .zero, notional: Money = .zero) {
        self.equity = equity
        self.notional = notional
        average = equity
        maximum = equity
    }
}

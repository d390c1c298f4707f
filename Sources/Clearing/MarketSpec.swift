import Primitives

/// What clearing must know of one market.
public struct MarketSpec: Sendable {
    /// The asset, e.g. `BTC`.
    public var name: String
    public var unit: ContractUnit
    public var schedule: MarginSchedule
    /// The highest price that can be quoted.
    public var maxTicks: Int32
    public var takerFee: Rate
    /// Negative for a rebate.
    public var makerFee: Rate
    /// How much of an account's slack this market's trigger gets per unit of harmful notional; a typical move
    /// relative to the other markets'. Affects how often accounts are re-checked, never which are found.
    public var triggerWeight: Double
    /// What the house does with a holding in this market.
    public var kind: Kind = .contract

    public enum Kind: Sendable, Hashable {
        /// A perpetual contract.
        case contract
        /// Not traded here: an asset that counts as collateral at its mark less the haircut (0 to 1).
        case collateral(haircut: Rate)
    }

    public init(
        name: String, unit: ContractUnit, schedule: MarginSchedule, maxTicks: Int32, takerFee: Rate,
        makerFee: Rate, triggerWeight: Double = 1
    ) {
        self.name = name
        self.unit = unit
        self.schedule = schedule
        self.maxTicks = maxTicks
        self.takerFee = takerFee
        self.makerFee = makerFee
        self.triggerWeight = triggerWeight
    }
}

/// The plain numbers of a market in one flat row: read where copying the whole specification would cost more than the work.
struct MarketNumbers: BitwiseCopyable {
    var unit: ContractUnit
    var maxTicks: Int32
    var takerFee: Rate
    var makerFee: Rate
    var triggerWeight: Double

    static func pool(_ markets: [MarketSpec]) -> Pool<MarketNumbers> {
        var numbers = Pool<MarketNumbers>(zeroed: markets.count)
        for (m, market) in markets.enumerated() {
            numbers[m] = MarketNumbers(
                unit: market.unit, maxTicks: market.maxTicks, takerFee: market.takerFee,
                makerFee: market.makerFee, triggerWeight: market.triggerWeight)
        }
        return numbers
    }
}

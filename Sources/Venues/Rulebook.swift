import Clearing
import OrderBook
import Primitives

/// How sure a rule is, as the sources mark it.
public enum Confidence: String, Sendable, Codable {
    /// Read from the venue's own current documentation.
    case official = "A"
    /// Read from an older or secondary text.
    case secondary = "B"
    /// Not documented: our choice, an option.
    case assumption = "C"
}

/// Where a rule comes from.
public struct RuleNote: Sendable, Codable {
    public var rule: String
    public var value: String
    public var confidence: Confidence
    public var source: String
    public var date: String

    public init(_ rule: String, _ value: String, _ confidence: Confidence, source: String, date: String) {
        self.rule = rule
        self.value = value
        self.confidence = confidence
        self.source = source
        self.date = date
    }
}

/// Everything that makes a venue itself.
public struct Rulebook: Sendable {
    public var name: String
    /// The date of the rules, ISO.
    public var revision: String
    public var markets: [MarketRules]
    public var waterfall: Waterfall
    /// Ratios of equity to maintenance margin at which traders are called.
    public var marginCallRatios: [Rate]
    public var funding: FundingRule
    public var markPrice: MarkPriceRule
    /// Seconds between oracle (and with them mark) updates.
    public var oracleSeconds: Double
    /// Withdrawals must leave at least this share of notional as equity.
    public var withdrawalNotionalFloor: Rate
    /// How an amended order meets its own account's orders.
    public var selfTrade: SelfTradePrevention
    public var notes: [RuleNote]
}

/// One market of a venue.
public struct MarketRules: Sendable {
    public var spec: MarketSpec
    public var priceGrid: PriceGrid
    /// Impact prices are measured with an order of this notional.
    public var impactNotional: Money
    public var maxMarketOrder: Money
    public var maxLimitOrder: Money
    public var maxLeverage: UInt8

    public init(
        spec: MarketSpec, priceGrid: PriceGrid, impactNotional: Money, maxMarketOrder: Money,
        maxLimitOrder: Money, maxLeverage: UInt8
    ) {
        self.spec = spec
        self.priceGrid = priceGrid
        self.impactNotional = impactNotional
        self.maxMarketOrder = maxMarketOrder
        self.maxLimitOrder = maxLimitOrder
        self.maxLeverage = maxLeverage
    }
}

/// Which prices may be quoted.
public enum PriceGrid: Sendable, Hashable {
    case everyTick
    /// At most so many significant figures; whole dollars are always allowed.
    case significantFigures(Int, ticksPerUSD: Int32)

    @inline(__always)
    public func allows(_ price: Ticks) -> Bool {
        guard case .significantFigures(let figures, let ticksPerUSD) = self else { return true }
        if price.count % ticksPerUSD == 0 { return true }
        return price.count % step(near: price, figures) == 0
    }

    /// The allowed price at or below `price` for a buy, at or above for a sell; at least one step.
    public func rounded(_ price: Ticks, for side: Side) -> Ticks {
        guard case .significantFigures(let figures, let ticksPerUSD) = self else { return price }
        let step = min(self.step(near: price, figures), ticksPerUSD)
        let down = price.count / step * step
        if side == .sell { return Ticks(down == price.count ? down : down + step) }
        return Ticks(max(step, down))
    }

    private func step(near price: Ticks, _ figures: Int) -> Int32 {
        var step: Int32 = 1
        var bound: Int32 = 1
        for _ in 0..<figures { bound *= 10 }
        while price.count / step >= bound { step *= 10 }
        return step
    }
}

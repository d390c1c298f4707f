import Clearing
import OrderBook
import Primitives
import Rules

/// Everything that makes a venue itself, on one day.
public struct Rulebook: Sendable {
    public var name: String
    public var title: String
    /// The day of the rules, ISO.
    public var day: String
    public var settlement: Settlement
    public var markets: [MarketRules]
    /// What may be deposited besides the settlement currency.
    public var collateral: [CollateralRules]
    public var margin: MarginConvention
    public var hasHedgeMode: Bool
    public var waterfall: Waterfall
    /// Ratios of equity to maintenance margin at which traders are called.
    public var marginCallRatios: [Rate]
    /// Nil where there is no funding.
    public var funding: FundingRule?
    public var index: IndexPriceRule
    /// The spot venues whose prices make the index, with their weights; empty where the venue does not print them.
    public var indexWeights: [IndexWeight]
    public var markPrice: MarkPriceRule
    /// Seconds between oracle (and with them mark) updates.
    public var oracleSeconds: Double
    /// Withdrawals must leave at least this share of notional as equity.
    public var withdrawalNotionalFloor: Rate
    /// Whether margins are looked at again when orders fill.
    public var fillCheck: FillCheck
    /// Whether what the venue sells for a failing account pays the taker fee like any other order.
    public var forcedOrdersPayFees: Bool
    /// How an amended order meets its own account's orders.
    public var selfTrade: SelfTradePrevention
    public var feed: LiquidationFeedRule
    /// The rules in words, with their sources.
    public var rules: RuleSet
}

extension Rulebook {
    /// The deleveraging stage, if the plan has one.
    public var deleveraging: AutoDeleveraging? {
        for stage in waterfall.stages { if case .autoDeleveraging(let rule) = stage { return rule } }
        return nil
    }

    /// The stage of the plan that closes parts of positions, if it has one.
    public var partialLiquidation: PartialLiquidation? {
        for stage in waterfall.stages { if case .partialLiquidation(let rule) = stage { return rule } }
        return nil
    }

    /// The stage of the plan that offers positions at a fillable price, if it has one.
    public var fillableLiquidation: FillableLiquidation? {
        for stage in waterfall.stages { if case .fillableLiquidation(let rule) = stage { return rule } }
        return nil
    }
}

/// One asset that counts as collateral.
public struct CollateralRules: Sendable {
    public enum Price: String, Sendable, CaseIterable {
        /// Valued at an index of many venues.
        case index
        /// Valued at the venue's own spot book: what sank USDe, wBETH and BNSOL on one venue only.
        case ownBook = "own_book"
    }
    public var spec: MarketSpec
    public var price: Price

    public init(spec: MarketSpec, price: Price) {
        self.spec = spec
        self.price = price
    }
}

/// One market of a venue.
public struct MarketRules: Sendable {
    public var spec: MarketSpec
    public var priceGrid: PriceGrid
    /// Impact prices are measured with an order of this notional: dollars, whatever the ledger counts.
    public var impactNotional: Money
    /// The largest orders, in ledger units.
    public var maxMarketOrder: Money
    public var maxLimitOrder: Money
    public var maxLeverage: UInt8
    /// Raises initial margin with open interest; nil where the venue has no such rule.
    public var openInterestCaps: OpenInterestCaps?
    /// Where sizes and tiers come from when not from the venue's own figures.
    public var assumption: String?
    /// Tick and lot are a guess by the price.
    public var guessesSizes = false

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

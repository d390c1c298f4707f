import Clearing
import OrderBook
import Primitives

/// Hyperliquid's perpetuals as they stood in October 2025.
///
/// Sources: hyperliquid.gitbook.io, pages Margining, Margin tiers, Liquidations, Auto-deleveraging, Robust price
/// indices, Funding, Tick and lot size. What they leave open is an option of `HyperliquidOptions`.
public struct HyperliquidOptions: Sendable {
    /// Ranking of shorts: as printed, mark / entry also for shorts (default), or entry / mark.
    public var invertsShortScore = false
    /// Open orders are cancelled when an account becomes liquidatable.
    public var cancelsOrdersAtLiquidation = true
    /// The vault makes up negative balances of closed accounts: there is no other fund.
    public var vaultPaysDeficits = true
    /// Margin calls are not a rule of this venue: traders watch these ratios of equity to maintenance themselves.
    public var marginCallRatios = [Rate(3, over: 2), Rate(6, over: 5)]

    public init() {}
}

extension Rulebook {
    public static func hyperliquid(
        assets: [HyperliquidAsset] = [.btc], options: HyperliquidOptions = HyperliquidOptions()
    ) throws -> Rulebook {
        // The book is tried down to two thirds of maintenance margin, the vault takes over below.
        let backstop = Rate(2, over: 3)
        var stages: [WaterfallStage] = options.cancelsOrdersAtLiquidation ? [.cancelOrders] : []
        stages += [
            .partialLiquidation(
                PartialLiquidation(
                    above: Money(usd: 100_000), fraction: Rate(1, over: 5), cooldownSeconds: 30,
                    whileEquityAtLeast: backstop)),
            .fullLiquidation(FullLiquidation(limit: .any, whileEquityAtLeast: backstop)),
            .backstopVault(BackstopVault(belowEquity: backstop, paysDeficits: options.vaultPaysDeficits)),
            .autoDeleveraging(
                AutoDeleveraging(
                    trigger: .valueBelowZero, price: .previousMark,
                    score: .markOverEntryTimesLeverage(invertsShorts: options.invertsShortScore))),
        ]
        return Rulebook(
            name: "hyperliquid", revision: "2025-10-10", markets: try assets.map { try $0.rules() },
            waterfall: Waterfall(stages), marginCallRatios: options.marginCallRatios,
            funding: .hyperliquid(HyperliquidFunding()), markPrice: .hyperliquid(HyperliquidMark()),
            oracleSeconds: 3, withdrawalNotionalFloor: Rate(1, over: 10), selfTrade: .cancelMaker,
            notes: hyperliquidNotes(options))
    }

    private static func hyperliquidNotes(_ o: HyperliquidOptions) -> [RuleNote] {
        let docs = "https://hyperliquid.gitbook.io/hyperliquid-docs/trading/"
        func note(_ rule: String, _ value: String, _ c: Confidence, _ page: String) -> RuleNote {
            RuleNote(rule, value, c, source: docs + page, date: "2025-10")
        }
        return [
            note(
                "maintenance margin",
                "half of the initial margin at the tier's maximum leverage, less deduction", .official,
                "margin-tiers"),
            note("initial margin", "notional / chosen leverage, at least the tier's", .official, "margining"),
            note("withdrawal", "leaves max(initial margin, 10 % of notional)", .official, "margining"),
            note(
                "oracle", "weighted median of spot mids, about every 3 s", .official, "robust-price-indices"),
            note(
                "mark", "median of oracle + 150 s EMA of basis, book median, other venues' perpetuals",
                .official, "robust-price-indices"),
            note("funding", "hourly, premium every 5 s, on the oracle price", .official, "funding"),
            note(
                "liquidation", "equity below maintenance at the mark: market orders into the book", .official,
                "liquidations"),
            note(
                "partial liquidation", "positions above 100,000 USD: 20 % first, then 30 s cooldown",
                .official, "liquidations"),
            note(
                "orders after the cooldown", "for the entire rest, after (not during) the cooldown",
                .assumption, "liquidations"),
            note(
                "order cancellation",
                o.cancelsOrdersAtLiquidation ? "when the account becomes liquidatable" : "never", .assumption,
                "liquidations"),
            note(
                "backstop", "below 2/3 of maintenance all positions and margin go to the liquidator vault",
                .official, "liquidations"),
            note("backstop transfer price", "the mark", .assumption, "liquidations"),
            note(
                "deficit of a closed account", o.vaultPaysDeficits ? "paid by the vault" : "left",
                .assumption, "liquidations"),
            note(
                "auto-deleveraging",
                "account or isolated value below zero; other side by (mark/entry) × (notional/account value), at the previous mark",
                .official, "auto-deleveraging"),
            note(
                "deleveraging rank of shorts", o.invertsShortScore ? "entry/mark" : "mark/entry, as printed",
                .assumption, "auto-deleveraging"),
            note("fees", "taker 4.5 bp, maker 1.5 bp (base tier)", .secondary, "fees"),
            note("price grid", "5 significant figures, whole dollars always", .official, "tick-and-lot-size"),
            note(
                "largest orders", "market 4M/1M/0.5M/0.25M USD by maximum leverage, limit ten times that",
                .secondary, "contract-specifications"),
        ]
    }
}

/// One asset of Hyperliquid: figures of its `meta` answer and margin tables.
public struct HyperliquidAsset: Sendable {
    public var name: String
    /// Decimals of size: a lot is 10^-sizeDecimals coins, a tick 10^-(6 - sizeDecimals) dollars.
    public var sizeDecimals: Int
    public var tiers: [MarginTier]
    public var maxLeverage: UInt8
    public var impactNotionalUSD: Int64

    public static let btc = HyperliquidAsset(
        name: "BTC", sizeDecimals: 5,
        tiers: [MarginTier(fromUSD: 0, maxLeverage: 40), MarginTier(fromUSD: 150_000_000, maxLeverage: 20)],
        maxLeverage: 40, impactNotionalUSD: 20_000)
    public static let eth = HyperliquidAsset(
        name: "ETH", sizeDecimals: 4,
        tiers: [MarginTier(fromUSD: 0, maxLeverage: 25), MarginTier(fromUSD: 100_000_000, maxLeverage: 15)],
        maxLeverage: 25, impactNotionalUSD: 20_000)
    public static let sol = HyperliquidAsset(
        name: "SOL", sizeDecimals: 2,
        tiers: [MarginTier(fromUSD: 0, maxLeverage: 20), MarginTier(fromUSD: 70_000_000, maxLeverage: 10)],
        maxLeverage: 20, impactNotionalUSD: 6_000)
    public static let doge = HyperliquidAsset(
        name: "DOGE", sizeDecimals: 0,
        tiers: [MarginTier(fromUSD: 0, maxLeverage: 10), MarginTier(fromUSD: 20_000_000, maxLeverage: 5)],
        maxLeverage: 10, impactNotionalUSD: 6_000)
    public static let all = [btc, eth, sol, doge]

    func rules() throws -> MarketRules {
        let ticksPerUSD = HyperliquidAsset.power(10, 6 - sizeDecimals)
        // Market orders up to 4M USD at 50x and more, 1M at 20x, 0.5M at 10x, 0.25M below.
        let maxMarket: Int64 =
            maxLeverage >= 50
            ? 4_000_000 : maxLeverage >= 20 ? 1_000_000 : maxLeverage >= 10 ? 500_000 : 250_000
        return MarketRules(
            spec: MarketSpec(
                name: name,
                unit: ContractUnit(
                    microsPerTickLot: 1, ticksPerUSD: Double(ticksPerUSD),
                    lotsPerCoin: Double(HyperliquidAsset.power(10, sizeDecimals))),
                schedule: try MarginSchedule(tiers), maxTicks: 1 << 22,
                takerFee: Rate(basisPoints: 45, per: 10),
                makerFee: Rate(basisPoints: 15, per: 10)),
            priceGrid: .significantFigures(5, ticksPerUSD: Int32(ticksPerUSD)),
            impactNotional: Money(usd: impactNotionalUSD), maxMarketOrder: Money(usd: maxMarket),
            maxLimitOrder: Money(usd: maxMarket * 10), maxLeverage: maxLeverage)
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { value, _ in value * base }
    }
}

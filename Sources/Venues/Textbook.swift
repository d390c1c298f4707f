import Clearing
import OrderBook
import Primitives

extension Rulebook {
    /// The textbook waterfall: cancel, partial, full at the bankruptcy price, insurance fund, deleveraging of what
    /// the fund cannot carry, and loss socialised over all profits. It holds the stages Hyperliquid lacks until
    /// the venues that have them come.
    ///
    /// - Parameter deleverages: without it, what the fund cannot carry stays until the book takes it or it is
    ///   socialised.
    public static func textbook(assets: [HyperliquidAsset] = [.btc], deleverages: Bool = true) throws
        -> Rulebook
    {
        var stages: [WaterfallStage] = [
            .cancelOrders,
            .partialLiquidation(
                PartialLiquidation(
                    above: Money(usd: 100_000), fraction: Rate(1, over: 4), cooldownSeconds: 10,
                    whileEquityAtLeast: Rate(1, over: 2))),
            .fullLiquidation(
                // An account below zero has no better price than bankruptcy to hope for.
                FullLiquidation(
                    limit: deleverages ? .bankruptcy : .any,
                    whileEquityAtLeast: deleverages ? .zero : Rate(-1000, over: 1))),
            .insuranceFund(InsuranceFund(maxLeverage: 5)),
        ]
        if deleverages {
            stages.append(
                .autoDeleveraging(
                    AutoDeleveraging(
                        trigger: .whateverIsLeft, price: .bankruptcy, score: .profitTimesLeverage)))
        }
        stages.append(.socialisedLoss)
        return Rulebook(
            name: "textbook", revision: "2025-01-01", markets: try assets.map { try $0.rules() },
            waterfall: Waterfall(stages), marginCallRatios: [Rate(3, over: 2), Rate(6, over: 5)],
            funding: .none, markPrice: .oracle, oracleSeconds: 1, withdrawalNotionalFloor: .zero,
            selfTrade: .cancelMaker,
            notes: [
                RuleNote(
                    "waterfall", "all seven stages", .assumption, source: "undertow", date: "2026-11-23")
            ])
    }
}

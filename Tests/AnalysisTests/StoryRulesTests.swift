import Clearing
import Primitives
import Rules
import Testing
import Venues

@testable import Analysis

/// Every step that a venue takes by its plan has a rule of the venue to cite.
@Suite("The rules behind an account's story")
struct StoryRulesTests {
    /// What a stage may leave in the log.
    private static func kinds(_ stage: WaterfallStage) -> [ClearingEvent.Kind] {
        switch stage {
        case .cancelOrders: [.ordersCancelled]
        case .convertCollateral: [.collateralSold]
        case .netHedgedLegs: [.legsNetted]
        case .fillableLiquidation: [.partialLiquidation, .fundSettlement]
        case .partialLiquidation: [.partialLiquidation, .liquidationFee]
        case .fullLiquidation: [.fullLiquidation, .liquidationFee]
        case .backstopVault: [.vaultTakeover, .vaultPayment, .equityTakenOver]
        case .insuranceFund: [.fundTakeover, .fundPayment, .equityTakenOver]
        case .autoDeleveraging: [.deleveraging]
        case .socialisedLoss: [.socialisedLoss, .badDebt]
        }
    }

    @Test(arguments: Rulebook.builtInNames, ["2020-03-12", Rulebook.defaultDay, "2026-11-01"])
    func everyStageHasARule(name: String, day: String) throws {
        let rulebook = try Rulebook.named(name, on: day)
        try #require(!rulebook.waterfall.stages.isEmpty)
        for stage in rulebook.waterfall.stages {
            for kind in Self.kinds(stage) {
                let rules = AccountStory.rules(kind, rulebook)
                #expect(!rules.isEmpty, "\(name): \(stage.name), \(kind)")
                #expect(rules.allSatisfy { !$0.words.isEmpty })
            }
        }
        #expect(!AccountStory.rules(.marginCall, rulebook).isEmpty)
        #expect(!AccountStory.rules(AccountStory.fees, rulebook).isEmpty)
    }

    /// Whatever a venue calls it, and nothing that only sounds like it.
    @Test(arguments: [
        ("okx", ClearingEvent.Kind.fundTakeover, ["security fund"]),
        ("bybit", .fundTakeover, ["insurance pool"]),
        ("bitmex", .fundTakeover, ["insurance fund", "how much the fund carries"]),
        ("dydx", .fundSettlement, ["insurance fund"]), ("hyperliquid", .vaultTakeover, ["backstop"]),
        ("hyperliquid", .ordersCancelled, ["order cancellation"]),
        ("okx", .ordersCancelled, ["liquidation plan"]),
        ("binance", .partialLiquidation, ["liquidation plan", "smart liquidation"]),
        ("textbook", .deleveraging, ["waterfall"]), ("deribit", .socialisedLoss, ["socialised loss"]),
        ("binance", .recovered, []), ("binance", .topUp, []),
    ])
    func byWhateverName(name: String, kind: ClearingEvent.Kind, rules: [String]) throws {
        #expect(AccountStory.rules(kind, try Rulebook.named(name)).map(\.rule) == rules)
    }
}

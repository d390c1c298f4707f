import Clearing
import Rules
import Venues

/// Which rules of a rulebook stand behind what happened: those that hold the settings it was done by, whatever a venue calls
/// them.
extension AccountStory {
    /// The settings of a plan's stages and of what comes with them, as `WaterfallReader` reads them.
    private static let settings: [ClearingEvent.Kind: [String]] = [
        .marginCall: ["margin_call_ratios"],
        .ordersCancelled: ["cancels_orders"],
        .collateralSold: ["collateral_haircuts"],
        .legsNetted: ["hedge_mode", "plan"],
        .partialLiquidation: [
            "plan", "partial_size", "partial_usd", "block_portion", "bankruptcy_adjustment",
        ],
        .fullLiquidation: ["plan", "full_limit", "block_portion", "bankruptcy_adjustment"],
        .liquidationFee: ["liquidation_fee"],
        .vaultTakeover: ["vault_below_equity"],
        .vaultPayment: ["vault_pays_deficits"],
        .fundTakeover: fund, .fundPayment: fund,
        .fundSettlement: ["liquidation_fee_cap"],
        .equityTakenOver: ["vault_below_equity"] + fund,
        .deleveraging: deleveraging,
    ]
    private static let fund = ["fund_max_leverage", "fund_sells_at_once"]
    static let deleveraging = ["adl_trigger", "adl_price", "adl_score", "adl_rank_seconds"]
    static let funding = ["funding", "funding_premium", "funding_cap"]
    static let fees = ["taker_fee", "forced_orders_pay_fees"]

    /// Rules without a setting, by their name.
    private static let names: [ClearingEvent.Kind: String] = [
        .socialisedLoss: "socialised loss", .badDebt: "socialised loss",
    ]

    /// Those behind an event, in the rulebook's order; the plan where no rule is about it alone. What the trader did itself,
    /// and that liquidation is over, has none.
    static func rules(_ kind: ClearingEvent.Kind, _ rulebook: Rulebook) -> [RuleEntry] {
        switch kind {
        case .recovered, .closedOut, .topUp, .voluntaryReduction: return []
        default: break
        }
        let own =
            rules(settings[kind] ?? [], rulebook)
            + rulebook.rules.entries.filter { $0.rule == names[kind] }
        return own.isEmpty ? rules(["plan"], rulebook) : own
    }

    static func rules(_ settings: [String], _ rulebook: Rulebook) -> [RuleEntry] {
        rulebook.rules.entries.filter { $0.settings.contains { settings.contains($0.key) } }
    }
}

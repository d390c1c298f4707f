import Clearing

/// What a rulebook sets without effect. A test changes every setting of every rulebook in sessions of its venue and holds
/// these lists against what happened.
extension Rulebook {
    /// Settings that act only where a world's venues make their index by their own rules.
    public static let ownIndexSettings: Set<String> = [
        "index", "index_outlier", "index_clamp", "index_silent_seconds", "index_weights",
    ]

    /// Settings that nothing acts on beside the others in force, with why.
    public var idleSettings: [String: String] {
        var idle: [String: String] = [:]
        if let funding {
            if funding.paymentSeconds == 28_800 {
                idle["funding_premium_is_per_8_hours"] = "the interval is 8 hours"
            }
            if case .oracle = markPrice { idle["funding_paid_on"] = "the mark is the oracle" }
        }
        if let deleveraging, case .symbolDrawdown = deleveraging.trigger {
            idle["adl_stop_ratio"] = "the trigger is judged anew for each failing account"
        }
        if let insurance, insurance.maxLeverage == 0 {
            idle["fund_sells_at_once"] = "the fund takes no positions"
        }
        if insurance == nil && fillableLiquidation == nil {
            idle["liquidation_fee"] = "there is no fund that takes it"
        }
        return idle
    }

    private var insurance: InsuranceFund? {
        for stage in waterfall.stages { if case .insuranceFund(let rule) = stage { return rule } }
        return nil
    }
}

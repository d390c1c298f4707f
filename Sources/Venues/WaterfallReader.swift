import Clearing
import Primitives
import Rules

/// A venue's plan of liquidation from its rulebook file: the names of `plan` in their order, each with the settings that
/// its own rule gives.
enum WaterfallReader {
    static let names = [
        "cancel_orders", "convert_collateral", "net_hedged_legs", "partial_liquidation", "full_liquidation",
        "fillable_liquidation", "backstop_vault", "insurance_fund", "auto_deleveraging", "socialised_loss",
    ]

    /// Settings that are compared with amounts of the ledger, in dollars.
    static let thresholds = [
        "partial_above_usd", "block_least_usd", "block_account_most_usd", "adl_least_drop_usd",
        "adl_threshold_usd",
    ]

    static func read(_ rules: inout RuleSet) throws(InputError) -> Waterfall {
        var stages: [WaterfallStage] = []
        for name in try rules.list("plan") {
            switch name {
            case "cancel_orders":
                // An option: venues whose text does not say when orders go.
                let cancels = rules.has("cancels_orders") ? try rules.flag("cancels_orders") : true
                if cancels { stages.append(.cancelOrders) }
            case "convert_collateral": stages.append(.convertCollateral)
            case "net_hedged_legs": stages.append(.netHedgedLegs)
            case "partial_liquidation": stages.append(.partialLiquidation(try partial(&rules)))
            case "full_liquidation":
                stages.append(
                    .fullLiquidation(
                        FullLiquidation(
                            limit: try rules.choice("full_limit", FullLiquidation.PriceLimit.self),
                            whileEquityAtLeast: try rules.rate("full_while_equity_at_least", in: -1000...1),
                            fee: try rules.rate("liquidation_fee"))))
            case "fillable_liquidation": stages.append(.fillableLiquidation(try fillable(&rules)))
            case "backstop_vault":
                stages.append(
                    .backstopVault(
                        BackstopVault(
                            belowEquity: try rules.rate("vault_below_equity"),
                            paysDeficits: try rules.flag("vault_pays_deficits"))))
            case "insurance_fund":
                stages.append(
                    .insuranceFund(
                        InsuranceFund(
                            maxLeverage: try rules.integer("fund_max_leverage", in: 0...1_000_000),
                            sellsAtOnce: try rules.flag("fund_sells_at_once"))))
            case "auto_deleveraging": stages.append(.autoDeleveraging(try deleveraging(&rules)))
            case "socialised_loss": stages.append(.socialisedLoss)
            default:
                throw rules.refuse(
                    "plan", names.joined(separator: ", "), nearest: nearestName(to: name, among: names))
            }
        }
        return Waterfall(stages)
    }

    private static func partial(_ rules: inout RuleSet) throws(InputError) -> PartialLiquidation {
        let size: LiquidationSize
        let sizes = ["share", "until_margined", "rows_down", "to_first_row", "dollars"]
        switch try rules.choice("partial_size", of: sizes) {
        case "share": size = .share(try rules.rate("partial_share"))
        case "until_margined": size = .untilMargined
        case "rows_down": size = .rowsDown(Int(try rules.integer("partial_rows", in: 1...16)))
        case "to_first_row": size = .toFirstRow
        default: size = .dollars(try rules.integer("partial_usd", in: 1...1_000_000_000))
        }
        var rule = PartialLiquidation(
            size, above: Money(usd: try rules.integer("partial_above_usd")),
            cooldownSeconds: try rules.number("partial_cooldown_seconds", in: 0...86_400),
            whileEquityAtLeast: try rules.rate("partial_while_equity_at_least", in: -1000...1))
        rule.repeats = try rules.flag("partial_repeats")
        rule.fromRow = Int(try rules.integer("partial_from_row", in: 1...16)) - 1
        rule.needsFirstRowMargin = try rules.flag("partial_needs_first_row_margin")
        rule.limit = try rules.choice("partial_limit", FullLiquidation.PriceLimit.self)
        rule.fillsWhole = try rules.flag("partial_fills_whole")
        rule.fee = try rules.rate("liquidation_fee")
        return rule
    }

    private static func fillable(_ rules: inout RuleSet) throws(InputError) -> FillableLiquidation {
        FillableLiquidation(
            bankruptcyAdjustment: try rules.rate("bankruptcy_adjustment", in: 1...1000),
            spreadToMaintenance: try rules.rate("spread_to_maintenance", in: 0...10),
            feeCap: try rules.rate("liquidation_fee_cap"),
            leastNotional: Money(usd: try rules.integer("block_least_usd")),
            portion: try rules.rate("block_portion"),
            mostPerBlock: Money(usd: try rules.integer("block_account_most_usd")),
            blockSeconds: try rules.number("block_seconds", in: 0.01...3600))
    }

    private static func deleveraging(_ rules: inout RuleSet) throws(InputError) -> AutoDeleveraging {
        let trigger: AutoDeleveraging.Trigger
        let triggers = ["value_below_zero", "whatever_is_left", "fund_drop", "symbol_drawdown"]
        switch try rules.choice("adl_trigger", of: triggers) {
        case "value_below_zero": trigger = .valueBelowZero
        case "whatever_is_left": trigger = .whateverIsLeft
        case "fund_drop": trigger = .fundDrop(try fundDrop(&rules))
        default: trigger = .symbolDrawdown(try symbolDrawdown(&rules))
        }
        let price: DeleveragingPrice
        let prices = [
            "previous_mark", "mark", "bankruptcy", "bankruptcy_share", "bankruptcy_within",
            "mark_unless_fund_empty",
        ]
        switch try rules.choice("adl_price", of: prices) {
        case "previous_mark": price = .previousMark
        case "mark": price = .mark
        case "bankruptcy": price = .bankruptcy
        case "bankruptcy_share": price = .bankruptcyShare
        case "bankruptcy_within": price = .bankruptcyWithin(try rules.rate("adl_most_from_mark"))
        default: price = .markUnlessFundEmpty
        }
        let score: DeleveragingScore
        let scores = [
            "mark_over_entry_times_leverage", "profit_times_leverage", "profit_times_margin_ratio", "drawn",
        ]
        switch try rules.choice("adl_score", of: scores) {
        case "mark_over_entry_times_leverage":
            score = .markOverEntryTimesLeverage(invertsShorts: try rules.flag("adl_inverts_shorts"))
        case "profit_times_leverage": score = .profitTimesLeverage
        case "profit_times_margin_ratio": score = .profitTimesMarginRatio
        default: score = .drawn
        }
        return AutoDeleveraging(
            trigger: trigger, price: price, score: score,
            mostWinners: Int(try rules.integer("adl_most_winners", in: 0...1_000_000)),
            rankSeconds: Double(try rules.integer("adl_rank_seconds", in: 0...3600)))
    }

    static func fundDrop(_ rules: inout RuleSet) throws(InputError) -> FundDropTrigger {
        FundDropTrigger(
            fraction: try rules.rate("adl_drop_fraction"),
            leastDrop: Money(usd: try rules.integer("adl_least_drop_usd")))
    }

    static func symbolDrawdown(_ rules: inout RuleSet) throws(InputError) -> SymbolDrawdownTrigger {
        SymbolDrawdownTrigger(
            trigger: try rules.rate("adl_trigger_ratio", in: -1...0),
            stop: try rules.rate("adl_stop_ratio", in: -1...0),
            threshold: Money(usd: try rules.integer("adl_threshold_usd")))
    }
}

import Clearing
import Primitives
import Venues

/// Examples of Hyperliquid's rules.
enum HyperliquidExamples {
    static let topics = [
        "funding_rate_hourly", "funding_rate_8h", "premium_from_impact_prices", "maintenance_margin_rate",
        "margin_tier_amount", "liquidation_price_isolated", "liquidation_stage", "partial_liquidation_size",
        "adl_rank", "mark_price_median",
    ]

    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "funding_rate_hourly", "funding_rate_8h":
            let isHourly = topic == "funding_rate_hourly"
            let rule = try rules.funding([
                "funding_interest": try row.number("interest_8h", in: -1...1).setting,
                "funding_seconds": isHourly ? "3600" : "28800",
            ])
            let premium = try row.number("avg_premium")
            guard isHourly else { return ["rate_8h": .number(rule.uncapped(averagePremium: premium))] }
            guard case .fixed(let cap) = rule.cap else { throw Refusal.unsupported("another cap") }
            return ["rate_1h": .number(rule.rate(averagePremium: premium, cap: cap))]
        case "premium_from_impact_prices":
            return [
                "premium": .number(
                    FundingRule.impactPremium(
                        oracle: try row.positive("oracle"), impactBid: try row.positive("impact_bid"),
                        impactAsk: try row.positive("impact_ask")))
            ]
        case "maintenance_margin_rate":
            if row.has("max_leverages") {
                var list = try row.list("max_leverages")
                var rates: [ExampleValue] = []
                for i in list.indices { rates.append(.number(try maintenanceRate(&list, i))) }
                return ["mmr": .list(rates)]
            }
            return ["mmr": .number(try maintenanceRate(&row, "max_leverage"))]
        case "margin_tier_amount":
            var tiers: [MarginTier] = []
            for var pair in try row.rows("tiers", of: 2) {
                let floor = try pair.whole("0", in: 0...1_000_000_000_000)
                tiers.append(MarginTier(fromUSD: floor, maxLeverage: try leverage(&pair, "1")))
            }
            let schedule: MarginSchedule
            do { schedule = try MarginSchedule(tiers) } catch { throw Refusal.figure("`tiers`: \(error)") }
            return [
                "maintenance_deduction": .list(
                    tiers.indices.map { .money(schedule.maintenanceDeduction(row: $0)) })
            ]
        case "liquidation_price_isolated": return try isolated(&row, rules)
        case "liquidation_stage": return try stage(&row, rules)
        case "partial_liquidation_size": return try partial(&row, rules)
        case "adl_rank": return try rank(&row, rules)
        case "mark_price_median": return try mark(&row)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    private static func leverage(
        _ row: inout ExampleInputs, _ key: String
    ) throws(Refusal) -> Int64 { try row.whole(key, in: 1...1_000_000) }

    private static func maintenanceRate(
        _ row: inout ExampleInputs, _ key: String
    ) throws(Refusal) -> Double {
        MarginTier(fromUSD: 0, maxLeverage: try leverage(&row, key)).maintenanceRate.value
    }

    private static func isolated(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let size = try row.positive("size") * row.sign()
        let entry = try row.positive("entry")
        let market = ExampleLedger.Market(maintenanceRate: try maintenanceRate(&row, "asset_max_leverage"))
        var ledger = try ExampleLedger(
            [market], prices: [entry], sizes: [size], largestAmount: abs(size) * entry,
            convention: try rules.rulebook().margin)
        try ledger.mark(0, entry)
        let margin = try ledger.initialMargin(abs(size) * entry, leverage: try row.leverage())
        return [
            "liquidation_price": .number(
                try ledger.liquidationPrice(try ledger.open(0, size, entry: entry, margin: margin)))
        ]
    }

    /// Which stage of the plan an account of this equity and maintenance margin meets first.
    private static func stage(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        if row.has("columns") { _ = try row.choice("columns", ["equity, maintenance_margin"]) }
        let plan = try rules.rulebook().waterfall
        var names: [ExampleValue] = []
        for var pair in try row.rows("cases", of: 2) {
            var state = MarginState()
            state.equity = try pair.money("0")
            state.maintenance = try pair.money("1", in: 0...3e12)
            state.notional = state.maintenance
            guard state.equity < state.maintenance else {
                names.append(.text("none"))
                continue
            }
            let stage = plan.next(Predicament(margin: state, largestPosition: state.notional), after: -1)
            switch stage.map({ plan.stages[$0] }) {
            case .partialLiquidation, .fullLiquidation: names.append(.text("book"))
            case .backstopVault: names.append(.text("backstop"))
            case .autoDeleveraging: names.append(.text("adl"))
            default: names.append(.text("wait"))
            }
        }
        return ["stage": .list(names)]
    }

    private static func partial(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let notional = try row.money("position_notional", in: 0.001...3e12)
        let plan = try rules.rulebook([
            "partial_above_usd": try row.number("threshold", default: 100_000, in: 0...3e12).setting
        ]).waterfall
        var state = MarginState()
        state.notional = notional
        // Below maintenance margin, above the vault's share of it.
        state.maintenance = Money(micros: state.notional.micros / 80)
        state.equity = Money(micros: state.maintenance.micros * 9 / 10)
        var predicament = Predicament(margin: state, largestPosition: state.notional)
        predicament.triedPartial = !(try row.flag("first_attempt"))
        guard let next = plan.next(predicament, after: -1) else { throw Refusal.unsupported("no stage acts") }
        var fraction = 1.0
        if case .partialLiquidation(let rule) = plan.stages[next], case .share(let share) = rule.size {
            fraction = share.value
        }
        return ["order_fraction": .number(fraction), "order_notional": .number(fraction * notional.dollars)]
    }

    private static func rank(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let notional = try row.positive("notional")
        let entry = try row.positive("entry")
        let mark = try row.positive("mark")
        let account = try row.number("account_value")
        // Units fine enough for the ratio of two sums.
        let units = 1e15 / max(notional, notional * entry / mark, abs(account))
        let candidate = DeleveragingCandidate(
            value: Money(micros: Int64((notional * units).rounded())),
            cost: Money(micros: Int64((notional * entry / mark * units).rounded())),
            equity: Money(micros: Int64((account * units).rounded())))
        guard let rule = try rules.rulebook().deleveraging else {
            throw Refusal.unsupported("no deleveraging")
        }
        return ["index": .number(rule.score.score(candidate))]
    }

    private static func mark(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let first = HyperliquidMark.component1(
            oracle: try row.positive("oracle"), basis: try row.number("ema150_of_mid_minus_oracle"))
        let second = median([
            try row.positive("best_bid"), try row.positive("best_ask"), try row.positive("last_trade"),
        ])
        let third: Double
        if row.has("external_perp_mids") {
            let mids = try row.numbers(
                "external_perp_mids", in: ExampleInputs.smallest...ExampleInputs.largest)
            // In the order of the weights; of other counts nothing says whose they are.
            third =
                mids.count == HyperliquidMark.externalWeights.count
                ? weightedMedian(Array(zip(mids, HyperliquidMark.externalWeights)).map { ($0.0, $0.1) })
                : median(mids)
        } else {
            third = try row.positive("external_perp_median")
        }
        return [
            "component1": .number(first), "component2": .number(second), "component3": .number(third),
            "mark": .number(median([first, second, third])),
        ]
    }
}

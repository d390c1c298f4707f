import Clearing
import Primitives
import Venues

/// Examples of Hyperliquid's rules.
enum HyperliquidExamples {
    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "funding_rate_hourly", "funding_rate_8h":
            let isHourly = topic == "funding_rate_hourly"
            let rule = try rules.funding([
                "funding_interest": try row.number("interest_8h").setting,
                "funding_seconds": isHourly ? "3600" : "28800",
            ])
            let premium = try row.number("avg_premium")
            guard isHourly else { return ["rate_8h": .number(rule.uncapped(averagePremium: premium))] }
            guard case .fixed(let cap) = rule.cap else { throw Unsupported("another cap") }
            return ["rate_1h": .number(rule.rate(averagePremium: premium, cap: cap))]
        case "premium_from_impact_prices":
            return [
                "premium": .number(
                    FundingRule.impactPremium(
                        oracle: try row.number("oracle"), impactBid: try row.number("impact_bid"),
                        impactAsk: try row.number("impact_ask")))
            ]
        case "maintenance_margin_rate":
            if row.has("max_leverages") {
                return ["mmr": .numbers(try row.numbers("max_leverages").map(maintenanceRate))]
            }
            return ["mmr": .number(try maintenanceRate(try row.number("max_leverage")))]
        case "margin_tier_amount":
            let tiers = try row.numberRows("tiers").map { pair throws(Unsupported) in
                guard pair.count == 2, (0...1e12).contains(pair[0]) else {
                    throw Unsupported("`tiers` without pairs")
                }
                return MarginTier(fromUSD: Int64(pair[0]), maxLeverage: try leverage(pair[1]))
            }
            let schedule: MarginSchedule
            do { schedule = try MarginSchedule(tiers) } catch { throw Unsupported("`tiers`: \(error)") }
            return [
                "maintenance_deduction": .numbers(
                    tiers.indices.map { schedule.maintenanceDeduction(row: $0).dollars })
            ]
        case "liquidation_price_isolated": return try isolated(&row, rules)
        case "liquidation_stage": return try stage(&row, rules)
        case "partial_liquidation_size": return try partial(&row, rules)
        case "adl_rank": return try rank(&row, rules)
        case "mark_price_median": return try mark(&row)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    private static func leverage(_ value: Double) throws(Unsupported) -> Int64 {
        guard value == value.rounded(), value >= 1 else { throw Unsupported("a leverage of \(value)") }
        return Int64(value)
    }

    private static func maintenanceRate(_ maxLeverage: Double) throws(Unsupported) -> Double {
        MarginTier(fromUSD: 0, maxLeverage: try leverage(maxLeverage)).maintenanceRate.value
    }

    private static func isolated(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let size = try row.number("size") * row.sign()
        let entry = try row.number("entry")
        let market = ExampleLedger.Market(
            maintenanceRate: try maintenanceRate(try row.number("asset_max_leverage")))
        var ledger = try ExampleLedger(
            [market], prices: [entry], sizes: [size], largestAmount: abs(size) * entry,
            convention: try rules.rulebook().margin)
        ledger.mark(0, entry)
        let margin = try ledger.initialMargin(abs(size) * entry, leverage: try row.number("leverage"))
        return [
            "liquidation_price": .number(
                try ledger.liquidationPrice(ledger.open(0, size, entry: entry, margin: margin)))
        ]
    }

    /// Which stage of the plan an account of this equity and maintenance margin meets first.
    private static func stage(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        if row.has("columns") { _ = try row.choice("columns", ["equity, maintenance_margin"]) }
        let plan = try rules.rulebook().waterfall
        var names: [ExampleValue] = []
        for pair in try row.numberRows("cases") {
            guard pair.count == 2, pair.allSatisfy({ abs($0) < 1e12 }) else {
                throw Unsupported("`cases` without pairs")
            }
            var state = MarginState()
            state.equity = Money(micros: Int64((pair[0] * 1e6).rounded()))
            state.maintenance = Money(micros: Int64((pair[1] * 1e6).rounded()))
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
        let notional = try row.money("position_notional").dollars
        let plan = try rules.rulebook([
            "partial_above_usd": try row.number("threshold", default: 100_000).setting
        ]).waterfall
        var state = MarginState()
        state.notional = Money(micros: Int64((notional * 1e6).rounded()))
        // Below maintenance margin, above the vault's share of it.
        state.maintenance = Money(micros: state.notional.micros / 80)
        state.equity = Money(micros: state.maintenance.micros * 9 / 10)
        var predicament = Predicament(margin: state, largestPosition: state.notional)
        predicament.triedPartial = !(try row.flag("first_attempt"))
        guard let next = plan.next(predicament, after: -1) else { throw Unsupported("no stage acts") }
        var fraction = 1.0
        if case .partialLiquidation(let rule) = plan.stages[next], case .share(let share) = rule.size {
            fraction = share.value
        }
        return ["order_fraction": .number(fraction), "order_notional": .number(fraction * notional)]
    }

    private static func rank(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let notional = try row.number("notional")
        let entry = try row.number("entry")
        let mark = try row.number("mark")
        let account = try row.number("account_value")
        guard notional > 0, entry > 0, mark > 0, account.isFinite else {
            throw Unsupported("prices or a notional of zero")
        }
        // Units fine enough for the ratio of two sums.
        let units = 1e15 / max(notional, notional * entry / mark, abs(account))
        let candidate = DeleveragingCandidate(
            value: Money(micros: Int64((notional * units).rounded())),
            cost: Money(micros: Int64((notional * entry / mark * units).rounded())),
            equity: Money(micros: Int64((account * units).rounded())))
        guard let rule = try rules.rulebook().deleveraging else { throw Unsupported("no deleveraging") }
        return ["index": .number(rule.score.score(candidate))]
    }

    private static func mark(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let first = HyperliquidMark.component1(
            oracle: try row.number("oracle"), basis: try row.number("ema150_of_mid_minus_oracle"))
        let second = median([
            try row.number("best_bid"), try row.number("best_ask"), try row.number("last_trade"),
        ])
        let third: Double
        if row.has("external_perp_mids") {
            let mids = try row.numbers("external_perp_mids")
            // In the order of the weights; of other counts nothing says whose they are.
            third =
                mids.count == HyperliquidMark.externalWeights.count
                ? weightedMedian(Array(zip(mids, HyperliquidMark.externalWeights)).map { ($0.0, $0.1) })
                : median(mids)
        } else {
            third = try row.number("external_perp_median")
        }
        return [
            "component1": .number(first), "component2": .number(second), "component3": .number(third),
            "mark": .number(median([first, second, third])),
        ]
    }
}

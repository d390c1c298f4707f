import Clearing
import Primitives
import Venues

/// Examples of Deribit's rules.
enum DeribitExamples {
    static let topics = ["funding_rate", "margin", "mark_price_legacy"]

    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "funding_rate":
            let rule = try rules.funding([
                "funding_damper": try row.share("damper").setting,
                "funding_cap_rate": try row.share("cap").setting,
            ])
            guard case .fixed(let cap) = rule.cap else { throw Refusal.unsupported("another cap") }
            return [
                "funding_rate": .number(rule.rate(averagePremium: try row.number("premium_rate"), cap: cap))
            ]
        case "margin":
            return try margin(&row, rules)
        case "mark_price_legacy":
            _ = try row.choice("rule", ["last clamped into [bid,ask]"])
            // The index is shown beside the rule and does not enter it.
            if row.has("index") { row.ignore("index") }
            return [
                "mark": .number(
                    BandedMark.legacy(
                        last: try row.positive("last"), bid: try row.positive("best_bid"),
                        ask: try row.positive("best_ask")))
            ]
        default: throw ExampleChecker.unknown(topic)
        }
    }

    /// Of the inverse contract, margined in its coin, and of the linear one, margined in USDC: rates of both grow with the
    /// size in coins.
    private static func margin(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let size = try row.positive("size_coin")
        let price = try row.positive("price")
        var market = ExampleLedger.Market(maintenanceRate: try row.share("base_rate"))
        market.slope = try row.share("per_coin")
        guard market.maintenanceRate + market.slope * size < 1 else {
            throw row.refuse(
                "size_coin", found: row.found("size_coin"), allowed: "sizes whose margin rate is below 1")
        }
        func state(isInverse: Bool) throws -> (maintenance: Double, rate: Double) {
            let held = isInverse ? size * price : size
            var ledger = try ExampleLedger(
                [market], prices: [price], sizes: [held], largestAmount: isInverse ? size : size * price,
                isInverse: isInverse, convention: try rules.rulebook().margin)
            try ledger.mark(0, price)
            _ = try ledger.open(0, held, entry: price)
            let state = ledger.house.margin(.cross(ledger.account))
            return (
                ledger.amount(state.maintenance),
                Double(state.maintenance.micros) / Double(state.notional.micros)
            )
        }
        let coin = try state(isInverse: true)
        return [
            "rate": .number(coin.rate), "margin_coin": .number(coin.maintenance),
            "margin_usdc": .number(try state(isInverse: false).maintenance),
        ]
    }
}

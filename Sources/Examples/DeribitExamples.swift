import Clearing
import Primitives
import Venues

/// Examples of Deribit's rules.
enum DeribitExamples {
    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "funding_rate":
            let rule = try rules.funding([
                "funding_damper": try row.number("damper").setting,
                "funding_cap_rate": try row.number("cap").setting,
            ])
            guard case .fixed(let cap) = rule.cap else { throw Unsupported("another cap") }
            return [
                "funding_rate": .number(rule.rate(averagePremium: try row.number("premium_rate"), cap: cap))
            ]
        case "margin":
            let size = try row.number("size_coin")
            let price = try row.number("price")
            var market = ExampleLedger.Market(maintenanceRate: try row.number("base_rate"))
            market.slope = try row.number("per_coin")
            var ledger = try ExampleLedger(
                [market], prices: [price], sizes: [size], largestAmount: size * price,
                convention: try rules.rulebook().margin)
            ledger.mark(0, price)
            _ = ledger.open(0, size, entry: price)
            let state = ledger.house.margin(.cross(ledger.account))
            let rate = Double(state.maintenance.micros) / Double(state.notional.micros)
            return [
                "rate": .number(rate), "margin_coin": .number(ledger.amount(state.maintenance) / price),
                "margin_usdc": .number(ledger.amount(state.maintenance)),
            ]
        case "mark_price_legacy":
            _ = try row.choice("rule", ["last clamped into [bid,ask]"])
            // The index is shown beside the rule and does not enter it.
            if row.has("index") { row.ignore("index") }
            return [
                "mark": .number(
                    BandedMark.legacy(
                        last: try row.number("last"), bid: try row.number("best_bid"),
                        ask: try row.number("best_ask")))
            ]
        default: throw ExampleChecker.unknown(topic)
        }
    }
}

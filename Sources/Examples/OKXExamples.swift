import Clearing
import Primitives
import Venues

/// Examples of OKX's swaps.
enum OKXExamples {
    static let topics = [
        "liquidation_price_isolated", "adl_trigger", "funding_window", "partial_liquidation_size",
    ]

    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "liquidation_price_isolated":
            let size = try row.positive("qty") * row.sign()
            let entry = try row.positive("entry")
            let notional = abs(size) * entry
            let market = ExampleLedger.Market(
                maintenanceRate: try row.share("mmr"),
                fee: try row.number("taker_fee", default: 0, in: 0...0.5))
            var ledger = try ExampleLedger(
                [market], prices: [entry], sizes: [size], largestAmount: notional,
                convention: try rules.rulebook().margin)
            try ledger.mark(0, entry)
            let margin = try ledger.initialMargin(notional, leverage: try row.leverage())
            return [
                "liquidation_price": .number(
                    try ledger.liquidationPrice(try ledger.open(0, size, entry: entry, margin: margin)))
            ]
        case "adl_trigger":
            guard case .fundDrop(var rule)? = try rules.rulebook().deleveraging?.trigger else {
                throw Refusal.unsupported("another deleveraging trigger")
            }
            if row.has("drop_fraction") { rule.fraction = try row.rate("drop_fraction") }
            if row.has("min_drop") { rule.leastDrop = try row.money("min_drop") }
            let average = try row.money("fund_8h_average")
            let balance = try row.money("fund_balance")
            return [
                "threshold": .money(rule.threshold(average: average)),
                "triggered": .flag(rule.isTriggered(balance: balance, average: average)),
            ]
        case "funding_window": return try window(&row)
        case "partial_liquidation_size": return try partial(&row)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    private static func window(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let text = try row.text("now")
        let parts = text.split(separator: ":").compactMap { Int64($0) }
        guard parts.count == 2, text.count == 5, (0..<24).contains(parts[0]), (0..<60).contains(parts[1])
        else {
            throw Refusal.unsupported("`now`: `\(excerpt(text))` is no HH:MM")
        }
        let hours = try row.whole("interval_hours", in: 1...24)
        let start = FundingRule.windowStart(
            now: parts[0] * 3600 + parts[1] * 60, intervalHours: hours)
        let minutes = (start + 2 * 86_400) % 86_400 / 60
        func two(_ n: Int64) -> String { n < 10 ? "0\(n)" : "\(n)" }
        return ["window_start": .text("\(two(minutes / 60)):\(two(minutes % 60))")]
    }

    /// Only the size of the first tier is known: the older rule, straight down to it.
    private static func partial(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        if row.has("rule") {
            let text = try row.text("rule").lowercased()
            guard
                text.contains("tier 1") || text.contains("tier1") || text.contains("first tier")
                    || text.contains("lowest tier") || text.contains("legacy")
            else { throw Refusal.unsupported("`rule`: `\(excerpt(text))`") }
        }
        let contracts = try row.positive("position_contracts")
        let top = try row.positive("tier1_max_contracts")
        var market = ExampleLedger.Market(maintenanceRate: 0.004)
        market.rows = [(top + 1, 0.005, 0)]
        var ledger = try ExampleLedger(
            [market], prices: [1], sizes: [contracts, top], largestAmount: contracts)
        try ledger.mark(0, 1)
        let p = try ledger.open(0, contracts, entry: 1)
        return [
            "close_contracts": .number(ledger.size(ledger.house.liquidationLots(p, .toFirstRow)))
        ]
    }
}

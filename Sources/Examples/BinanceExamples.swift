import Clearing
import Primitives
import Venues

/// Examples of Binance's rules.
enum BinanceExamples {
    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "liquidation_price_cross": return try cross(&row, rules)
        case "liquidation_price_hedge": return try hedge(&row, rules)
        case "liquidation_price_isolated": return try isolated(&row, rules)
        case "maintenance_margin": return try maintenance(&row, rules)
        case "margin_tier_amount": return try tierAmount(&row)
        case "adl_rank": return try rank(&row, rules)
        case "funding_rate":
            let rule = try rules.funding([
                "funding_interest": try row.number("interest").setting,
                "funding_seconds": (try row.number("interval_hours") * 3600).setting,
            ])
            return ["funding_rate": .number(rule.uncapped(averagePremium: try row.number("avg_premium")))]
        case "impact_margin_notional":
            let notional = FundingRule.impactNotional(
                margin: try row.number("margin"), initialRate: try row.number("initial_margin_rate"))
            return ["impact_margin_notional": .number(notional)]
        case "mark_price_funding_leg", "mark_price_median": return try mark(&row, rules)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    private struct Position {
        var size: Double
        var entry: Double
        var mark: Double
        var market: ExampleLedger.Market
        var leg = PositionLeg.net

        /// The fields of a position on its own; `cum` and `maintenance_amount` are the same figure.
        init(_ row: inout ExampleInputs, side: Double) throws(Unsupported) {
            size = side * (try row.number("qty"))
            entry = try row.number("entry")
            mark = row.has("mark") ? try row.number("mark") : entry
            let key = row.has("cum") ? "cum" : "maintenance_amount"
            market = ExampleLedger.Market(
                maintenanceRate: try row.number("mmr"), deduction: try row.number(key, default: 0))
        }
    }

    private static func ledger(
        _ positions: [Position], wallet: Double, _ rules: RulebookOfExample
    ) throws -> ExampleLedger {
        let notional = positions.reduce(0) { $0 + abs($1.size) * max($1.entry, $1.mark) }
        return try ExampleLedger(
            positions.map(\.market), prices: positions.flatMap { [$0.entry, $0.mark] },
            sizes: positions.map(\.size), largestAmount: max(abs(wallet), notional),
            convention: try rules.rulebook().margin)
    }

    private static func cross(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        _ = try row.choice("mode", ["cross_one_way"])
        var positions: [Position] = []
        var target = 0
        if row.has("positions") {
            let name = try row.text("target")
            var found = false
            for (i, item) in try row.objects("positions").enumerated() {
                var fields = item.fields
                positions.append(try Position(&fields, side: try fields.sign()))
                try fields.finish("positions.\(item.name)")
                if item.name == name { (target, found) = (i, true) }
            }
            guard found else { throw Unsupported("`target`: `\(name)` is no position") }
        } else {
            if row.has("target") { row.ignore("target") }
            positions.append(try Position(&row, side: try row.sign()))
        }
        // What other contracts need and have made is as good as cash less or more.
        let wallet =
            try row.number("wallet_balance") - row.number("other_maintenance_margin", default: 0)
            + row.number("other_unrealized_pnl", default: 0)
        var ledger = try ledger(positions, wallet: wallet, rules)
        ledger.house.seedCash(ledger.money(wallet), of: ledger.account)
        var ids: [Int32] = []
        for (m, position) in positions.enumerated() {
            ledger.mark(Int32(m), position.mark)
            ids.append(ledger.open(Int32(m), position.size, entry: position.entry))
        }
        return ["liquidation_price": .number(try ledger.liquidationPrice(ids[target]))]
    }

    private static func hedge(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        _ = try row.choice("mode", ["cross_hedge"])
        var longFields = try row.object("long")
        var shortFields = try row.object("short")
        let long = try Position(&longFields, side: 1)
        let short = try Position(&shortFields, side: -1)
        try longFields.finish("long")
        try shortFields.finish("short")
        let wallet =
            try row.number("wallet_balance") - row.number("other_maintenance_margin", default: 0)
            + row.number("other_unrealized_pnl", default: 0)
        // One market whose rows are those of the two legs, told apart by their sizes.
        let (small, large) = long.size <= -short.size ? (long, short) : (short, long)
        guard
            abs(small.size) < abs(large.size) || small.market.maintenanceRate == large.market.maintenanceRate
        else {
            throw Unsupported("legs of one size with two margin rates")
        }
        var joint = small
        if abs(small.size) < abs(large.size) {
            joint.market.rows = [
                (abs(large.size), large.market.maintenanceRate, large.market.deduction)
            ]
        }
        var ledger = try ledger([joint, large], wallet: wallet, rules)
        ledger.house.seedCash(ledger.money(wallet), of: ledger.account)
        ledger.mark(0, long.mark)
        let p = ledger.open(0, long.size, entry: long.entry, leg: .long)
        _ = ledger.open(0, short.size, entry: short.entry, leg: .short)
        return ["liquidation_price": .number(try ledger.liquidationPrice(p))]
    }

    private static func isolated(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        if row.has("mode") { _ = try row.choice("mode", ["isolated"]) }
        let position = try Position(&row, side: try row.sign())
        let margin: Double
        if row.has("isolated_wallet_balance") {
            margin = try row.number("isolated_wallet_balance")
            if row.has("leverage") { row.ignore("leverage") }
        } else {
            margin = abs(position.size) * position.entry / (try row.number("leverage"))
        }
        var ledger = try ledger([position], wallet: margin, rules)
        ledger.mark(0, position.mark)
        let p = ledger.open(0, position.size, entry: position.entry, margin: margin)
        return ["liquidation_price": .number(try ledger.liquidationPrice(p))]
    }

    private static func maintenance(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        if row.has("contracts") {
            let contracts = try row.number("contracts")
            let usd = contracts * (try row.number("contract_usd"))
            let mark = try row.number("mark")
            let market = ExampleLedger.Market(
                maintenanceRate: try row.number("mmr"), deduction: try row.number("cum", default: 0))
            var ledger = try ExampleLedger(
                [market], prices: [mark], sizes: [usd], largestAmount: usd / mark, isInverse: true,
                convention: try rules.rulebook().margin)
            ledger.mark(0, mark)
            _ = ledger.open(0, usd, entry: mark)
            let state = ledger.house.margin(.cross(ledger.account))
            return [
                "notional_btc": .number(ledger.amount(state.notional)),
                "maintenance_margin_btc": .number(ledger.amount(state.maintenance)),
            ]
        }
        let symbol = try row.text("symbol")
        let day = try row.has("brackets") ? tableDay(try row.text("brackets"), rules) : rules.day()
        let asset = symbol.hasSuffix("USDT") ? String(symbol.dropLast(4)) : symbol
        let schedule = try rules.rulebook(asset: asset, on: day).markets[0].spec.schedule
        let notional = try row.money("notional")
        return ["maintenance_margin": .number(schedule.maintenance(notional).dollars)]
    }

    /// The day that ends a text like `venue-rules table 2026-03-05`.
    private static func tableDay(_ text: String, _ rules: RulebookOfExample) throws -> String {
        guard let word = text.split(separator: " ").last, SimTime(iso8601: word + "T00:00Z") != nil else {
            throw Unsupported("`brackets`: `\(text)` names no day")
        }
        return String(word)
    }

    static func tierAmount(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let floor = try row.number("bracket_floor")
        guard abs(floor) < 1e12 else { throw Unsupported("`bracket_floor` beyond what the ledger holds") }
        // As fine as Int64 holds the floor: the figures may be dollars or coins.
        let units = floor > 1e6 ? 1e6 : 1e10
        let step = MarginSchedule.deductionStep(
            floor: Money(micros: Int64((floor * units).rounded())), try row.rate("mmr"),
            after: try row.rate("mmr_prev"))
        return ["cum": .number(try row.number("cum_prev") + Double(step.micros) / units)]
    }

    private static func rank(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let profit = try row.money("unrealized_profit")
        let wallet = try row.money("wallet_balance")
        var candidate = DeleveragingCandidate(value: profit, cost: .zero, equity: wallet + profit)
        candidate.wallet = wallet
        candidate.maintenance = try row.money("maintenance_margin")
        guard let rule = try rules.rulebook().deleveraging else { throw Unsupported("no deleveraging") }
        let parts = DeleveragingScore.marginRatioParts(candidate)
        return [
            "pnl_percent": .number(parts.profit), "margin_ratio": .number(parts.marginRatio),
            "leverage_pnl": .number(rule.score.score(candidate)),
        ]
    }

    /// Bybit's mark has the same parts.
    static func mark(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let hours = try row.number("interval_hours", default: 8)
        let book = try rules.rulebook(["funding_seconds": (hours * 3600).setting])
        guard case .median(var mark) = book.markPrice else { throw Unsupported("another mark price") }
        let index = try row.number("index")
        let rate = try row.number("last_funding_rate")
        let left = try row.number("hours_to_funding")
        let price1 = mark.price1(index: index, rate: rate, hoursToFunding: left)
        var all: [String: ExampleValue] = [
            "basis": .number(mark.fundingBasis(rate: rate, hoursToFunding: left)), "price1": .number(price1),
        ]
        guard row.has("basis_samples") || row.has("basis_ma") else { return all }
        var basis = 0.0
        if row.has("basis_samples") {
            for (i, sample) in try row.numbers("basis_samples").enumerated() {
                mark.sample(basis: sample, at: SimTime(seconds: Int64(Double(i) * mark.sampleSeconds)))
            }
            basis = mark.averageBasis ?? 0
        } else {
            basis = try row.number("basis_ma")
        }
        let price2 = mark.price2(index: index, basis: basis)
        let last = try row.number(row.has("contract_price") ? "contract_price" : "last_trade")
        all["price2"] = .number(price2)
        all["mark"] = .number(MedianMark.mark(price1, price2, last: last))
        return all
    }
}

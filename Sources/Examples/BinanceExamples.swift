import Clearing
import Primitives
import Venues

/// Examples of Binance's rules: dollar-margined contracts, and coin-margined ones, whose `qty` is in dollars and whose
/// amounts are in the coin.
enum BinanceExamples {
    static let topics = [
        "liquidation_price_cross", "liquidation_price_hedge", "liquidation_price_isolated",
        "maintenance_margin", "margin_tier_amount", "adl_rank", "funding_rate", "impact_margin_notional",
        "mark_price_funding_leg", "mark_price_median",
    ]

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
                "funding_interest": try row.number("interest", in: -1...1).setting,
                "funding_seconds": (try row.number("interval_hours", in: hours) * 3600).setting,
            ])
            return ["funding_rate": .number(rule.uncapped(averagePremium: try row.number("avg_premium")))]
        case "impact_margin_notional":
            let notional = FundingRule.impactNotional(
                margin: try row.number("margin"), initialRate: try row.positive("initial_margin_rate"))
            return ["impact_margin_notional": .number(notional)]
        case "mark_price_funding_leg", "mark_price_median": return try mark(&row, rules)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    /// Of a funding interval: a second to a year.
    static let hours = 1.0 / 3600...8_760

    private struct Position {
        /// In coins, or in dollars of an inverse contract.
        var size: Double
        var entry: Double
        var mark: Double
        var market: ExampleLedger.Market

        /// The fields of a position on its own; `cum` and `maintenance_amount` are the same figure.
        init(
            _ row: inout ExampleInputs, side: Double, _ rules: RulebookOfExample
        ) throws(Refusal) {
            size = side * (try row.positive("qty"))
            if rules.isInverse, row.has("contract_usd") { size *= try row.positive("contract_usd") }
            entry = try row.positive("entry")
            mark = row.has("mark") ? try row.positive("mark") : entry
            let key = row.has("cum") ? "cum" : "maintenance_amount"
            market = ExampleLedger.Market(
                maintenanceRate: try row.share("mmr"), deduction: try row.number(key, default: 0))
        }

        /// At the price at which it is largest.
        func notional(isInverse: Bool) -> Double {
            isInverse ? abs(size) / min(entry, mark) : abs(size) * max(entry, mark)
        }
    }

    private static func ledger(
        _ positions: [Position], wallet: Double, _ rules: RulebookOfExample
    ) throws -> ExampleLedger {
        let notional = positions.reduce(0) { $0 + $1.notional(isInverse: rules.isInverse) }
        return try ExampleLedger(
            positions.map(\.market), prices: positions.flatMap { [$0.entry, $0.mark] },
            sizes: positions.map(\.size), largestAmount: max(abs(wallet), notional),
            isInverse: rules.isInverse, convention: try rules.rulebook().margin)
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
                positions.append(try Position(&fields, side: try fields.sign(), rules))
                try fields.finish()
                if item.name == name { (target, found) = (i, true) }
            }
            guard found else { throw Refusal.unsupported("`target`: `\(excerpt(name))` is no position") }
        } else {
            if row.has("target") { row.ignore("target") }
            positions.append(try Position(&row, side: try row.sign(), rules))
        }
        // What other contracts need and have made is as good as cash less or more.
        let wallet =
            try row.number("wallet_balance") - row.number("other_maintenance_margin", default: 0)
            + row.number("other_unrealized_pnl", default: 0)
        var ledger = try ledger(positions, wallet: wallet, rules)
        try ledger.deposit(wallet)
        var ids: [Int32] = []
        for (m, position) in positions.enumerated() {
            try ledger.mark(Int32(m), position.mark)
            ids.append(try ledger.open(Int32(m), position.size, entry: position.entry))
        }
        return ["liquidation_price": .number(try ledger.liquidationPrice(ids[target]))]
    }

    private static func hedge(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        _ = try row.choice("mode", ["cross_hedge"])
        var longFields = try row.object("long")
        var shortFields = try row.object("short")
        let long = try Position(&longFields, side: 1, rules)
        let short = try Position(&shortFields, side: -1, rules)
        try longFields.finish()
        try shortFields.finish()
        let wallet =
            try row.number("wallet_balance") - row.number("other_maintenance_margin", default: 0)
            + row.number("other_unrealized_pnl", default: 0)
        // One market whose rows are those of the two legs, told apart by their sizes.
        let (small, large) = long.size <= -short.size ? (long, short) : (short, long)
        guard
            abs(small.size) < abs(large.size) || small.market.maintenanceRate == large.market.maintenanceRate
        else {
            throw Refusal.unsupported("legs of one size with two margin rates")
        }
        var joint = small
        if abs(small.size) < abs(large.size) {
            joint.market.rows = [
                (abs(large.size), large.market.maintenanceRate, large.market.deduction)
            ]
        }
        var ledger = try ledger([joint, large], wallet: wallet, rules)
        try ledger.deposit(wallet)
        try ledger.mark(0, long.mark)
        let p = try ledger.open(0, long.size, entry: long.entry, leg: .long)
        _ = try ledger.open(0, short.size, entry: short.entry, leg: .short)
        return ["liquidation_price": .number(try ledger.liquidationPrice(p))]
    }

    private static func isolated(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        if row.has("mode") { _ = try row.choice("mode", ["isolated"]) }
        let position = try Position(&row, side: try row.sign(), rules)
        let margin: Double
        if row.has("isolated_wallet_balance") {
            margin = try row.number("isolated_wallet_balance")
            if row.has("leverage") { row.ignore("leverage") }
        } else {
            let size = abs(position.size)
            let notional = rules.isInverse ? size / position.entry : size * position.entry
            margin = notional / (try row.leverage())
        }
        var ledger = try ledger([position], wallet: margin, rules)
        try ledger.mark(0, position.mark)
        let p = try ledger.open(0, position.size, entry: position.entry, margin: margin)
        return ["liquidation_price": .number(try ledger.liquidationPrice(p))]
    }

    private static func maintenance(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        if row.has("contracts") { return try contracts(&row, rules) }
        let symbol = try row.text("symbol")
        let day = try row.has("brackets") ? tableDay(try row.text("brackets"), rules) : rules.day()
        var asset = symbol
        for ending in rules.isInverse ? ["USD_PERP", "USD"] : ["USDT"] where symbol.hasSuffix(ending) {
            asset = String(symbol.dropLast(ending.count))
            break
        }
        // A coin's contracts are margined in it: amounts are in the coin, in units of the rulebook's own.
        guard
            let book = try? rules.rulebook(
                rules.isInverse ? ["settlement": asset] : [:], asset: asset, on: day)
        else { throw Refusal.unsupported("`symbol`: no table of `\(excerpt(symbol))`") }
        var decimals = 6
        if case .coin(_, let places) = book.settlement { decimals = places }
        let notional = Money(
            micros: try row.units(
                "notional", decimals: decimals, in: 0...(3e18 / Double(UInt256.powerOf10(decimals)))))
        return [
            "maintenance_margin": .money(
                book.markets[0].spec.schedule.maintenance(notional), decimals: decimals)
        ]
    }

    private static func contracts(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        guard rules.isInverse else { throw Refusal.unsupported("contracts of dollars, margined in dollars") }
        let usd = try row.positive("contracts") * row.positive("contract_usd")
        let mark = try row.positive("mark")
        let market = ExampleLedger.Market(
            maintenanceRate: try row.share("mmr"), deduction: try row.number("cum", default: 0))
        var ledger = try ExampleLedger(
            [market], prices: [mark], sizes: [usd], largestAmount: usd / mark, isInverse: true,
            convention: try rules.rulebook().margin)
        try ledger.mark(0, mark)
        _ = try ledger.open(0, usd, entry: mark)
        let state = ledger.house.margin(.cross(ledger.account))
        return [
            "notional_btc": .number(ledger.amount(state.notional)),
            "maintenance_margin_btc": .number(ledger.amount(state.maintenance)),
        ]
    }

    /// The day that ends a text like `venue-rules table 2026-03-05`.
    private static func tableDay(_ text: String, _ rules: RulebookOfExample) throws -> String {
        guard let word = text.split(separator: " ").last, SimTime(iso8601: word + "T00:00Z") != nil else {
            throw Refusal.unsupported("`brackets`: `\(excerpt(text))` names no day")
        }
        return String(word)
    }

    static func tierAmount(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        // As fine as Int64 holds the floor: the figures may be dollars or coins.
        let floor = try row.number("bracket_floor", in: 0...1e12)
        let decimals = floor > 1e6 ? 6 : 10
        let step = MarginSchedule.deductionStep(
            floor: Money(micros: try row.units("bracket_floor", decimals: decimals, in: 0...1e12)),
            try row.rate("mmr"), after: try row.rate("mmr_prev"))
        // What the row before has, in the same units.
        let before = try row.units("cum_prev", decimals: decimals, in: -1e12...1e12)
        let (cum, isTooLarge) = before.addingReportingOverflow(step.micros)
        guard !isTooLarge else {
            throw row.refuse("cum_prev", found: row.found("cum_prev"), allowed: "less beside this floor")
        }
        return ["cum": .money(Money(micros: cum), decimals: decimals)]
    }

    private static func rank(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let profit = try row.money("unrealized_profit")
        let wallet = try row.money("wallet_balance")
        guard !rules.isInverse || wallet >= Money(usd: 1) else {
            throw Refusal.unsupported(
                "a wallet below one coin: nothing says whether the rule's least wallet of one is a coin or a dollar"
            )
        }
        var candidate = DeleveragingCandidate(value: profit, cost: .zero, equity: wallet + profit)
        candidate.wallet = wallet
        candidate.maintenance = try row.money("maintenance_margin")
        guard let rule = try rules.rulebook().deleveraging else {
            throw Refusal.unsupported("no deleveraging")
        }
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
        let hours = try row.number("interval_hours", default: 8, in: hours)
        let book = try rules.rulebook(["funding_seconds": (hours * 3600).setting])
        guard case .median(var mark) = book.markPrice else { throw Refusal.unsupported("another mark price") }
        let index = try row.positive("index")
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
        let last = try row.positive(row.has("contract_price") ? "contract_price" : "last_trade")
        all["price2"] = .number(price2)
        all["mark"] = .number(MedianMark.mark(price1, price2, last: last))
        return all
    }
}

import Clearing
import Primitives
import Venues

/// Examples of Bybit's linear contracts.
enum BybitExamples {
    static let topics = [
        "liquidation_price_isolated", "bankruptcy_price", "order_cost", "maintenance_margin",
        "margin_tier_amount", "funding_weighted_premium", "mark_price_median", "adl_trigger",
    ]

    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "liquidation_price_isolated": return try isolated(&row, rules)
        case "bankruptcy_price": return try bankruptcy(&row, rules)
        case "order_cost": return try orderCost(&row, rules)
        case "maintenance_margin":
            if row.has("symbol") { row.ignore("symbol") }
            let notional = try row.positive("notional")
            let market = ExampleLedger.Market(
                maintenanceRate: try row.share("mmr"), deduction: try row.number("mm_deduction"))
            var ledger = try ExampleLedger([market], prices: [1], sizes: [notional], largestAmount: notional)
            try ledger.mark(0, 1)
            _ = try ledger.open(0, notional, entry: 1)
            let state = ledger.house.margin(.cross(ledger.account))
            return ["maintenance_margin": .number(ledger.amount(state.maintenance))]
        case "margin_tier_amount": return try deductions(&row)
        case "funding_weighted_premium": return try premium(&row, rules)
        case "mark_price_median": return try BinanceExamples.mark(&row, rules)
        case "adl_trigger": return try trigger(&row, rules)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    private static func isolated(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let size = try row.positive("qty") * row.sign()
        let entry = try row.positive("entry")
        let leverage = try row.leverage()
        let notional = abs(size) * entry
        let market = ExampleLedger.Market(
            maintenanceRate: try row.share("mmr"), deduction: try row.number("mm_deduction", default: 0))
        let extra = try row.number("extra_margin", default: 0)
        var ledger = try ExampleLedger(
            [market], prices: [entry], sizes: [size], largestAmount: notional + abs(extra),
            convention: try rules.rulebook().margin)
        let initial = try ledger.initialMargin(notional, leverage: leverage)
        try ledger.mark(0, entry)
        let p = try ledger.open(0, size, entry: entry, margin: initial + extra)
        let state = ledger.house.margin(.isolated(position: p))
        return [
            "initial_margin": .number(initial),
            "maintenance_margin": .number(ledger.amount(state.maintenance)),
            "liquidation_price": .number(try ledger.liquidationPrice(p)),
        ]
    }

    private static func bankruptcy(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let sign = try row.sign()
        let entry = try row.positive("entry")
        let market = ExampleLedger.Market(maintenanceRate: 0.005)
        guard row.has("context") else {
            let leverage = try row.leverage()
            var ledger = try ExampleLedger([market], prices: [entry], sizes: [1], largestAmount: entry)
            try ledger.mark(0, entry)
            let p = try ledger.open(
                0, sign, entry: entry, margin: try ledger.initialMargin(entry, leverage: leverage))
            return ["bankruptcy_price": .number(try ledger.bankruptcyPrice(p))]
        }
        _ = try row.choice("context", ["ADL"])
        let size = try row.positive("size") * sign
        let mark = try row.positive("mark")
        let margin = try row.number("position_margin") + row.number("wallet_balance", default: 0)
        var ledger = try ExampleLedger(
            [market], prices: [entry, mark], sizes: [size],
            largestAmount: max(abs(size) * max(entry, mark), abs(margin)))
        try ledger.mark(0, mark)
        try ledger.deposit(margin)
        let p = try ledger.open(0, size, entry: entry)
        let bankruptcy = try ledger.bankruptcyPrice(p)
        var settings: [String: String] = [:]
        if row.has("max_deviation_from_mark") {
            settings["adl_most_from_mark"] = try row.share("max_deviation_from_mark").setting
        }
        guard let rule = try rules.rulebook(settings).deleveraging else {
            throw Refusal.unsupported("no deleveraging")
        }
        let price = rule.price.price(
            mark: mark, previousMark: mark, bankruptcy: bankruptcy, isFundEmpty: false)
        return ["bankruptcy_price": .number(bankruptcy), "adl_execution_price": .number(price)]
    }

    private static func orderCost(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let sign = try row.sign()
        let size = try row.positive("qty")
        let price = try row.positive("price")
        let leverage = UInt8(try row.whole("leverage", in: 1...255))
        let market = ExampleLedger.Market(
            maintenanceRate: 0.005, fee: try row.number("taker_fee", in: 0...0.5))
        var ledger = try ExampleLedger(
            [market], prices: [price], sizes: [size], largestAmount: size * price,
            convention: try rules.rulebook().margin)
        try ledger.mark(0, price)
        let initial = try ledger.initialMargin(size * price, leverage: Double(leverage))
        let p = try ledger.open(0, sign * size, entry: price, margin: initial)
        let notional = try ledger.money(size * price)
        let close = ledger.house.closingFeeReserve(
            0, sign > 0 ? .buy : .sell, notional, leverage: leverage)
        let open = notional.timesUp(ledger.house.markets[0].takerFee)
        return [
            "initial_margin": .number(initial), "fee_open": .number(ledger.amount(open)),
            "bankruptcy_price": .number(try ledger.bankruptcyPrice(p)),
            "fee_close": .number(ledger.amount(close)),
            "order_cost": .number(initial + ledger.amount(open) + ledger.amount(close)),
        ]
    }

    /// Rows `[upper limit, rate]`, or `[lower limit, rate]` where the first limit is zero.
    private static func deductions(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        if row.has("symbol") { row.ignore("symbol") }
        var limits: [Int64] = []
        var rates: [Rate] = []
        for var pair in try row.rows("tiers", of: 2) {
            limits.append(try pair.units("0", decimals: 6, in: 0...1e12))
            rates.append(try pair.rate("1"))
        }
        let floors = limits[0] == 0 ? limits : [0] + limits.dropLast()
        let tiers = zip(floors, rates).map { MarginTier(floor: $0, initialRate: .one, maintenanceRate: $1) }
        let schedule: MarginSchedule
        do { schedule = try MarginSchedule(tiers) } catch { throw Refusal.figure("`tiers`: \(error)") }
        return ["mm_deduction": .list(tiers.indices.map { .money(schedule.maintenanceDeduction(row: $0)) })]
    }

    private static func premium(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        if row.has("note") { row.ignore("note") }
        let rule = try rules.funding([:])
        func weight(_ samples: Int) -> Double {
            var average = PremiumAverage(rule.weighting)
            for _ in 0..<samples { average.add(0) }
            return average.weight
        }
        return [
            "avg_premium": .number(rule.average(try row.numbers("minute_premiums"))),
            "weight_sum_480": .number(weight(480)), "weight_sum_240": .number(weight(240)),
        ]
    }

    private static func trigger(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        guard case .symbolDrawdown(var rule)? = try rules.rulebook().deleveraging?.trigger else {
            throw Refusal.unsupported("another deleveraging trigger")
        }
        if row.has("trigger_ratio") { rule.trigger = try row.rate("trigger_ratio", in: -1...0) }
        if row.has("stop_ratio") { rule.stop = try row.rate("stop_ratio", in: -1...0) }
        if row.has("trigger_threshold") { rule.threshold = try row.money("trigger_threshold") }
        let balance = try row.money("pool_balance")
        guard row.has("symbol_pnl") else {
            // Of the symbols' ratios only a bound is known.
            let bound = try row.rate("symbol_pnl_ratios_all_above", in: -1e6...1e6)
            guard bound >= rule.trigger else {
                throw Refusal.unsupported("`symbol_pnl_ratios_all_above` below the trigger")
            }
            let kind = rule.kind(balance: balance, ratio: Rate(pico: bound.pico + 1))
            return ["triggered": .flag(kind != nil), "kind": kind.map { .text($0.rawValue) } ?? .null]
        }
        let profit = try row.money("symbol_pnl")
        let highest = try row.money("symbol_8h_max_pnl")
        let maximum = try row.money("pool_8h_max_balance")
        let ratio = rule.ratio(profit: profit, highest: highest, poolMaximum: maximum)
        let kind = rule.kind(balance: balance, ratio: ratio)
        let shifted =
            kind == nil ? .zero : rule.lossShifted(profit: profit, highest: highest, poolMaximum: maximum)
        return [
            "pnl_ratio": .number(ratio.value), "triggered": .flag(kind != nil),
            "loss_shifted_to_adl": .money(shifted), "kind": kind.map { .text($0.rawValue) } ?? .null,
        ]
    }
}

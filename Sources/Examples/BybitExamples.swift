import Clearing
import Primitives
import Venues

/// Examples of Bybit's linear contracts.
enum BybitExamples {
    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "liquidation_price_isolated": return try isolated(&row, rules)
        case "bankruptcy_price": return try bankruptcy(&row, rules)
        case "order_cost": return try orderCost(&row, rules)
        case "maintenance_margin":
            if row.has("symbol") { row.ignore("symbol") }
            let notional = try row.number("notional")
            let market = ExampleLedger.Market(
                maintenanceRate: try row.number("mmr"), deduction: try row.number("mm_deduction"))
            var ledger = try ExampleLedger([market], prices: [1], sizes: [notional], largestAmount: notional)
            ledger.mark(0, 1)
            _ = ledger.open(0, notional, entry: 1)
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
        let size = try row.number("qty") * row.sign()
        let entry = try row.number("entry")
        let leverage = try row.number("leverage")
        let notional = abs(size) * entry
        let market = ExampleLedger.Market(
            maintenanceRate: try row.number("mmr"), deduction: try row.number("mm_deduction", default: 0))
        let extra = try row.number("extra_margin", default: 0)
        var ledger = try ExampleLedger(
            [market], prices: [entry], sizes: [size], largestAmount: notional + abs(extra),
            convention: try rules.rulebook().margin)
        let initial = try ledger.initialMargin(notional, leverage: leverage)
        ledger.mark(0, entry)
        let p = ledger.open(0, size, entry: entry, margin: initial + extra)
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
        let entry = try row.number("entry")
        let market = ExampleLedger.Market(maintenanceRate: 0.005)
        guard row.has("context") else {
            let leverage = try row.number("leverage")
            var ledger = try ExampleLedger([market], prices: [entry], sizes: [1], largestAmount: entry)
            ledger.mark(0, entry)
            let p = ledger.open(
                0, sign, entry: entry, margin: try ledger.initialMargin(entry, leverage: leverage))
            return ["bankruptcy_price": .number(try ledger.bankruptcyPrice(p))]
        }
        _ = try row.choice("context", ["ADL"])
        let size = try row.number("size") * sign
        let mark = try row.number("mark")
        let margin = try row.number("position_margin") + row.number("wallet_balance", default: 0)
        var ledger = try ExampleLedger(
            [market], prices: [entry, mark], sizes: [size], largestAmount: abs(size) * max(entry, mark))
        ledger.mark(0, mark)
        ledger.house.seedCash(ledger.money(margin), of: ledger.account)
        let p = ledger.open(0, size, entry: entry)
        let bankruptcy = try ledger.bankruptcyPrice(p)
        var settings: [String: String] = [:]
        if row.has("max_deviation_from_mark") {
            settings["adl_most_from_mark"] = try row.number("max_deviation_from_mark").setting
        }
        guard let rule = try rules.rulebook(settings).deleveraging else {
            throw Unsupported("no deleveraging")
        }
        let price = rule.price.price(
            mark: mark, previousMark: mark, bankruptcy: bankruptcy, isFundEmpty: false)
        return ["bankruptcy_price": .number(bankruptcy), "adl_execution_price": .number(price)]
    }

    private static func orderCost(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let sign = try row.sign()
        let size = try row.number("qty")
        let price = try row.number("price")
        let leverage = try row.number("leverage")
        guard leverage == leverage.rounded(), (1...255).contains(leverage) else {
            throw Unsupported("`leverage` that is no whole number")
        }
        let market = ExampleLedger.Market(maintenanceRate: 0.005, fee: try row.number("taker_fee"))
        var ledger = try ExampleLedger(
            [market], prices: [price], sizes: [size], largestAmount: size * price,
            convention: try rules.rulebook().margin)
        ledger.mark(0, price)
        let initial = try ledger.initialMargin(size * price, leverage: leverage)
        let p = ledger.open(0, sign * size, entry: price, margin: initial)
        let close = ledger.house.closingFeeReserve(
            0, sign > 0 ? .buy : .sell, ledger.money(size * price), leverage: UInt8(leverage))
        let open = ledger.money(size * price).timesUp(ledger.house.markets[0].takerFee)
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
        let rows = try row.numberRows("tiers")
        guard !rows.isEmpty, rows.allSatisfy({ $0.count >= 2 && abs($0[0]) < 1e12 && abs($0[1]) < 1e3 })
        else {
            throw Unsupported("`tiers` without pairs")
        }
        let isLower = rows[0][0] == 0
        var tiers: [MarginTier] = []
        for (i, pair) in rows.enumerated() {
            let floor = isLower ? pair[0] : i == 0 ? 0 : rows[i - 1][0]
            tiers.append(
                MarginTier(
                    floor: Int64((floor * 1e6).rounded()), initialRate: .one,
                    maintenanceRate: Rate(nearest: pair[1])))
        }
        let schedule: MarginSchedule
        do { schedule = try MarginSchedule(tiers) } catch { throw Unsupported("`tiers`: \(error)") }
        return [
            "mm_deduction": .numbers(tiers.indices.map { schedule.maintenanceDeduction(row: $0).dollars })
        ]
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
            throw Unsupported("another deleveraging trigger")
        }
        if row.has("trigger_ratio") { rule.trigger = try row.rate("trigger_ratio") }
        if row.has("stop_ratio") { rule.stop = try row.rate("stop_ratio") }
        if row.has("trigger_threshold") { rule.threshold = try row.money("trigger_threshold") }
        let balance = try row.money("pool_balance")
        guard row.has("symbol_pnl") else {
            // Of the symbols' ratios only a bound is known.
            let bound = try row.rate("symbol_pnl_ratios_all_above")
            guard bound >= rule.trigger else {
                throw Unsupported("`symbol_pnl_ratios_all_above` below the trigger")
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
            "loss_shifted_to_adl": .number(shifted.dollars), "kind": kind.map { .text($0.rawValue) } ?? .null,
        ]
    }
}

extension ExampleLedger {
    /// Initial margin of a notional by the house's own rounding; leverage that is no whole number is a share of its own.
    func initialMargin(_ notional: Double, leverage: Double) throws(Unsupported) -> Double {
        guard leverage > 0 else { throw Unsupported("`leverage` of zero or less") }
        guard leverage == leverage.rounded(), leverage <= 255 else {
            return amount(money(notional).timesUp(Rate(nearest: 1 / leverage)))
        }
        return amount(ClearingHouse.initialMargin(money(notional), leverage: UInt8(leverage)))
    }
}

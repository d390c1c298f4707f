import Clearing
import Primitives
import Venues

/// Examples of Bybit's inverse contracts of one dollar each.
enum BybitInverseExamples {
    static let topics = [
        "average_entry", "bankruptcy_price", "initial_margin", "insurance_flow_sign",
        "liquidation_price_cross", "liquidation_price_isolated",
    ]

    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "average_entry": return try averageEntry(&row)
        case "bankruptcy_price": return try bankruptcy(&row, rules)
        case "initial_margin":
            let contracts = try row.positive("contracts_usd")
            let price = try row.positive("price")
            let ledger = try ExampleLedger(
                [ExampleLedger.Market(maintenanceRate: 0.005)], prices: [price], sizes: [contracts],
                largestAmount: contracts / price, isInverse: true)
            let notional = ledger.amount(
                ledger.house.markets[0].unit.notional(
                    try ledger.lots(contracts), at: try ledger.ticks(at: price)))
            return [
                "initial_margin_btc": .number(
                    try ledger.initialMargin(notional, leverage: try row.leverage()))
            ]
        case "insurance_flow_sign": return try fundChange(&row)
        case "liquidation_price_cross": return try cross(&row, rules)
        case "liquidation_price_isolated": return try isolated(&row, rules)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    /// The entry that the cost basis of the fills stands for.
    private static func averageEntry(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        var fills: [(size: Double, price: Double)] = []
        for var fill in try row.rows("fills", of: 2) {
            fills.append((try fill.size("0"), try fill.positive("1")))
        }
        // What all fills are worth together bounds every sum on the way.
        var ledger = try ExampleLedger(
            [ExampleLedger.Market(maintenanceRate: 0.005)], prices: fills.map(\.price),
            sizes: fills.map(\.size), largestAmount: fills.reduce(0) { $0 + abs($1.size) / $1.price },
            isInverse: true)
        _ = try ledger.lots(fills.reduce(0) { $0 + abs($1.size) })
        try ledger.mark(0, fills[0].price)
        let p = ledger.house.positionID(ledger.account, 0)
        for fill in fills {
            ledger.house.book(p, try ledger.lots(fill.size), at: try ledger.ticks(at: fill.price))
        }
        let position = ledger.house.position(p)
        guard position.lots != .zero else {
            throw row.refuse("fills", found: "fills that leave no position", allowed: "an open position")
        }
        return [
            "average_entry": .number(
                ledger.price(ledger.house.markets[0].unit.averagePrice(position.lots, cost: position.cost)))
        ]
    }

    private static func fundChange(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let isLong = try row.sign() > 0
        let prices = ExampleInputs.smallest...ExampleInputs.largest
        var pairs: [(execution: Double, bankruptcy: Double)] = []
        if row.has("bankruptcies") {
            let execution = try row.positive("execution")
            pairs = try row.numbers("bankruptcies", in: prices).map { (execution, $0) }
        } else {
            let bankruptcy = try row.positive("bankruptcy")
            pairs = try row.numbers("executions", in: prices).map { ($0, bankruptcy) }
        }
        var changes: [ExampleValue] = []
        for pair in pairs {
            // The fund settles the position at its bankruptcy price and closes it at the execution's.
            var ledger = try ExampleLedger(
                [ExampleLedger.Market(maintenanceRate: 0.005)], prices: [pair.execution, pair.bankruptcy],
                sizes: [1e6], largestAmount: 1e6 / min(pair.execution, pair.bankruptcy), isInverse: true)
            try ledger.mark(0, pair.execution)
            let p = try ledger.open(0, isLong ? 1e6 : -1e6, entry: pair.bankruptcy)
            let result = ledger.house.book(
                p, -ledger.house.position(p).lots,
                at: try ledger.ticks(at: pair.execution))
            let isNothing = pair.execution == pair.bankruptcy
            changes.append(.text(isNothing ? "none" : result > .zero ? "increase" : "decrease"))
        }
        return ["fund_change": .list(changes)]
    }

    private struct Account {
        var size: Double
        var entry: Double
        var market: ExampleLedger.Market
        var wallet: Double
    }

    private static func ledger(
        _ account: Account, _ rules: RulebookOfExample
    ) throws -> ExampleLedger {
        try ExampleLedger(
            [account.market], prices: [account.entry], sizes: [account.size],
            largestAmount: abs(account.size) / account.entry + abs(account.wallet), isInverse: true,
            convention: try rules.rulebook().margin)
    }

    private static func crossAccount(_ row: inout ExampleInputs) throws -> Account {
        Account(
            size: try row.positive("contracts_usd") * row.sign(), entry: try row.positive("entry"),
            market: ExampleLedger.Market(
                maintenanceRate: try row.share("mmr", default: 0.005),
                fee: try row.number("taker_fee", default: 0, in: 0...0.5)),
            // Margin of open orders is not there for positions.
            wallet: try row.number("available_balance_btc") - row.number("order_margin_btc", default: 0))
    }

    private static func cross(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        if row.has("mode") { _ = try row.choice("mode", ["cross"]) }
        let account = try crossAccount(&row)
        var ledger = try ledger(account, rules)
        try ledger.mark(0, account.entry)
        try ledger.deposit(account.wallet)
        let p = try ledger.open(0, account.size, entry: account.entry)
        var price = try ledger.liquidationPrice(p)
        if row.has("rounding") { _ = try row.choice("rounding", ["up to tick for a long"]) }
        if row.has("tick") {
            price = printed(price, tick: try row.positive("tick"), isLong: account.size > 0)
        }
        return ["liquidation_price": .number(price)]
    }

    private static func bankruptcy(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        var raw: Double
        let isLong: Bool
        if try row.choice("mode", ["cross", "isolated"]) == "cross" {
            let account = try crossAccount(&row)
            isLong = account.size > 0
            var ledger = try ledger(account, rules)
            try ledger.mark(0, account.entry)
            try ledger.deposit(account.wallet)
            let p = try ledger.open(0, account.size, entry: account.entry)
            raw = try ledger.bankruptcyPrice(p, afterFee: true)
        } else {
            let entry = try row.positive("entry")
            let contracts = row.has("contracts_usd") ? try row.positive("contracts_usd") : entry
            isLong = try row.sign() > 0
            let account = Account(
                size: isLong ? contracts : -contracts, entry: entry,
                market: ExampleLedger.Market(maintenanceRate: 0.005), wallet: 0)
            // The fee to close was set aside with the order.
            if row.has("taker_fee") { row.ignore("taker_fee") }
            var ledger = try ledger(account, rules)
            try ledger.mark(0, entry)
            let margin = try ledger.initialMargin(contracts / entry, leverage: try row.leverage())
            raw = try ledger.bankruptcyPrice(try ledger.open(0, account.size, entry: entry, margin: margin))
        }
        let tick = try row.number("tick", default: 0, in: 0...ExampleInputs.largest)
        return [
            "raw": .number(raw),
            "bankruptcy_price": .number(tick > 0 ? printed(raw, tick: tick, isLong: isLong) : raw),
        ]
    }

    private static func printed(_ price: Double, tick: Double, isLong: Bool) -> Double {
        LiquidationPricePrint.awayFromRisk(price, tick: tick, isLong: isLong)
    }

    private static func isolated(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let day = row.has("revision") ? try rules.day(try row.text("revision")) : try rules.day()
        let size = try row.positive("contracts_usd") * row.sign()
        let entry = try row.positive("entry")
        let notional = abs(size) / entry
        let extra = try row.number("extra_margin", default: 0)
        let market = ExampleLedger.Market(
            maintenanceRate: try row.share("mmr"), deduction: try row.number("mm_deduction", default: 0))
        var ledger = try ExampleLedger(
            [market], prices: [entry], sizes: [size], largestAmount: notional + abs(extra), isInverse: true,
            convention: try rules.rulebook(on: day).margin)
        let initial = try ledger.initialMargin(notional, leverage: try row.leverage())
        try ledger.mark(0, entry)
        let p = try ledger.open(0, size, entry: entry, margin: initial + extra)
        let state = ledger.house.margin(.isolated(position: p))
        return [
            "liquidation_price": .number(try ledger.liquidationPrice(p)),
            "position_value_btc": .number(ledger.amount(state.notional)),
            "initial_margin_btc": .number(initial),
            "maintenance_margin_btc": .number(ledger.amount(state.maintenance)),
        ]
    }
}

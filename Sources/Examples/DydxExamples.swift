import Clearing
import Primitives
import Venues

/// Examples of dYdX v4: documentation pages and unit tests of the chain.
enum DydxExamples {
    static let topics = [
        "bankruptcy_price", "fillable_price", "insurance_fund_delta", "deleverage_price", "funding_cap",
        "impact_notional", "initial_margin", "initial_margin_oi_scaled", "insurance_contribution",
        "liquidation_price_cross", "liquidation_price_isolated",
    ]

    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "bankruptcy_price":
            let account = try Account.read(&row)
            let quote = account.ledger.house.bankruptcyQuote(account.closing, delta: account.delta)
            return ["bankruptcy_quote_quantums": .whole(quote.micros)]
        case "fillable_price":
            let account = try Account.read(&row)
            let rule = try fillable(&row, rules)
            return [
                "fillable_price": .number(
                    account.ledger.price(account.ledger.house.fillablePrice(account.closing, rule)))
            ]
        case "insurance_fund_delta": return try fundDelta(&row, rules)
        case "deleverage_price": return try deleverage(&row)
        case "funding_cap": return try fundingCap(&row)
        case "impact_notional":
            return [
                "impact_notional": .number(
                    FundingRule.impactNotional(
                        margin: try row.number("base"), initialRate: try row.positive("imf")))
            ]
        case "initial_margin", "initial_margin_oi_scaled": return try initial(&row)
        case "insurance_contribution": return try contribution(&row, rules)
        case "liquidation_price_cross", "liquidation_price_isolated": return try liquidation(&row)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    /// A subaccount of the chain's tests: a balance in USDC and positions at oracle prices.
    private struct Account: ~Copyable {
        var ledger: ExampleLedger
        let closing: Int32
        let delta: Lots

        static func read(_ row: inout ExampleInputs) throws -> Account {
            row.has("position_base_quantums") ? try Account(quantums: &row) : try Account(coins: &row)
        }

        private init(coins row: inout ExampleInputs) throws {
            let usdc = try row.money("usdc")
            let rate = try row.share("mmf")
            var oracle = try row.object("oracle")
            var held: [(name: String, size: Double, price: Double)] = []
            for var pair in try row.rows("positions", of: 2) {
                let name = try pair.text("0")
                held.append((name, try pair.size("1"), try oracle.positive(name)))
            }
            // Prices of assets that are not held.
            for name in oracle.unread { _ = try oracle.positive(name) }
            let target =
                row.has("close")
                ? try row.text("close") : held.count == 1 || row.has("delta_btc") ? "BTC" : ""
            guard let place = held.firstIndex(where: { $0.name == target }) else {
                throw Refusal.unsupported("`close`: `\(excerpt(target))` is no position")
            }
            let key = row.has("delta") ? "delta" : "delta_btc"
            let change = try row.number(key, default: 0)
            try Self.checkDelta(key, change, of: held[place].size, row)
            let notional = held.reduce(0) { $0 + abs($1.size) * $1.price }
            var ledger = try ExampleLedger(
                held.map { _ in ExampleLedger.Market(maintenanceRate: rate) }, prices: held.map(\.price),
                sizes: held.map(\.size) + [change], largestAmount: max(abs(usdc.dollars), notional),
                quantums: true)
            try ledger.deposit(usdc)
            var closing: Int32 = 0
            for (m, position) in held.enumerated() {
                try ledger.mark(Int32(m), position.price)
                // The balance has paid for the positions already: they cost nothing more.
                let p = try ledger.open(Int32(m), position.size, entry: 0)
                if m == place { closing = p }
            }
            delta = try ledger.lots(change)
            self.ledger = ledger
            self.closing = closing
        }

        /// In base quantums, each worth a whole number of quote quantums, which are millionths of a USDC.
        private init(quantums row: inout ExampleInputs) throws {
            let most: Int64 = 1_000_000_000_000_000_000
            let worth = Double(try row.whole("quote_quantums_per_base_quantum", in: 1...2_000_000_000))
            let size = try row.whole("position_base_quantums", in: -most...most)
            let change = try row.whole("delta_base_quantums", in: -most...most)
            guard size != 0 else {
                throw row.refuse("position_base_quantums", found: "0", allowed: "a position, not zero")
            }
            try Self.checkDelta("delta_base_quantums", Double(change), of: Double(size), row)
            let usdc = try row.money("usdc")
            let fraction = try row.number("maintenance_fraction", in: 1e-6...1)
            let market = ExampleLedger.Market(
                maintenanceRate: try row.share("imf") * fraction, fraction: fraction)
            var ledger = try ExampleLedger(
                [market], prices: [worth], sizes: [Double(size), Double(change)],
                largestAmount: abs(Double(size)) * worth, exactly: (ticks: 1, units: 1))
            try ledger.deposit(usdc)
            try ledger.mark(0, worth)
            closing = try ledger.open(0, Lots(size), cost: .zero)
            delta = Lots(change)
            self.ledger = ledger
        }

        /// A change must lie against the position and within it.
        private static func checkDelta(
            _ key: String, _ change: Double, of size: Double, _ row: ExampleInputs
        ) throws(Refusal) {
            guard change == 0 || (change < 0) != (size < 0), abs(change) <= abs(size) else {
                throw row.refuse(
                    key, found: row.found(key), allowed: "against the position and not more than it")
            }
        }
    }

    private static func fillable(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> FillableLiquidation {
        guard var rule = try rules.rulebook().fillableLiquidation else {
            throw Refusal.unsupported("no fillable price")
        }
        if row.has("bankruptcy_adjustment") {
            rule.bankruptcyAdjustment = try row.rate("bankruptcy_adjustment", in: 0...1_000)
        }
        for key in ["spread_to_mm_ratio", "smmr"] where row.has(key) {
            rule.spreadToMaintenance = try row.rate(key, in: 0...1_000)
        }
        return rule
    }

    private static func fundDelta(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let account = try Account.read(&row)
        var rule = try fillable(&row, rules)
        if row.has("max_liquidation_fee") {
            rule.feeCap = try row.rate("max_liquidation_fee")
        }
        // Quote quantums of the fill, exact: what is sold comes in, what is bought goes out.
        let proceeds = try row.product("delta_btc", "fill_price", decimals: 6)
        let quote = account.ledger.house.bankruptcyQuote(account.closing, delta: account.delta)
        let delta = rule.fundDelta(proceeds: -proceeds, bankruptcyQuote: quote)
        return ["insurance_fund_delta_quote_quantums": .whole(delta.micros)]
    }

    /// A deposit and one position opened at `entry`.
    private struct Opened: ~Copyable {
        var ledger: ExampleLedger
        let position: Int32
        let size: Double
        let entry: Double

        init(_ row: inout ExampleInputs, rate: Double) throws {
            let deposit = try row.number("deposit")
            let size = try row.size("size")
            let entry = try row.positive("entry")
            let oracle = try row.positive("oracle")
            var prices = [entry, oracle]
            if row.has("fill") { prices.append(try row.positive("fill")) }
            var ledger = try ExampleLedger(
                [ExampleLedger.Market(maintenanceRate: rate)], prices: prices, sizes: [size],
                largestAmount: max(abs(deposit), abs(size) * prices.max()!))
            try ledger.deposit(deposit)
            try ledger.mark(0, oracle)
            position = try ledger.open(0, size, entry: entry)
            self.size = size
            self.entry = entry
            self.ledger = ledger
        }

        var state: MarginState { ledger.house.margin(.cross(ledger.account)) }
    }

    private static func deleverage(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let opened = try Opened(&row, rate: 0.05)
        let bankruptcy = try opened.ledger.bankruptcyPrice(opened.position)
        return [
            "equity": .number(opened.ledger.amount(opened.state.equity)),
            "bankruptcy_price": .number(bankruptcy),
            // The other side entered at the same price.
            "counterparty_profit": .number(-opened.size * (bankruptcy - opened.entry)),
        ]
    }

    private static func contribution(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        let rate = try row.share("mmf")
        var opened = try Opened(&row, rate: rate)
        let rule = try fillable(&row, rules)
        let equity = opened.state.equity
        // What the fund pays is what is missing once all is closed at the fill.
        let held = opened.ledger.house.position(opened.position).lots
        let quote = opened.ledger.house.bankruptcyQuote(opened.position, delta: -held)
        let proceeds = try opened.ledger.money(opened.size * (try row.positive("fill")))
        let delta = rule.fundDelta(proceeds: proceeds, bankruptcyQuote: quote)
        try opened.ledger.mark(0, opened.entry)
        return [
            "mmr_at_entry": .number(opened.ledger.amount(opened.state.maintenance)),
            "equity": .number(opened.ledger.amount(equity)),
            "max_spread": .number(rule.widestSpread(maintenanceRate: Rate(nearest: rate))),
            "insurance_pays": .number(max(0, -opened.ledger.amount(delta))),
        ]
    }

    private static func fundingCap(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        if row.has("clamp_factor_ppm") {
            return [
                "cap_ppm": .whole(
                    FundingRule.marginDifferenceCap(
                        multiplePPM: try row.whole("clamp_factor_ppm", in: 0...1_000_000_000_000),
                        initialPPM: try row.whole("initial_margin_ppm", in: 0...1_000_000),
                        maintenanceFractionPPM: try row.whole("maintenance_fraction_ppm", in: 0...1_000_000)))
            ]
        }
        return [
            "cap_8h": .number(
                FundingRule.marginDifferenceCap(
                    multiple: try row.number("clamp_factor"), initial: try row.share("imf"),
                    maintenance: try row.share("mmf")))
        ]
    }

    private static func initial(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let amounts: ClosedRange<Int64> = 0...(.max)
        let caps = OpenInterestCaps(
            lower: try row.whole("oi_lower_cap", default: 0, in: amounts),
            upper: try row.whole("oi_upper_cap", default: 0, in: amounts))
        let base = try row.whole("base_imf_ppm", in: 0...1_000_000)
        let interest = try row.whole("oi_notional", default: 0, in: amounts)
        var all = ["imf_ppm": ExampleValue.whole(caps.initialPPM(base: base, openInterest: interest))]
        if row.has("notional_quote_quantums") {
            let notional = Money(micros: try row.whole("notional_quote_quantums", in: amounts))
            all["initial_margin_quote_quantums"] = .whole(
                caps.initial(notional, base: base, openInterest: interest).micros)
        }
        return all
    }

    private static func liquidation(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let equity = try row.number("equity")
        let other = try row.number("other_mmr", default: 0)
        let size = try row.size("size")
        let price = try row.positive("price")
        var ledger = try ExampleLedger(
            [ExampleLedger.Market(maintenanceRate: try row.share("mmf"))], prices: [price], sizes: [size],
            largestAmount: max(abs(equity), abs(other), abs(size) * price))
        // Maintenance of other positions is as good as so much less equity.
        try ledger.deposit(equity - other)
        try ledger.mark(0, price)
        let liquidation = try ledger.liquidationPrice(try ledger.open(0, size, entry: price))
        // Opened at the price, the account has made nothing yet.
        let before = ledger.amount(ledger.house.account(ledger.account).cash)
        return [
            "liquidation_price": .number(liquidation),
            "equity_at_liq": .number(before + other + size * (liquidation - price)),
        ]
    }
}

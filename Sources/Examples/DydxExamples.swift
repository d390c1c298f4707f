import Clearing
import Primitives
import Venues

/// Examples of dYdX v4: documentation pages and unit tests of the chain.
enum DydxExamples {
    static func evaluate(
        _ topic: String, _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> [String: ExampleValue] {
        switch topic {
        case "bankruptcy_price":
            let account = try Account.read(&row)
            let quote = account.ledger.house.bankruptcyQuote(account.closing, delta: account.delta)
            return ["bankruptcy_quote_quantums": .number(account.quantums(quote))]
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
                        margin: try row.number("base"), initialRate: try row.number("imf")))
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
            let usdc = try row.number("usdc")
            let rate = try row.number("mmf")
            var oracle: [String: Double] = [:]
            for (name, value) in try row.map("oracle") {
                guard case .number(let price) = value else { throw Unsupported("`oracle.\(name)`") }
                oracle[name] = price
            }
            var held: [(name: String, size: Double)] = []
            for pair in try row.rows("positions") {
                guard pair.count == 2, case .text(let name) = pair[0], case .number(let size) = pair[1],
                    oracle[name] != nil
                else { throw Unsupported("`positions`: pairs of an asset with an oracle price and a size") }
                held.append((name, size))
            }
            let target =
                row.has("close")
                ? try row.text("close") : held.count == 1 || row.has("delta_btc") ? "BTC" : ""
            guard let place = held.firstIndex(where: { $0.name == target }) else {
                throw Unsupported("`close`: `\(target)` is no position")
            }
            var sizes = held.map(\.size)
            let change = row.has("delta") ? try row.number("delta") : try row.number("delta_btc", default: 0)
            sizes.append(change)
            let notional = held.reduce(0) { $0 + abs($1.size) * oracle[$1.name]! }
            var ledger = try ExampleLedger(
                held.map { _ in ExampleLedger.Market(maintenanceRate: rate) },
                prices: held.map { oracle[$0.name]! }, sizes: sizes, largestAmount: max(abs(usdc), notional),
                quantums: true)
            ledger.house.seedCash(ledger.money(usdc), of: ledger.account)
            var closing: Int32 = 0
            for (m, position) in held.enumerated() {
                ledger.mark(Int32(m), oracle[position.name]!)
                // The balance has paid for the positions already: they cost nothing more.
                let p = ledger.open(Int32(m), position.size, entry: 0)
                if m == place { closing = p }
            }
            delta = ledger.lots(change)
            self.ledger = ledger
            self.closing = closing
        }

        /// In base quantums, each worth a whole number of quote quantums.
        private init(quantums row: inout ExampleInputs) throws {
            let worth = try row.number("quote_quantums_per_base_quantum")
            let size = try row.number("position_base_quantums")
            let change = try row.number("delta_base_quantums")
            let usdc = try row.number("usdc")
            let fraction = try row.number("maintenance_fraction")
            let market = ExampleLedger.Market(
                maintenanceRate: try row.number("imf") * fraction, fraction: fraction)
            var ledger = try ExampleLedger(
                [market], prices: [worth], sizes: [size, change], largestAmount: abs(size) * worth,
                exactly: (ticks: 1, units: 1))
            // Quote quantums are millionths of a USDC.
            ledger.house.seedCash(Money(micros: Int64((usdc * 1e6).rounded())), of: ledger.account)
            ledger.mark(0, worth)
            closing = ledger.open(0, size, entry: 0)
            delta = ledger.lots(change)
            self.ledger = ledger
        }

        func quantums(_ money: Money) -> Double {
            ledger.units == 1 ? Double(money.micros) : ledger.amount(money) * 1e6
        }
    }

    private static func fillable(
        _ row: inout ExampleInputs, _ rules: RulebookOfExample
    ) throws -> FillableLiquidation {
        guard var rule = try rules.rulebook().fillableLiquidation else {
            throw Unsupported("no fillable price")
        }
        if row.has("bankruptcy_adjustment") {
            rule.bankruptcyAdjustment = try row.rate("bankruptcy_adjustment")
        }
        for key in ["spread_to_mm_ratio", "smmr"] where row.has(key) {
            rule.spreadToMaintenance = try row.rate(key)
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
        let change = try row.number("delta_btc")
        let proceeds = account.ledger.money(-change * (try row.number("fill_price")))
        let quote = account.ledger.house.bankruptcyQuote(account.closing, delta: account.delta)
        let delta = rule.fundDelta(proceeds: proceeds, bankruptcyQuote: quote)
        return ["insurance_fund_delta_quote_quantums": .number(account.quantums(delta))]
    }

    /// A deposit and one position opened at `entry`.
    private struct Opened: ~Copyable {
        var ledger: ExampleLedger
        let position: Int32
        let size: Double
        let entry: Double

        init(_ row: inout ExampleInputs, rate: Double) throws {
            let deposit = try row.number("deposit")
            let size = try row.number("size")
            let entry = try row.number("entry")
            let oracle = try row.number("oracle")
            var prices = [entry, oracle]
            if row.has("fill") { prices.append(try row.number("fill")) }
            var ledger = try ExampleLedger(
                [ExampleLedger.Market(maintenanceRate: rate)], prices: prices, sizes: [size],
                largestAmount: max(abs(deposit), abs(size) * max(entry, oracle)))
            ledger.house.seedCash(ledger.money(deposit), of: ledger.account)
            ledger.mark(0, oracle)
            position = ledger.open(0, size, entry: entry)
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
        let rate = try row.number("mmf")
        var opened = try Opened(&row, rate: rate)
        let rule = try fillable(&row, rules)
        let equity = opened.state.equity
        // What the fund pays is what is missing once all is closed at the fill.
        let held = opened.ledger.house.position(opened.position).lots
        let quote = opened.ledger.house.bankruptcyQuote(opened.position, delta: -held)
        let proceeds = opened.ledger.money(opened.size * (try row.number("fill")))
        let delta = rule.fundDelta(proceeds: proceeds, bankruptcyQuote: quote)
        opened.ledger.mark(0, opened.entry)
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
                "cap_ppm": .number(
                    Double(
                        FundingRule.marginDifferenceCap(
                            multiplePPM: Int64(try row.number("clamp_factor_ppm")),
                            initialPPM: Int64(try row.number("initial_margin_ppm")),
                            maintenanceFractionPPM: Int64(try row.number("maintenance_fraction_ppm")))))
            ]
        }
        return [
            "cap_8h": .number(
                FundingRule.marginDifferenceCap(
                    multiple: try row.number("clamp_factor"), initial: try row.number("imf"),
                    maintenance: try row.number("mmf")))
        ]
    }

    private static func initial(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let caps = OpenInterestCaps(
            lower: Int64(try row.number("oi_lower_cap", default: 0)),
            upper: Int64(try row.number("oi_upper_cap", default: 0)))
        let base = Int64(try row.number("base_imf_ppm"))
        let interest = Int64(try row.number("oi_notional", default: 0))
        var all = [
            "imf_ppm": ExampleValue.number(Double(caps.initialPPM(base: base, openInterest: interest)))
        ]
        if row.has("notional_quote_quantums") {
            let notional = Money(micros: Int64(try row.number("notional_quote_quantums")))
            all["initial_margin_quote_quantums"] = .number(
                Double(caps.initial(notional, base: base, openInterest: interest).micros))
        }
        return all
    }

    private static func liquidation(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let equity = try row.number("equity")
        let other = try row.number("other_mmr", default: 0)
        let size = try row.number("size")
        let price = try row.number("price")
        var ledger = try ExampleLedger(
            [ExampleLedger.Market(maintenanceRate: try row.number("mmf"))], prices: [price], sizes: [size],
            largestAmount: max(abs(equity), abs(size) * price))
        // Maintenance of other positions is as good as so much less equity.
        ledger.house.seedCash(ledger.money(equity - other), of: ledger.account)
        ledger.mark(0, price)
        let liquidation = try ledger.liquidationPrice(ledger.open(0, size, entry: price))
        // Opened at the price, the account has made nothing yet.
        let before = ledger.amount(ledger.house.account(ledger.account).cash)
        return [
            "liquidation_price": .number(liquidation),
            "equity_at_liq": .number(before + other + size * (liquidation - price)),
        ]
    }
}

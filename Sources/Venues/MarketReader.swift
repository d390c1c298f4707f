import Clearing
import OrderBook
import Primitives
import Rules

/// A venue's markets from its rulebook file: its own lines, then those assumed from Binance's tables.
struct MarketReader {
    private let settlement: Settlement
    private let takerFee: Rate
    private let makerFee: Rate
    private let method: (maintenance: MarginSchedule.Method, initial: MarginSchedule.Method)
    private let measure: MarginSchedule.Measure
    private let grid: Int?
    /// Whether funding looks at impact prices.
    private let needsImpact: Bool
    private let impactMargin: Int64?
    private let orders: (market: Int64, limit: Int64)
    /// Ledger units in one of the settlement currency.
    private let amountUnit: Int64

    /// Maintenance is measured on the value at entry, which no price moves.
    private let ignoresPrice: Bool

    init(
        _ rules: inout RuleSet, _ settlement: Settlement, _ margin: MarginConvention, needsImpact: Bool
    ) throws(InputError) {
        ignoresPrice = margin.basis == .entry
        self.settlement = settlement
        takerFee = try rules.rate("taker_fee", in: 0...0.1)
        makerFee = try rules.rate("maker_fee", in: -0.01...0.1)
        let methods = ["marginal", "whole"]
        method = (
            try rules.choice("tier_rates_apply_to", of: methods) == "whole" ? .whole : .marginal,
            try rules.choice("initial_rates_apply_to", of: methods) == "whole" ? .whole : .marginal
        )
        measure =
            try rules.choice("tiers_by", of: ["notional", "contracts"]) == "contracts" ? .lots : .notional
        if measure == .lots && (method.maintenance == .marginal || method.initial == .marginal) {
            throw rules.refuse(
                "tiers_by", "notional where rates apply to the part of a position above a row's start")
        }
        let figures = try rules.integer("price_figures", in: 0...9)
        grid = figures == 0 ? nil : Int(figures)
        self.needsImpact = needsImpact
        impactMargin =
            needsImpact && rules.has("impact_margin_usd")
            ? try rules.integer("impact_margin_usd", in: 0...1_000_000) : nil
        let market = try rules.integer("largest_market_order_usd", in: 0...100_000_000)
        orders = (market, try rules.integer("largest_limit_order_usd", in: 0...100_000_000))
        amountUnit = settlement.unitsPerOne
    }

    func read(_ rules: inout RuleSet, assets: [String]?) throws(InputError) -> [MarketRules] {
        var own: [String: MarketLine] = [:]
        var order: [String] = []
        for text in try rules.list("markets") {
            let line = try MarketLine(text, key: "markets", rules)
            guard own.updateValue(line, forKey: line.asset) == nil else {
                throw rules.refuse("markets", "each asset once, not `\(line.asset)` twice")
            }
            // A coin margins its own contracts only.
            let isInverse = line.fields["contract_usd"] != nil
            if case .coin(let coin, _) = settlement, !isInverse || line.asset != coin { continue }
            if settlement == .dollars && isInverse { continue }
            order.append(line.asset)
        }
        let others = try rules.choice("other_markets", of: ["none", "binance", "assumed_from_binance"])
        let tables = MarketTables.binance
        if others != "none" { order += tables.assets.filter { own[$0] == nil } }
        var markets: [MarketRules] = []
        for asset in assets ?? order {
            if let line = own[asset] {
                markets.append(try rulesOf(line, rules, measure: measure))
            } else if order.contains(asset), let text = tables.line(asset, on: rules.day) {
                let line = try MarketLine(text, key: "other_markets", rules)
                var market = try rulesOf(line, rules, measure: .notional)
                let day = tables.tableDay(asset, on: rules.day) ?? ""
                if others != "binance" { market.assumption = "tick, lot and tiers of Binance, \(day)" }
                market.guessesSizes = tables.sizes(asset) == "assumed"
                markets.append(market)
            } else {
                throw InputError(
                    file: rules.file.file, key: "market", found: "`\(asset)`",
                    allowed: order.joined(separator: ", "), nearest: nearestName(to: asset, among: order))
            }
        }
        return markets
    }

    private func rulesOf(
        _ line: MarketLine, _ rules: RuleSet, measure: MarginSchedule.Measure
    ) throws(InputError) -> MarketRules {
        if line.fields["decimals"] != nil { return try hyperliquid(line) }
        let tick = try line.decimal("tick")
        let unit: ContractUnit
        let floorUnit: Int128
        switch settlement {
        case .dollars:
            var lot = try line.decimal("lot")
            // The lot is widened where tick × lot would be less than a micro-dollar.
            while tick.units * lot.units % (Decimal12.one * 1_000_000) != 0 { lot.units *= 10 }
            let micros = tick.units * lot.units / (Decimal12.one * 1_000_000)
            unit = ContractUnit(
                microsPerTickLot: Int64(micros), ticksPerUSD: 1 / tick.double, lotsPerCoin: 1 / lot.double)
            floorUnit = measure == .lots ? 1 : 1_000_000
        case .coin(_, let decimals):
            let face = try line.decimal("contract_usd")
            let scale = (0..<decimals).reduce(Int128(1)) { value, _ in value * 10 }
            guard let worth = Int64(exactly: face.units * scale / tick.units), worth < 1 << 60 else {
                throw line.refuse("a tick that is not that small beside the contract")
            }
            unit = ContractUnit(
                microsPerTickLot: worth, ticksPerUSD: 1 / tick.double,
                lotsPerCoin: 1 / face.double, isInverse: true)
            floorUnit = measure == .lots ? 1 : scale
        }
        let tiers = try line.tiers(unit: floorUnit)
        var market = MarketRules(
            spec: MarketSpec(
                name: line.asset, unit: unit, schedule: try schedule(line, tiers, unit, measure),
                maxTicks: try maxTicks(line, tick), takerFee: takerFee, makerFee: makerFee),
            priceGrid: try priceGrid(line, unit), impactNotional: try impact(line, tiers[0].initialRate),
            maxMarketOrder: Money(micros: orders.market * amountUnit),
            maxLimitOrder: Money(micros: orders.limit * amountUnit),
            maxLeverage: UInt8(min(255, max(1, 1 / tiers[0].initialRate.value))))
        if line.fields["oi_upper"] != nil {
            let (lower, upper) = (try line.decimal("oi_lower"), try line.decimal("oi_upper"))
            market.openInterestCaps = OpenInterestCaps(
                lower: Int64(lower.units / 1_000_000), upper: Int64(upper.units / 1_000_000))
        }
        return market
    }

    private func schedule(
        _ line: MarketLine, _ tiers: [MarginTier], _ unit: ContractUnit, _ measure: MarginSchedule.Measure
    ) throws(InputError) -> MarginSchedule {
        var slope: SizeSlope?
        if let text = line.fields["per_coin"], let rate = Rate(text: text) {
            var size = Int64(unit.lotsPerCoin.rounded())
            if case .coin(_, let decimals) = settlement {
                size = (0..<decimals).reduce(1) { value, _ in value * 10 }
            }
            slope = SizeSlope(perCoin: rate, sizePerCoin: size, countsNotional: unit.isInverse)
        }
        // Rows by notional of Binance's tables apply as they do there.
        let maintenance = line.key == "other_markets" ? MarginSchedule.Method.marginal : method.maintenance
        if maintenance == .whole && measure == .notional && tiers.count > 1 && !ignoresPrice {
            throw line.refuse(
                "one row, rows by contracts, or maintenance on the value at entry: rates of the whole"
                    + " position would jump with the price")
        }
        do {
            return try MarginSchedule(
                tiers, measure: measure, maintenance: maintenance, initial: method.initial,
                slope: slope, maintenanceFraction: line.fields["fraction"].flatMap { Rate(text: $0) })
        } catch {
            throw line.refuse(
                "tiers that start at 0, rise, and keep 0 < maintenance < initial <= 1 (\(error))")
        }
    }

    private func priceGrid(_ line: MarketLine, _ unit: ContractUnit) throws(InputError) -> PriceGrid {
        guard let grid else { return .everyTick }
        guard let ticksPerUSD = Int32(exactly: unit.ticksPerUSD) else {
            throw line.refuse("a tick that divides a dollar where prices have so many figures")
        }
        return .significantFigures(grid, ticksPerUSD: ticksPerUSD)
    }

    /// Room for eight times the reference price, at most 2^22 ticks.
    private func maxTicks(_ line: MarketLine, _ tick: Decimal12) throws(InputError) -> Int32 {
        guard line.fields["ref"] != nil else { return 1 << 22 }
        let needed = try line.decimal("ref").units * 8 / tick.units
        var ticks: Int32 = 1 << 12
        while Int128(ticks) < needed && ticks < 1 << 22 { ticks *= 2 }
        return ticks
    }

    private func impact(_ line: MarketLine, _ initial: Rate) throws(InputError) -> Money {
        guard needsImpact else { return .zero }
        if let text = line.fields["impact"], let usd = Int64(text), (0...1_000_000_000).contains(usd) {
            return Money(usd: usd)
        }
        guard let impactMargin else {
            throw line.refuse("an `impact` in dollars, or a rule that sets impact_margin_usd")
        }
        let notional = FundingRule.impactNotional(margin: Double(impactMargin), initialRate: initial.value)
        return Money(micros: Int64((notional * 1e6).rounded()))
    }

    /// Hyperliquid: a lot is 10^-decimals coins, a tick 10^-(6 - decimals) dollars; the largest orders are those of the
    /// rulebook from 50x, a quarter, an eighth and a sixteenth of them below 50, 20 and 10.
    private func hyperliquid(_ line: MarketLine) throws(InputError) -> MarketRules {
        guard let decimals = line.fields["decimals"].flatMap({ Int($0) }), (0...6).contains(decimals) else {
            throw line.refuse("`decimals` from 0 to 6")
        }
        func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { value, _ in value * 10 } }
        let tiers = try line.tiers(unit: 1_000_000)
        let unit = ContractUnit(
            microsPerTickLot: 1, ticksPerUSD: Double(power(6 - decimals)),
            lotsPerCoin: Double(power(decimals)))
        let leverage = (1 / tiers[0].initialRate.value).rounded()
        let part: Int64 = leverage >= 50 ? 1 : leverage >= 20 ? 4 : leverage >= 10 ? 8 : 16
        return MarketRules(
            spec: MarketSpec(
                name: line.asset, unit: unit, schedule: try schedule(line, tiers, unit, .notional),
                maxTicks: 1 << 22,
                takerFee: takerFee, makerFee: makerFee),
            priceGrid: try priceGrid(line, unit), impactNotional: try impact(line, tiers[0].initialRate),
            maxMarketOrder: Money(usd: orders.market / part),
            maxLimitOrder: Money(usd: orders.limit / part), maxLeverage: UInt8(leverage))
    }
}

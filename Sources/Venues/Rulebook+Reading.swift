import Clearing
import OrderBook
import Primitives
import Rules

/// A rulebook made from its file: every setting of the rules in force is read by exactly one line below.
extension Rulebook {
    /// - Parameters:
    ///   - assets: which of the rulebook's markets; nil for all it carries.
    ///   - day: ISO; the rules in force on it.
    ///   - overrides: settings in place of the file's: `(key, text)`.
    /// - Throws: `InputError` at the line of a setting that is missing, unread or not allowed.
    public init(
        _ file: RuleFile, assets: [String]? = nil, on day: String = Rulebook.defaultDay,
        overrides: [(key: String, text: String)] = []
    ) throws(InputError) {
        var rules = try RuleSet(file, on: day, overrides: overrides)
        name = file.name
        title = file.title
        self.day = day
        settlement = try Self.settlement(&rules)
        margin = MarginConvention(
            basis: try rules.choice("maintenance_basis", MarginConvention.Basis.self),
            closingFee: try rules.choice("closing_fee_in_maintenance", MarginConvention.ClosingFee.self))
        hasHedgeMode = try rules.flag("hedge_mode")
        withdrawalNotionalFloor = try rules.rate("withdrawal_notional_floor")
        marginCallRatios = try Self.callRatios(&rules)
        index = try Self.index(&rules)
        indexWeights = try Self.indexWeights(&rules)
        oracleSeconds = try rules.number("index_seconds", in: 0.001...3600)
        funding = try Self.funding(&rules)
        markPrice = try Self.mark(&rules, funding: funding)
        waterfall = try WaterfallReader.read(&rules)
        for key in WaterfallReader.thresholds where settlement.isCoin && rules.has(key) {
            // A ledger of a coin has no price to turn a threshold in dollars into its units.
            guard try rules.integer(key) == 0 else {
                throw rules.refuse(key, "0 where contracts are settled in a coin")
            }
        }
        feed = try Self.feed(&rules)
        forcedOrdersPayFees =
            rules.has("forced_orders_pay_fees") ? try rules.flag("forced_orders_pay_fees") : true
        fillCheck = rules.has("fill_check") ? try rules.choice("fill_check", FillCheck.self) : .none
        if fillCheck != .none && margin != MarginConvention() {
            throw rules.refuse("fill_check", "none where maintenance is not measured at the mark alone")
        }
        selfTrade = .cancelMaker
        let needsImpact = funding?.premium == .impact || funding?.premium == .impactFromMark
        markets = try MarketReader(&rules, settlement, margin, needsImpact: needsImpact).read(
            &rules, assets: assets)
        collateral = try Self.collateral(&rules)
        if !collateral.isEmpty && settlement != .dollars {
            throw rules.refuse("collateral_haircuts", "none where contracts are settled in a coin")
        }
        try rules.finish()
        self.rules = rules
    }

    private static func feed(_ rules: inout RuleSet) throws(InputError) -> LiquidationFeedRule {
        let selector = try rules.choice("feed_selector", LiquidationFeedRule.Selector.self)
        var window = 0.0
        if selector == .latest || selector == .largest {
            window = try rules.number("feed_window_seconds", in: 0...3600)
            guard window >= 0.001 else {
                throw rules.refuse(
                    "feed_window_seconds", "more than 0, from 0.001, where one order of a window is shown")
            }
        }
        return LiquidationFeedRule(
            selector: selector, windowSeconds: window,
            showsDeleveraged: rules.has("feed_shows_deleveraged")
                ? try rules.flag("feed_shows_deleveraged") : false)
    }

    private static func settlement(_ rules: inout RuleSet) throws(InputError) -> Settlement {
        let coin = try rules.text("settlement")
        guard rules.has("settlement_decimals") else {
            guard coin == "USD" else { throw rules.refuse("settlement", "USD") }
            return .dollars
        }
        let decimals = try rules.list("settlement_decimals")
        if coin == "USD" { return .dollars }
        guard let own = decimals.first(where: { $0.hasPrefix(coin + "=") }),
            let places = Int(own.dropFirst(coin.count + 1)), (7...12).contains(places)
        else { throw rules.refuse("settlement_decimals", "`\(coin)=places`, 7 to 12 places") }
        return .coin(coin, decimals: places)
    }

    private static func callRatios(_ rules: inout RuleSet) throws(InputError) -> [Rate] {
        var ratios: [Rate] = []
        for text in try rules.list("margin_call_ratios") {
            guard let ratio = Rate(text: text), ratio > .one, ratio < ratios.last ?? Rate(pico: .max),
                ratios.count < 15
            else {
                throw rules.refuse("margin_call_ratios", "at most 15 falling numbers above 1, as 3/2")
            }
            ratios.append(ratio)
        }
        return ratios
    }

    private static func index(_ rules: inout RuleSet) throws(InputError) -> IndexPriceRule {
        let silence = try rules.number("index_silent_seconds", in: 0...86_400)
        let kinds = ["mean_without_outliers", "mean_of_near", "mean_of_clamped", "weighted_median"]
        switch try rules.choice("index", of: kinds) {
        case "mean_without_outliers":
            return .meanWithoutOutliers(
                outlier: try rules.number("index_outlier", in: 0...1), silentSeconds: silence)
        case "mean_of_near":
            return .meanOfNear(
                outlier: try rules.number("index_outlier", in: 0...1), silentSeconds: silence)
        case "mean_of_clamped":
            return .meanOfClamped(clamp: try rules.number("index_clamp", in: 0...1), silentSeconds: silence)
        default: return .weightedMedian(silentSeconds: silence)
        }
    }

    private static func mark(
        _ rules: inout RuleSet, funding: FundingRule?
    ) throws(InputError) -> MarkPriceRule {
        let kinds = [
            "oracle", "hyperliquid", "median_of_three", "moving_basis", "banded", "funding_basis",
        ]
        let kind = try rules.choice("mark", of: kinds)
        if kind == "oracle" { return .oracle }
        if kind == "hyperliquid" { return .hyperliquid(HyperliquidMark()) }
        if kind == "banded" {
            return .banded(
                BandedMark(
                    emaSeconds: try rules.number("mark_ema_seconds", in: 1...3600),
                    band: try rules.number("mark_band", in: 0...1)))
        }
        if kind == "funding_basis" {
            return .fundingBasis(
                FundingBasisMark(divisorHours: try fundingLegHours(&rules, funding: funding)))
        }
        let basis = MovingAverage(
            windowSeconds: try rules.number("basis_window_seconds", in: 1...86_400),
            sampleSeconds: try rules.number("basis_sample_seconds", in: 0.1...3600))
        if kind == "moving_basis" { return .movingBasis(basis) }
        return .median(
            MedianMark(basis: basis, divisorHours: try fundingLegHours(&rules, funding: funding)))
    }

    private static func fundingLegHours(
        _ rules: inout RuleSet, funding: FundingRule?
    ) throws(InputError) -> Double {
        let divisor = try rules.text("funding_leg_hours")
        let interval = Double(funding?.paymentSeconds ?? 28_800) / 3600
        guard let hours = divisor == "interval" ? interval : Double(divisor), hours > 0 else {
            throw rules.refuse("funding_leg_hours", "`interval` or a number of hours")
        }
        return hours
    }

    private static func indexWeights(_ rules: inout RuleSet) throws(InputError) -> [IndexWeight] {
        guard rules.has("index_weights") else { return [] }
        var weights: [IndexWeight] = []
        for text in try rules.list("index_weights") {
            let parts = text.split(separator: "=").map(String.init)
            guard parts.count == 2, let weight = Double(parts[1]), weight > 0, weight <= 1,
                !weights.contains(where: { $0.venue == parts[0] })
            else {
                throw rules.refuse(
                    "index_weights", "`venue=weight`, each venue once, 0 < weight <= 1, not `\(text)`")
            }
            weights.append(IndexWeight(venue: parts[0], weight: weight))
        }
        let sum = weights.reduce(0) { $0 + $1.weight }
        guard abs(sum - 1) < 1e-6 else {
            throw rules.refuse("index_weights", "weights that sum to 1, not \(sum)")
        }
        return weights
    }

    private static func funding(_ rules: inout RuleSet) throws(InputError) -> FundingRule? {
        let kinds = ["none", "towards_interest", "less_interest", "plus_interest", "damped"]
        let kind = try rules.choice("funding", of: kinds)
        if kind == "none" { return nil }
        let seconds = try rules.integer("funding_seconds", in: 1...86_400)
        let interest = kind == "damped" ? 0 : try rules.number("funding_interest", in: -0.01...0.01)
        let formula: FundingRule.Formula
        switch kind {
        case "towards_interest":
            formula = .towardsInterest(
                interest: interest, width: try rules.number("funding_clamp", in: 0...0.1),
                divisor: try divisor(&rules, seconds))
        case "less_interest": formula = .lessInterest(interest: interest)
        case "plus_interest":
            formula = .plusInterest(interest: interest, divisor: try divisor(&rules, seconds))
        default: formula = .damped(try rules.number("funding_damper", in: 0...0.1))
        }
        let cap: FundingRule.Cap
        switch try rules.choice("funding_cap", of: ["fixed", "maintenance", "margin_difference"]) {
        case "fixed": cap = .fixed(try rules.number("funding_cap_rate", in: 0...1))
        case "maintenance":
            cap = .maintenance(multiple: try rules.number("funding_cap_multiple", in: 0...100))
        default: cap = .marginDifference(multiple: try rules.number("funding_cap_multiple", in: 0...100))
        }
        var rule = FundingRule(
            premium: try rules.choice("funding_premium", FundingRule.Premium.self),
            weighting: try rules.choice("funding_weighting", FundingRule.Weighting.self), formula: formula,
            cap: cap, sampleSeconds: try rules.number("funding_sample_seconds", in: 0.1...3600),
            paymentSeconds: seconds, paidOn: try rules.choice("funding_paid_on", FundingRule.PaidOn.self))
        if rules.has("funding_offset_seconds") {
            rule.offsetSeconds = try rules.integer("funding_offset_seconds", in: 0...86_400)
        }
        if rules.has("funding_known_before") {
            rule.isKnownBefore = try rules.flag("funding_known_before")
        }
        if rules.has("funding_change_multiple") {
            rule.changeMultiple = try rules.number("funding_change_multiple", in: 0...100)
        }
        return rule
    }

    /// A premium stands for eight hours where the rule says so; a shorter interval pays its part of it.
    private static func divisor(
        _ rules: inout RuleSet, _ seconds: Int64
    ) throws(InputError) -> Double {
        try rules.flag("funding_premium_is_per_8_hours") ? 28_800 / Double(seconds) : 1
    }

    private static func collateral(_ rules: inout RuleSet) throws(InputError) -> [CollateralRules] {
        let haircuts = try rules.list("collateral_haircuts")
        if haircuts.isEmpty { return [] }
        let price =
            rules.has("collateral_price")
            ? try rules.choice("collateral_price", CollateralRules.Price.self) : .index
        var all: [CollateralRules] = []
        for text in haircuts {
            let parts = text.split(separator: "=").map(String.init)
            guard parts.count == 2, let haircut = Rate(text: parts[1]), haircut >= .zero, haircut < .one
            else {
                throw rules.refuse(
                    "collateral_haircuts", "`ASSET=haircut` with 0 <= haircut < 1, not `\(text)`")
            }
            // A tick of 10^-4 dollars and a lot of 10^-2 coins: a micro-dollar each.
            let schedule = try! MarginSchedule([MarginTier(fromUSD: 0, maxLeverage: 1)])
            var spec = MarketSpec(
                name: parts[0],
                unit: ContractUnit(microsPerTickLot: 1, ticksPerUSD: 10_000, lotsPerCoin: 100),
                schedule: schedule, maxTicks: .max / 2, takerFee: .zero, makerFee: .zero)
            spec.kind = .collateral(haircut: haircut)
            all.append(CollateralRules(spec: spec, price: price))
        }
        return all
    }
}

extension FundingRule {
    /// The cap of a market with this schedule.
    func capRate(for schedule: MarginSchedule) -> Double {
        capRate(
            initial: schedule.tiers[0].initialRate.value, maintenance: Self.smallestMaintenance(schedule))
    }

    /// The most a rate may change from one payment to the next in a market with this schedule.
    func mostChange(for schedule: MarginSchedule) -> Double {
        mostChange(maintenance: Self.smallestMaintenance(schedule))
    }

    private static func smallestMaintenance(_ schedule: MarginSchedule) -> Double {
        let first = schedule.tiers[0]
        return schedule.maintenanceFraction.map { first.initialRate.value * $0.value }
            ?? first.maintenanceRate.value
    }
}

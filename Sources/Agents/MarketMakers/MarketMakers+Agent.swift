import Exchanges
import Primitives
import RealModule

extension MarketMakers: Agent {
    public static let keys = [
        SettingKey(
            "liquidity.depth_1pct_usd", .usd, "of the reference asset within 1 % a side, all books, calm",
            sourced: true),
        SettingKey(
            "liquidity.depth_exponent", .number(0...3), "depth falls with traded volume to this power"),
        SettingKey(
            "liquidity.absorption_usd", .number(1e6...1e12),
            "net flow that moves the reference asset one log unit, all books, calm"
        ),
        SettingKey(
            "liquidity.absorption_at_thousandth", .number(1e-9...1),
            "the same of a coin with a thousandth of the reference asset's volume, as a share of the reference asset's"
        ),
        SettingKey("liquidity.common_share", .share, "of the answer to flow made on every book of the coin"),
        SettingKey("liquidity.half_spread_bp", .number(0.01...1000), "the reference asset's, calm"),
        SettingKey(
            "liquidity.inventory_limit", .number(0.01...1000),
            "largest inventory of a book over its 1 % depth"),
        SettingKey(
            "liquidity.resilience_per_second", .number(0...10), "decay of the answer, all makers there"),
        SettingKey("liquidity.resilience_without_makers", .share, "the part of it that needs none"),
        SettingKey(
            "liquidity.reference_minutes", .number(0.1...1e6), "in which the reference follows the price"),
        SettingKey("liquidity.anchor_minutes", .number(0.1...1e6), "in which it returns to what news says"),
        SettingKey(
            "liquidity.cross_quoting", .number(0...2),
            "other coins follow the reference asset's surprises, times beta"),
        SettingKey(
            "liquidity.volatility_exponent", .number(0...5), "of presence in calm over present volatility"),
        SettingKey(
            "liquidity.news_cut", .share,
            "presence that leaves after grave news while the market is unsettled"
        ),
        SettingKey("liquidity.news_cut_minutes", .number(0.1...1e5), "in which it leaves", sourced: true),
        SettingKey(
            "liquidity.settling_minutes", .number(0.1...1e5), "of quiet until makers call a market settled"),
        SettingKey(
            "liquidity.accustomed_minutes", .number(1...1e5),
            "in which makers take the moves of now for the usual ones; 100000: never", default: "100000"),
        SettingKey(
            "liquidity.coin_collateral_exponent", .number(0...50),
            "presence on coin-margined books falls as the coin's price to this power: collateral there is the coin",
            default: "0"),
        SettingKey("liquidity.return_minutes", .number(0.1...1e5), "in which it returns once settled"),
        SettingKey("liquidity.priority", .number(0...3), "small books are cut first"),
        SettingKey("liquidity.least_presence", .number(1e-6...1), "what always stays"),
        SettingKey("liquidity.presence_seconds", .number(0.1...1e5), "in which presence follows its cause"),
        SettingKey("liquidity.capital_usd", .usd, "what the makers together can lose"),
        SettingKey("liquidity.capital_exponent", .number(0...10), "of presence in the capital left"),
        SettingKey(
            "liquidity.capital_return_minutes", .number(1...100_000),
            "in which lost capital is put in anew, once the market is settled"),
        SettingKey(
            "liquidity.uncommitted_share", .share, "of calm presence that hangs on no firm's capital",
            default: "0"),
        SettingKey(
            "liquidity.flow_horizon_seconds", .number(0...3600),
            "limit orders of people arriving in it soften makers' answer to flow"),
        SettingKey("liquidity.firms", .integer(1...64), "maker firms"),
        SettingKey("liquidity.late_friday", .number(0...2), "depth late on a Friday over an ordinary hour's"),
        SettingKey(
            "liquidity.withdrawal_without_news", .share,
            "control run: presence that leaves at the news' time whatever the news", default: "0"),
    ]

    /// What is asked every step; depth and absorption are dealt out once.
    public static var liveKeys: [String] {
        [
            "common_share", "inventory_limit", "resilience_per_second", "resilience_without_makers",
            "reference_minutes", "anchor_minutes", "cross_quoting", "volatility_exponent", "news_cut",
            "news_cut_minutes", "settling_minutes", "accustomed_minutes", "coin_collateral_exponent",
            "return_minutes", "priority", "least_presence", "presence_seconds", "capital_exponent",
            "capital_return_minutes", "uncommitted_share", "flow_horizon_seconds", "late_friday",
        ].map { "liquidity." + $0 }
    }

    /// - Throws: `InputError` for a withdrawal without news on a day with news.
    public static func check(_ settings: any Settings) throws {
        if settings.number("liquidity.withdrawal_without_news") > 0 && settings.flag("news.happens") {
            throw settings.refuse(
                "liquidity.withdrawal_without_news",
                "0 while news.happens is true: it is for runs without news")
        }
    }

    public static func means(_ book: BookID, _ opening: AgentOpening) -> Means? {
        let usd = opening.ladderUSD(book) * 12
        return Means(dollars: usd, coinsUSD: usd)
    }

    public static var keepsBooksApart: Bool { true }
    public static var meansKeys: [String] { ["liquidity.depth_1pct_usd"] }

    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> MarketMakers? {
        MarketMakers(
            MakerParameters(opening), accounts: opening.accounts(of: MarketMakers.self),
            shares: opening.liquidityShares, exchanges, stepSeconds: opening.stepSeconds)
    }
}

extension MakerParameters {
    init(_ opening: AgentOpening) {
        self.init(
            opening.settings,
            referenceVolatility: opening.assets[opening.reference].volatility / 86_400.0.squareRoot())
    }

    init(_ s: any Settings, referenceVolatility: Double) {
        self.init()
        self.referenceVolatility = referenceVolatility
        depth1PctUSD = s.number("liquidity.depth_1pct_usd")
        depthExponent = s.number("liquidity.depth_exponent")
        absorptionUSD = s.number("liquidity.absorption_usd")
        absorptionExponent = -Double.log(s.number("liquidity.absorption_at_thousandth")) / Double.log(1000)
        commonShare = s.number("liquidity.common_share")
        halfSpreadBp = s.number("liquidity.half_spread_bp")
        inventoryLimit = s.number("liquidity.inventory_limit")
        resilience = s.number("liquidity.resilience_per_second")
        resilienceWithoutMakers = s.number("liquidity.resilience_without_makers")
        referenceMinutes = s.number("liquidity.reference_minutes")
        anchorMinutes = s.number("liquidity.anchor_minutes")
        crossQuoting = s.number("liquidity.cross_quoting")
        volatilityExponent = s.number("liquidity.volatility_exponent")
        newsCut = s.number("liquidity.news_cut")
        newsCutMinutes = s.number("liquidity.news_cut_minutes")
        settlingMinutes = s.number("liquidity.settling_minutes")
        accustomedMinutes = s.number("liquidity.accustomed_minutes")
        coinCollateralExponent = s.number("liquidity.coin_collateral_exponent")
        returnMinutes = s.number("liquidity.return_minutes")
        priority = s.number("liquidity.priority")
        leastPresence = s.number("liquidity.least_presence")
        presenceSeconds = s.number("liquidity.presence_seconds")
        capitalUSD = s.number("liquidity.capital_usd")
        capitalExponent = s.number("liquidity.capital_exponent")
        capitalReturnMinutes = s.number("liquidity.capital_return_minutes")
        patientAt5PctUSD = s.number("patient.demand_at_5pct_usd")
        patientDeepness = -Double.log(s.number("patient.demand_at_thousandth")) / Double.log(1000)
        patientExponent = s.number("patient.exponent")
        firms = s.integer("liquidity.firms")
        uncommittedShare = s.number("liquidity.uncommitted_share")
        flowHorizonSeconds = s.number("liquidity.flow_horizon_seconds")
        sharesCapital = s.flag("contagion.shared_maker_capital")
        lateFriday = s.number("liquidity.late_friday")
        withdrawalWithoutNews = s.number("liquidity.withdrawal_without_news")
        if withdrawalWithoutNews > 0 { withdrawalTime = s.time("news.time_utc") }
    }
}

/// How deep a book is, as its makers' settings say.
extension AgentOpening {
    /// Dollars of the makers' 1 % depth of one side.
    public func depthUSD(_ book: BookID) -> Double {
        settings.number("liquidity.depth_1pct_usd")
            * Double.power(size(book), settings.number("liquidity.depth_exponent"))
            * liquidityShares[book]
    }

    /// What makers have in a book within 1 %, shown or not.
    public func ladderUSD(_ book: BookID) -> Double { max(depthUSD(book), absorptionUSD(book) * 0.01) }

    /// Net flow that moves the book one log unit.
    public func absorptionUSD(_ book: BookID) -> Double {
        let exponent = -Double.log(settings.number("liquidity.absorption_at_thousandth")) / Double.log(1000)
        return settings.number("liquidity.absorption_usd") * Double.power(size(book), exponent)
            * liquidityShares[book]
    }
}

/// Every key of a scenario file: units are in the names, limits are here and nowhere else.
public enum ScenarioKeys {
    /// The keys of both kinds of scenario.
    public static let all: [SettingKey] = shared + venueOnly + MarketKeys.all

    /// The keys of a scenario whose `world` is this.
    public static func of(world: String) -> [SettingKey] {
        shared + (world == wholeMarket ? MarketKeys.all : venueOnly)
    }

    public static let wholeMarket = "whole-market"
    private static let shared = about + window
    private static let venueOnly =
        venue + market + index + population + traders + makers + flow + recording

    private static func key(
        _ path: String, _ kind: SettingKey.Kind, _ meaning: String, default fallback: String? = nil,
        sourced: Bool = false
    ) -> SettingKey {
        SettingKey(path: path, kind: kind, meaning: meaning, fallback: fallback, needsSource: sourced)
    }
    private static func usd(_ highest: Double = 1e11) -> SettingKey.Kind { .number(0...highest) }
    private static let share = SettingKey.Kind.number(0...1)

    private static let about = [
        key("scenario", .name, "the name, as in the run folder"),
        key("title", .text, "one line for people", default: ""),
        key("note", .text, "what to know before believing it", default: ""),
        key(
            "world", .choice(["venue", wholeMarket]), "one venue beside a given index, or every venue",
            default: "venue"),
    ]
    private static let window = [
        key("window.start_utc", .time, "first moment"),
        key("window.end_utc", .time, "last moment"),
        key("window.reference_utc", .time, "the minute falls are measured from"),
        key("window.step_seconds", .number(0.1...60), "simulated seconds a step", default: "1"),
    ]
    private static let venue = [
        key(
            "venue.rulebook",
            .choice(["hyperliquid", "binance", "bybit", "okx", "dydx", "textbook", "textbook-socialised"]),
            "whose rules (coin-margined ones need several coins and come with the whole market)"),
        key(
            "venue.rules_day", .day(orNothing: true),
            "the day whose rules hold, YYYY-MM-DD; empty for the window's start",
            default: ""),
        key(
            "venue.rules", .text,
            "rulebook settings in place of the file's, `setting=value` with `;` between; see `venues show`",
            default: ""),
        key("venue.vault_capital_usd", usd(), "capital of the backstop vault", default: "0", sourced: true),
        key("venue.fund_capital_usd", usd(), "the insurance fund at the start", default: "0", sourced: true),
        key(
            "venue.margin_call_ratios", .text,
            "equity / maintenance margin at which traders are called, falling, all above 1",
            default: "1.5,1.2"),
        key(
            "venue.cancels_orders_at_liquidation", .flag, "hyperliquid: open orders of a failing account go",
            default: "true"),
        key(
            "venue.vault_pays_deficits", .flag, "hyperliquid: the vault makes up negative balances",
            default: "true"),
        key(
            "venue.inverts_short_score", .flag, "rank shorts by entry / mark when deleveraging",
            default: "false"),
    ]
    private static let market = [
        key("market.asset", .choice(["BTC", "ETH", "SOL", "DOGE"]), "whose perpetual"),
        key("market.open_interest_usd", .number(1...1e11), "one side, at the start", sourced: true),
    ]
    private static let index = [
        key("index.kind", .choice(["table", "model"]), "a recorded path (imposed) or a model"),
        key(
            "index.table", .choice(BuiltIn.indexTables), "the built-in minute table",
            default: BuiltIn.indexTables[0]),
        key("index.start_usd", .number(1e-6...4e5), "model: price at the start", default: "100000"),
        key("index.volatility_pct_per_day", .number(0...100), "model: calm volatility", default: "2.5"),
        key(
            "index.shock_pct", .number(-99.9...500), "model: size of the shock, negative for a fall",
            default: "0"),
        key("index.shock_after_minutes", .number(0...1e5), "model: when the shock starts", default: "0"),
        key("index.shock_minutes", .number(0.02...1e5), "model: how long it takes", default: "10"),
        key("index.recovered_share", share, "model: share of the shock regained", default: "0"),
        key("index.recovery_minutes", .number(0.02...1e5), "model: over how long", default: "60"),
        key(
            "index.external_basis_volatility_multiple", .number(-100...100),
            "other venues' perpetuals trade above the index by this multiple of its one-second volatility",
            default: "0"),
    ]
    private static let population = [
        key("population.accounts", .integer(2...10_000_000), "accounts that hold the asset", sourced: true),
        key("population.long_share", .number(0.01...0.99), "share of the accounts that are long"),
        key("population.long_leverage_median", .number(0.01...100), "effective leverage: notional / equity"),
        key("population.long_leverage_log_sd", .number(0...4), "standard deviation of its logarithm"),
        key("population.short_leverage_median", .number(0.01...100), "the same for shorts"),
        key("population.short_leverage_log_sd", .number(0...4), "the same for shorts"),
        key(
            "population.size_log_sd", .number(0...5),
            "sizes are lognormal; standard deviation of the logarithm"),
        key(
            "population.size_leverage_correlation", .number(-0.99...0.99),
            "of the logarithms of size and leverage"),
        key("population.isolated_share", share, "share of isolated positions"),
        key(
            "population.entry_age_mean_hours", .number(0.01...10_000),
            "positions were entered so long ago on average"),
        key("population.large_short_usd", usd(), "one publicised short", default: "0", sourced: true),
        key("population.large_short_leverage", .number(0.01...100), "its effective leverage", default: "5"),
        key(
            "population.large_short_entry_usd", .number(0...4e5), "its entry, 0 for the start price",
            default: "0"),
    ]
    private static let traders = [
        key("margin_calls.adds_share", share, "share of traders who add collateral"),
        key("margin_calls.reduces_share", share, "share who reduce; the rest ignore the call"),
        key("margin_calls.reaction_mean_seconds", .number(0...86_400), "delay until they act, exponential"),
        key(
            "margin_calls.reserve_share", .number(0...10),
            "collateral outside the venue / equity, on average"),
        key("stops.share", share, "share of accounts with a stop-loss on the mark"),
        key(
            "stops.take_profit_share", share,
            "share of accounts with a resting reduce-only order on the other side"),
        key("stops.distance_mean_pct", .number(0.1...90), "how far from the start price, on average"),
    ]
    private static let makers = [
        key("makers.count", .integer(0...1000), "market makers"),
        key("makers.capital_usd", usd(), "capital of each", sourced: true),
        key(
            "makers.depth_1pct_usd", usd(), "quoted within 1 % on each side when calm, all together",
            sourced: true),
        key("makers.half_spread_bp", .number(0.01...1000), "when calm"),
        key("makers.levels", .integer(1...200), "prices quoted a side"),
        key("makers.volatility_exponent", .number(0...5), "depth falls as volatility to this power"),
        key("makers.calm_volatility_bp", .number(0.001...1000), "per square root of a second"),
        key("makers.refill_seconds", .number(0.1...86_400), "time constant when calm"),
        key("makers.inventory_limit", .number(0.01...40), "notional / equity"),
        key("makers.skew_bp", .number(0...1000), "quotes move by this at full inventory"),
    ]
    private static let flow = [
        key("value_buyers.capital_usd", usd(), "their collateral"),
        key("value_buyers.demand_at_5pct_usd", usd(), "resting within 5 % of the index"),
        key("value_buyers.exponent", .number(0.1...5), "demand grows as displacement to this power"),
        key("value_buyers.refill_seconds", .number(1...1e6), "time constant"),
        key("noise.accounts", .integer(0...100_000), "accounts of the noise flow"),
        key("noise.capital_usd", usd(), "capital of each"),
        key("noise.orders_per_second", .number(0...10_000), "market orders"),
        key("noise.median_usd", .number(1...1e9), "their median size"),
        key("noise.log_sd", .number(0...4), "standard deviation of the logarithm of their size"),
        key("noise.limit_bp", .number(0...10_000), "limit through the touch"),
        key(
            "vault_unwind.share_per_minute", .number(0...60), "of what the vault or fund holds, continuously"),
        key("vault_unwind.limit_bp", .number(0...10_000), "never worse than this from the mark"),
    ]
    private static let recording = [
        key(
            "recording.per_second", .choice(["watch", "stress", "never"]),
            "rows per second always, in minutes of stress, or never", default: "stress"),
        key(
            "recording.stress_move_pct", .number(0...100), "a minute is stressed if the mark moves this much",
            default: "0.3"),
    ]
}

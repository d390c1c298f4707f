import Primitives

/// The keys of what is in the world whoever acts in it: those of an agent are beside it (`AgentList`), those of the world's name,
/// window and index in `ScenarioKeys`.
enum WorldKeys {
    static let all: [SettingKey] =
        universe + venues + accounts + flow + news + contagion + rules + lending

    private static let universe = [
        SettingKey(
            "universe.assets", .integer(1...200), "coins with contracts, by market value, largest first"),
        SettingKey("universe.open_interest_usd", .usd, "one side, all venues, at the start", sourced: true),
        SettingKey(
            "universe.open_interest_exponent", .number(0...3),
            "the rest is shared out by traded volume to this power"),
        SettingKey(
            "universe.majors", .text,
            "assets with commas, largest first: the first is the reference asset, which all betas and shocks mean; TOTAL2 leaves out the first, TOTAL3 two"
        ),
    ]
    private static let venues = [
        SettingKey(
            "venues.rules_day", .day(orNothing: true), "the day whose rules hold; empty: the start's",
            default: ""),
        SettingKey(
            "venues.outages", .text,
            "besides those of outages.csv: `venue kind from until` with `;` between; kind is orders, transfers or oracle",
            default: ""),
        SettingKey(
            "venues.transfer_minutes", .number(0...10_000), "how long a transfer between venues takes"),
        SettingKey(
            "venues.takeover_patience_seconds", .number(0...3600),
            "how long a venue works a forced order before its fund takes over or others are deleveraged"),
        SettingKey(
            "venues.forced_concession_pct", .number(0.001...100),
            "how far from the mark one forced order may fill; what does not fill is tried again seconds later"
        ),
    ]
    private static let accounts = [
        SettingKey(
            "accounts.total", .integer(3...20_000_000), "leveraged accounts, all venues", sourced: true),
        SettingKey("accounts.long_share", .share, "share of accounts that are long"),
        SettingKey(
            "accounts.short_notional_share", .share, "of open interest held short by leveraged traders"),
        SettingKey(
            "accounts.hedged_notional_share", .share, "of the large coins' held short by hedged accounts"),
        SettingKey(
            "accounts.hedged_accounts", .integer(0...1_000_000), "accounts long spot and short the perpetual"),
        SettingKey("accounts.leverage_multiple", .number(0.05...20), "of every venue's median"),
        SettingKey("accounts.leverage_log_sd", .number(0...3), "of the logarithm"),
        SettingKey("accounts.short_leverage_multiple", .number(0.05...20), "shorts' median over longs'"),
        SettingKey("accounts.size_log_sd", .number(0...4), "of the logarithm of an account's size"),
        SettingKey(
            "accounts.largest_share", .number(1e-6...1), "of one side of a market, the most one account holds"
        ),
        SettingKey("accounts.size_leverage_correlation", .number(-1...1), "of the logarithms"),
        SettingKey("accounts.isolated_share", .share, "accounts margined position by position"),
        SettingKey(
            "accounts.cross_leverage_divisor", .number(1...20), "cross accounts are levered less by this"),
        SettingKey("accounts.several_assets_share", .share, "of cross accounts hold two or three coins"),
        SettingKey("accounts.pair_share", .share, "of those are long one coin and short another"),
        SettingKey("accounts.holding_days", .number(0.01...1000), "age of positions, on average"),
        SettingKey(
            "accounts.collateral_share", .share,
            "of accounts on multi-asset venues back contracts with a yield-bearing coin"),
        SettingKey("accounts.adds_share", .share, "add collateral when called"),
        SettingKey("accounts.reduces_share", .share, "sell half when called"),
        SettingKey("accounts.reaction_seconds", .number(0...100_000), "to a call, on average"),
        SettingKey("accounts.reserve_share", .number(0...100), "collateral elsewhere, of equity, on average"),
        SettingKey("accounts.stop_share", .share, "have a stop-loss on the mark"),
        SettingKey(
            "accounts.stop_start_pct", .number(0...90),
            "nearest stop, times the coin's volatility over the reference asset's"),
        SettingKey("accounts.stop_mean_pct", .number(0...90), "further than that, on average, likewise"),
        SettingKey(
            "accounts.hedged_rank", .integer(0...100_000),
            "coins up to this rank by market value are those held short by hedged accounts", default: "24"),
        SettingKey(
            "accounts.large_short_usd", .usd, "one publicised short in the reference asset", default: "0",
            sourced: true),
        SettingKey("accounts.large_short_venue", .text, "where it is", default: ""),
        SettingKey("accounts.large_short_leverage", .number(1...40), "its effective leverage", default: "5"),
        SettingKey(
            "accounts.large_short_entry_usd", .number(0...1e9), "its entry; 0 for the price at the start",
            default: "0"),
    ]
    private static let flow = [
        SettingKey("flow.volatility_log_sd", .number(0...2), "of the logarithm of fundamentals' volatility")
    ]
    private static let news = [
        SettingKey("news.time_utc", .time, "the announcement", sourced: false),
        SettingKey(
            "news.move_pct", .number(-50...50),
            "what it changes the reference asset's fundamental by; others by beta"),
        SettingKey("news.digestion_minutes", .number(0.01...10_000), "time constant of understanding it"),
        SettingKey("news.weight", .share, "how grave market makers take it"),
        SettingKey("news.happens", .flag, "false: a day without the announcement", default: "true"),
        SettingKey(
            "news.again_utc", .text, "the same announcement once more at this time: a fork of the run",
            default: ""),
    ]
    private static let contagion = [
        SettingKey(
            "contagion.cross_margin", .flag, "false: every position answers for itself", default: "true"),
        SettingKey("contagion.shared_maker_capital", .flag, "false: capital by coin", default: "true"),
        SettingKey("contagion.own_book_collateral", .flag, "false: collateral at the index", default: "true"),
        SettingKey("contagion.arbitrage", .flag, "false: nobody trades between books", default: "true"),
        SettingKey("contagion.lending_sales", .flag, "false: seized collateral is not sold", default: "true"),
        SettingKey(
            "contagion.hedge_loss", .flag, "false: who loses a hedge keeps the coins", default: "true"),
        SettingKey("contagion.outages", .flag, "false: venues always work", default: "true"),
    ]
    private static let rules = [
        SettingKey(
            "rules.deleveraging",
            .choice(["venue", "pro_rata", "capped_pro_rata", "risk_aware", "projection"]),
            "who is deleveraged, on every venue; `venue` is each one's own queue", default: "venue"),
        SettingKey(
            "rules.liquidation", .choice(["venue", "full"]),
            "`full`: nobody liquidates in parts", default: "venue"),
        SettingKey(
            "rules.maintenance_multiple", .number(0.1...10),
            "maintenance margin of every tier over the venue's; initial margin stays above it", default: "1"),
        SettingKey("rules.fund_multiple", .number(0...1000), "of every insurance fund", default: "1"),
        SettingKey(
            "rules.breaker_pct", .number(0...90),
            "the reference asset's fall within the window that halts every venue; 0: no breaker", default: "0"
        ),
        SettingKey("rules.breaker_window_minutes", .number(1...1440), "of that fall", default: "5"),
        SettingKey(
            "rules.breaker_halt_minutes", .number(0.1...1440), "how long nothing trades", default: "15"),
    ]
    private static let lending = [
        SettingKey("lending.health_median", .number(1.0001...10), "health factor of borrowers"),
        SettingKey("lending.health_log_sd", .number(0...3), "of the logarithm of what exceeds one"),
        SettingKey("lending.size_log_sd", .number(0...4), "of the logarithm of debt"),
    ]
}

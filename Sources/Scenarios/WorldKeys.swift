/// The keys of what is in the world and how it behaves; those of its name, window and index are in `ScenarioKeys`.
enum WorldKeys {
    static let all: [SettingKey] =
        universe + venues + accounts + liquidity + patient + flow + arbitrage + news + contagion + rules
        + lending
        + others

    private static func key(
        _ path: String, _ kind: SettingKey.Kind, _ meaning: String, default fallback: String? = nil,
        sourced: Bool = false
    ) -> SettingKey {
        SettingKey(path: path, kind: kind, meaning: meaning, fallback: fallback, needsSource: sourced)
    }
    /// A trillion dollars: several times all open interest there is. What a ledger can hold of all of them together is checked
    /// when the world is built (`WorldBuilder.checkLedgers`).
    private static let usd = SettingKey.Kind.number(0...1e12)
    private static let share = SettingKey.Kind.number(0...1)

    private static let universe = [
        key("universe.assets", .integer(1...200), "coins with contracts, by market value, largest first"),
        key("universe.open_interest_usd", usd, "one side, all venues, at the start", sourced: true),
        key(
            "universe.open_interest_exponent", .number(0...3),
            "the rest is shared out by traded volume to this power"),
        key(
            "universe.majors", .text,
            "assets with commas, largest first: the first is the reference asset, which all betas and shocks mean; TOTAL2 leaves out the first, TOTAL3 two"
        ),
    ]
    private static let venues = [
        key(
            "venues.rules_day", .day(orNothing: true), "the day whose rules hold; empty: the start's",
            default: ""),
        key(
            "venues.outages", .text,
            "besides those of outages.csv: `venue kind from until` with `;` between; kind is orders, transfers or oracle",
            default: ""),
        key("venues.transfer_minutes", .number(0...10_000), "how long a transfer between venues takes"),
        key(
            "venues.takeover_patience_seconds", .number(0...3600),
            "how long a venue works a forced order before its fund takes over or others are deleveraged"),
        key(
            "venues.forced_concession_pct", .number(0.001...100),
            "how far from the mark one forced order may fill; what does not fill is tried again seconds later"
        ),
        key("venues.unwind_share_per_minute", .number(0...60), "of what vaults and funds hold"),
        key("venues.unwind_limit_bp", .number(0...10_000), "never worse than this from the mark"),
    ]
    private static let accounts = [
        key("accounts.total", .integer(3...20_000_000), "leveraged accounts, all venues", sourced: true),
        key("accounts.long_share", share, "share of accounts that are long"),
        key("accounts.short_notional_share", share, "of open interest held short by leveraged traders"),
        key("accounts.hedged_notional_share", share, "of the large coins' held short by hedged accounts"),
        key(
            "accounts.hedged_accounts", .integer(0...1_000_000), "accounts long spot and short the perpetual"),
        key(
            "accounts.hedge_limit_pct", .number(0.1...100),
            "how far below the index coins are sold whose hedge was lost; 100: at any price", default: "100"),
        key("accounts.leverage_multiple", .number(0.05...20), "of every venue's median"),
        key("accounts.leverage_log_sd", .number(0...3), "of the logarithm"),
        key("accounts.short_leverage_multiple", .number(0.05...20), "shorts' median over longs'"),
        key("accounts.size_log_sd", .number(0...4), "of the logarithm of an account's size"),
        key(
            "accounts.largest_share", .number(1e-6...1), "of one side of a market, the most one account holds"
        ),
        key("accounts.size_leverage_correlation", .number(-1...1), "of the logarithms"),
        key("accounts.isolated_share", share, "accounts margined position by position"),
        key("accounts.cross_leverage_divisor", .number(1...20), "cross accounts are levered less by this"),
        key("accounts.several_assets_share", share, "of cross accounts hold two or three coins"),
        key("accounts.pair_share", share, "of those are long one coin and short another"),
        key("accounts.holding_days", .number(0.01...1000), "age of positions, on average"),
        key(
            "accounts.collateral_share", share,
            "of accounts on multi-asset venues back contracts with a yield-bearing coin"),
        key("accounts.adds_share", share, "add collateral when called"),
        key("accounts.reduces_share", share, "sell half when called"),
        key("accounts.reaction_seconds", .number(0...100_000), "to a call, on average"),
        key("accounts.reserve_share", .number(0...100), "collateral elsewhere, of equity, on average"),
        key("accounts.stop_share", share, "have a stop-loss on the mark"),
        key(
            "accounts.stop_start_pct", .number(0...90),
            "nearest stop, times the coin's volatility over the reference asset's"),
        key("accounts.stop_mean_pct", .number(0...90), "further than that, on average, likewise"),
        key(
            "accounts.hedged_rank", .integer(0...100_000),
            "coins up to this rank by market value are those held short by hedged accounts", default: "24"),
        key(
            "accounts.large_short_usd", usd, "one publicised short in the reference asset", default: "0",
            sourced: true),
        key("accounts.large_short_venue", .text, "where it is", default: ""),
        key("accounts.large_short_leverage", .number(1...40), "its effective leverage", default: "5"),
        key(
            "accounts.large_short_entry_usd", .number(0...1e9), "its entry; 0 for the price at the start",
            default: "0"),
    ]
    private static let liquidity = [
        key(
            "liquidity.depth_1pct_usd", usd, "of the reference asset within 1 % a side, all books, calm",
            sourced: true),
        key("liquidity.depth_exponent", .number(0...3), "depth falls with traded volume to this power"),
        key(
            "liquidity.absorption_usd", .number(1e6...1e12),
            "net flow that moves the reference asset one log unit, all books, calm"
        ),
        key(
            "liquidity.absorption_at_thousandth", .number(1e-9...1),
            "the same of a coin with a thousandth of the reference asset's volume, as a share of the reference asset's"
        ),
        key("liquidity.common_share", share, "of the answer to flow made on every book of the coin"),
        key("liquidity.half_spread_bp", .number(0.01...1000), "the reference asset's, calm"),
        key(
            "liquidity.inventory_limit", .number(0.01...1000),
            "largest inventory of a book over its 1 % depth"),
        key(
            "liquidity.hedge_share", share,
            "of makers' inventory in other coins hedged with the reference asset, times beta"),
        key("liquidity.resilience_per_second", .number(0...10), "decay of the answer, all makers there"),
        key("liquidity.resilience_without_makers", share, "the part of it that needs none"),
        key("liquidity.reference_minutes", .number(0.1...1e6), "in which the reference follows the price"),
        key("liquidity.anchor_minutes", .number(0.1...1e6), "in which it returns to what news says"),
        key(
            "liquidity.cross_quoting", .number(0...2),
            "other coins follow the reference asset's surprises, times beta"),
        key("liquidity.volatility_exponent", .number(0...5), "of presence in calm over present volatility"),
        key(
            "liquidity.news_cut", share, "presence that leaves after grave news while the market is unsettled"
        ),
        key("liquidity.news_cut_minutes", .number(0.1...1e5), "in which it leaves", sourced: true),
        key("liquidity.settling_minutes", .number(0.1...1e5), "of quiet until makers call a market settled"),
        key("liquidity.return_minutes", .number(0.1...1e5), "in which it returns once settled"),
        key(
            "liquidity.every_second_rank", .integer(0...100_000),
            "books of assets up to this rank are requoted every second, others every other", default: "12"),
        key("liquidity.priority", .number(0...3), "small books are cut first"),
        key("liquidity.least_presence", .number(1e-6...1), "what always stays"),
        key("liquidity.presence_seconds", .number(0.1...1e5), "in which presence follows its cause"),
        key("liquidity.capital_usd", usd, "what the makers together can lose"),
        key("liquidity.capital_exponent", .number(0...10), "of presence in the capital left"),
        key(
            "liquidity.capital_return_minutes", .number(1...100_000),
            "in which lost capital is put in anew, once the market is settled"),
        key("liquidity.firms", .integer(1...64), "maker firms"),
        key("liquidity.late_friday", .number(0...2), "depth late on a Friday over an ordinary hour's"),
        key(
            "liquidity.withdrawal_without_news", share,
            "control run: presence that leaves at the news' time whatever the news", default: "0"),
    ]
    private static let patient = [
        key(
            "patient.demand_at_5pct_usd", usd,
            "resting within 5 % of the reference asset's fundamental, a side, all books"),
        key("patient.exponent", .number(0.1...6), "demand grows as displacement to this power"),
        key(
            "patient.demand_at_thousandth", .number(1e-9...1),
            "of a coin with a thousandth of the reference asset's volume, as a share of the reference asset's"
        ),
        key("patient.refill_minutes", .number(0.1...1e6), "in which what was taken comes back"),
    ]
    private static let flow = [
        key("flow.orders_per_second", .number(0...10_000), "market orders, all books"),
        key("flow.median_depth_share", .number(0...1), "median order over the 1 % depth of its book"),
        key("flow.order_log_sd", .number(0...4), "of the logarithm of the size"),
        key("flow.volatility_log_sd", .number(0...2), "of the logarithm of fundamentals' volatility"),
    ]
    private static let arbitrage = [
        key("arbitrage.threshold_bp", .number(0...1000), "distance from the median that pays"),
        key("arbitrage.capital_share", .number(0...10), "largest position over a book's absorption"),
        key("arbitrage.urgency", .number(0...1), "part of a gap's worth traded at once"),
    ]
    private static let news = [
        key("news.time_utc", .time, "the announcement", sourced: false),
        key(
            "news.move_pct", .number(-50...50),
            "what it changes the reference asset's fundamental by; others by beta"),
        key("news.digestion_minutes", .number(0.01...10_000), "time constant of understanding it"),
        key("news.weight", share, "how grave market makers take it"),
        key("news.happens", .flag, "false: a day without the announcement", default: "true"),
        key(
            "news.again_utc", .text, "the same announcement once more at this time: a fork of the run",
            default: ""),
    ]
    private static let contagion = [
        key("contagion.cross_margin", .flag, "false: every position answers for itself", default: "true"),
        key("contagion.shared_maker_capital", .flag, "false: capital by coin", default: "true"),
        key("contagion.own_book_collateral", .flag, "false: collateral at the index", default: "true"),
        key("contagion.arbitrage", .flag, "false: nobody trades between books", default: "true"),
        key("contagion.lending_sales", .flag, "false: seized collateral is not sold", default: "true"),
        key("contagion.hedge_loss", .flag, "false: who loses a hedge keeps the coins", default: "true"),
        key("contagion.outages", .flag, "false: venues always work", default: "true"),
    ]
    private static let rules = [
        key(
            "rules.deleveraging",
            .choice(["venue", "pro_rata", "capped_pro_rata", "risk_aware", "projection"]),
            "who is deleveraged, on every venue; `venue` is each one's own queue", default: "venue"),
        key(
            "rules.liquidation", .choice(["venue", "full"]),
            "`full`: nobody liquidates in parts", default: "venue"),
        key("rules.fund_multiple", .number(0...1000), "of every insurance fund", default: "1"),
        key(
            "rules.breaker_pct", .number(0...90),
            "the reference asset's fall within the window that halts every venue; 0: no breaker", default: "0"
        ),
        key("rules.breaker_window_minutes", .number(1...1440), "of that fall", default: "5"),
        key("rules.breaker_halt_minutes", .number(0.1...1440), "how long nothing trades", default: "15"),
    ]
    private static let lending = [
        key("lending.health_median", .number(1.0001...10), "health factor of borrowers"),
        key("lending.health_log_sd", .number(0...3), "of the logarithm of what exceeds one"),
        key("lending.size_log_sd", .number(0...4), "of the logarithm of debt"),
    ]
    private static let others = [
        key("holders.long_term_rate", .number(-1...1), "share of means used a minute; negative sells"),
        key("holders.whales_rate", .number(-1...1), "likewise"),
        key(
            "holders.stop_volume_share", .number(0...10),
            "coins behind stops on spot venues, over the coin's day of volume there, times the venue's stop_share",
            default: "0"),
        key(
            "holders.stop_start_pct", .number(0...90),
            "nearest spot stop, times the coin's volatility over the reference asset's", default: "5"),
        key(
            "holders.stop_mean_pct", .number(0.01...90), "further than that, on average, likewise",
            default: "5"
        ),
        key(
            "holders.venue", .text, "the spot venue of both cohorts' wallets; empty: nobody holds",
            default: ""),
        key(
            "holders.assets", .text, "`ASSET=share` with commas: what the cohorts hold and buy", default: ""),
        key("holders.below_pct", .number(0...100), "act while the price is so far below the start's"),
        key(
            "holders.long_term_usd", usd, "dollars of long-term holders ready on spot venues", sourced: true),
        key("holders.whales_usd", usd, "dollars of whales ready on spot venues", sourced: true),
        key(
            "holders.coins_share", .number(0...0.5),
            "of the assets' supply in each cohort's wallets"),
        key(
            "example.dip_buyer_usd", usd,
            "dollars of the example strategy of docs/strategies.md; 0: not there",
            default: "0"),
    ]
}

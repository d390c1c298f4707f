extension SummaryKey {
    /// Every key there is, in the order of docs/summary.md.
    static let all = ofTheRun + closedByForce + prices + whoPaid + others + work

    private static let ofTheRun: [SummaryKey] = [
        SummaryKey("scenario", "name", "what was run"),
        SummaryKey(
            "title", "text", "one line for people, true of this run; absent where nobody asked for it"),
        SummaryKey("run", "path", "the run folder, empty without one"),
        SummaryKey("status", "word", "`finished`, `interrupted` or `failed`"),
        SummaryKey(
            "simulated_until_utc", "UTC", "the last simulated moment; absent where nobody asked for it"),
        SummaryKey("state_hash", "hash", "of everything that decides how the world goes on, at the end"),
        SummaryKey("seed", "number", "of the random streams"),
        SummaryKey("scale", "accounts", "how many accounts one stands for"),
        SummaryKey("threads", "number", "that drew the population"),
        SummaryKey("accounts", "accounts", "of the population with a position at the start"),
        SummaryKey("books", "number", "order books"),
        SummaryKey("majors[]", "names", "the largest assets, the reference asset first"),
        SummaryKey("steps", "number", "simulated"),
        SummaryKey(
            "zero_sum_micro_usd", "ledger units",
            "largest imbalance of any step: every ledger in its own unit, lots of every contract, wallets, pools, transfers and lending, added up without sign: 0"
        ),
        SummaryKey("zero_sum_steps_checked", "number", "steps at which it was added up"),
        SummaryKey("imposed[]", "text", "what was imposed on the run instead of made by it"),
        SummaryKey("scale_notes[]", "text", "facts that a run of this scale is known to miss"),
        SummaryKey("caps_hit[]", "text", "limits that were reached"),
    ]

    private static let closedByForce: [SummaryKey] = [
        SummaryKey(
            "liquidated_long_usd", "USD",
            "notional of traders' longs closed by force: filled in the book, taken over, deleveraged; of inverse contracts their face value",
            byVenue: true),
        SummaryKey("liquidated_short_usd", "USD", "of their shorts", byVenue: true),
        SummaryKey("long_short_ratio", "ratio", "long over short; null where no short was liquidated"),
        SummaryKey("reported_long_usd", "USD", "what the public feeds showed of longs", byVenue: true),
        SummaryKey("reported_short_usd", "USD", "of shorts", byVenue: true),
        SummaryKey(
            "estimated_liquidated_usd", "USD", "what an outsider would conclude from the feeds", byVenue: true
        ),
        SummaryKey(
            "estimated_liquidated_low_usd", "USD", "lower end: the sum of the minutes' 95 % intervals",
            byVenue: true),
        SummaryKey("estimated_liquidated_high_usd", "USD", "upper end", byVenue: true),
        SummaryKey(
            "by_venue.*.saturated_feed_minutes", "minutes",
            "of a market in which the feed never paused: there the estimate has no upper end"),
        SummaryKey("accounts_liquidated", "accounts", "each counted once", byVenue: true),
        SummaryKey("margin_calls", "accounts", "margin calls", byVenue: true),
        SummaryKey(
            "peak_minute_utc", "UTC", "the minute in which most was closed, empty without one", byVenue: true),
        SummaryKey("peak_minute_usd", "USD", "notional closed by force in it", byVenue: true),
        SummaryKey(
            "worst_40_min_share", "share", "of all closed by force, in the worst forty minutes on end"),
        SummaryKey(
            "open_interest_before_usd", "USD", "one side of all contracts at the start, at the index",
            byVenue: true),
        SummaryKey("open_interest_low_usd", "USD", "in its lowest minute", byVenue: true),
        SummaryKey("open_interest_after_usd", "USD", "at the end", byVenue: true),
        SummaryKey(
            "btc_open_interest_fall_pct", "%",
            "of the reference asset's, from the start to its lowest minute, in dollars"
        ),
        SummaryKey("btc_open_interest_coins_fall_pct", "%", "the same in coins"),
    ]

    private static let prices: [SummaryKey] = [
        SummaryKey(
            "fall_pct.*", "%",
            "by asset and `TOTAL`, `TOTAL2`, `TOTAL3`: from the last moment of the reference minute to the lowest second of the index; by venue to the lowest trade of its own books",
            byVenue: true),
        SummaryKey("fall_time_utc.*", "UTC", "when that was"),
        SummaryKey(
            "regained_by_midnight_pct.*", "%", "of the fall, at the first midnight UTC after it",
            byVenue: true),
        SummaryKey("worst_assets[].asset", "name", "the ten books that fell most"),
        SummaryKey("worst_assets[].venue", "name", "where"),
        SummaryKey("worst_assets[].fall_pct", "%", "how far"),
        SummaryKey("assets_beyond_90_pct", "%", "of the assets fell more than 90 % on some book"),
        SummaryKey(
            "collateral_low_usd.*.*", "USD",
            "lowest price of a collateral asset by venue, `on-chain pool` for its pool"),
        SummaryKey(
            "depth_1pct_min_share", "share",
            "the reference asset within 1 % on both sides of all books, lowest over before"),
        SummaryKey(
            "depth_half_back_utc", "UTC", "when half of it was back for good; absent where it was not"),
    ]

    private static let whoPaid: [SummaryKey] = [
        SummaryKey(
            "volume_usd", "USD",
            "what takers traded on all books, every fill once; of inverse contracts face value",
            byVenue: true),
        SummaryKey(
            "filled_in_books_usd", "USD", "notional of traders' forced orders that filled in the books",
            byVenue: true),
        SummaryKey("vault_takeover_usd", "USD", "notional that backstop vaults took over", byVenue: true),
        SummaryKey("fund_takeover_usd", "USD", "notional that insurance funds took over", byVenue: true),
        SummaryKey(
            "fund_draw_usd", "USD",
            "what insurance funds paid: deficits, equity below zero taken over, fills below the bankruptcy price; coins at the mark of the moment",
            byVenue: true),
        SummaryKey("deleveraged_usd", "USD", "notional closed against winners", byVenue: true),
        SummaryKey(
            "deleveraged_of_traders_usd", "USD",
            "of it what closed traders; the rest closed vaults and funds", byVenue: true),
        SummaryKey("deleveraged_accounts", "accounts", "winners closed against, each once", byVenue: true),
        SummaryKey(
            "deleveraged_forgone_usd", "USD",
            "what they would have had more had they been closed at the mark; coins at the mark"),
        SummaryKey(
            "deleveraged_top_1pct_share", "share", "of it that the largest hundredth of them had",
            byVenue: true),
        SummaryKey(
            "first_deleveraging_seconds", "s",
            "from the moment takeovers had reached 1 % of all; null (by venue absent) without one",
            byVenue: true),
        SummaryKey(
            "bad_debt_usd", "USD", "equity of anyone below zero at the end, and losses left to nobody",
            byVenue: true),
        SummaryKey("socialised_loss_usd", "USD", "charged to winners", byVenue: true),
        SummaryKey(
            "realised_loss_usd", "USD",
            "cost less proceeds of forced closings, takeovers at the mark; coins at the mark", byVenue: true),
        SummaryKey(
            "margin_lost_usd", "USD",
            "equity at the start plus top-ups less equity at the end, of accounts that were liquidated; coins at the mark of each moment",
            byVenue: true),
        SummaryKey(
            "gains_usd.*", "USD",
            "change of equity at the mark on perpetual venues less what was paid in, by the side at the start; funds and vaults; everyone else is the rest; coins at the mark of each moment"
        ),
    ]

    private static let others: [SummaryKey] = [
        SummaryKey("lending_liquidated_usd", "USD", "debt repaid by liquidators, all protocols"),
        SummaryKey("lending_bad_debt_usd", "USD", "debt without collateral at the end"),
        SummaryKey("lending.*.liquidated_usd", "USD", "by protocol"),
        SummaryKey("lending.*.bad_debt_usd", "USD", "by protocol"),
        SummaryKey("lending.*.liquidations", "number", "by protocol"),
        SummaryKey("lending.*.borrowers", "accounts", "by protocol"),
        SummaryKey("lending.*.debt_usd", "USD", "by protocol, at the end"),
        SummaryKey("cohorts.*.asset", "name", "of whose coins"),
        SummaryKey("cohorts.*.before_coins", "coins", "held at the start, positions with their sign"),
        SummaryKey("cohorts.*.low_coins", "coins", "in the minute of the lowest price"),
        SummaryKey("cohorts.*.after_coins", "coins", "at the end"),
        SummaryKey("leverage_before", "ratio", "gross notional over equity of the population, at the start"),
        SummaryKey("leverage_after", "ratio", "at the end"),
        SummaryKey("maker_capital_left_min_share", "share", "least capital that makers had left"),
        SummaryKey(
            "maker_profit_usd", "USD",
            "what the makers' accounts have more at the end than at the start, coins at the index; those they began with earn nothing"
        ),
        SummaryKey(
            "maker_profit_gap_micro_usd", "micro USD",
            "most that the firms' own count was off it at the end of any minute: 0"),
        SummaryKey("maker_caution_max", "share", "furthest that they withdrew for fear of news"),
        SummaryKey("hedge_loss_sales_usd", "USD", "coins sold because the contract against them was closed"),
        SummaryKey(
            "fragility.*", "in the name",
            "the answer of `run --fragility`: what the same news does at the start, the low and the end"),
        SummaryKey(
            "measures[].measure", "text", "asked by `run --measure`; absent where nobody asked for it"),
        SummaryKey("measures[].unit", "text", "the measure's own"),
        SummaryKey(
            "measures[].kind", "word",
            "`value`; `at_least`: it had not happened at the end; `so_far`: the run ended too early; `nothing`"
        ),
        SummaryKey("measures[].value", "its unit", "null where the run tells nothing"),
        SummaryKey("measures[].why", "text", "why there is no value, or no last one"),
        SummaryKey("anatomy.closed_usd", "USD", "closed by force; docs/anatomy.md has what follows"),
        SummaryKey("anatomy.caused_usd", "USD", "of it owed to earlier forced sales"),
        SummaryKey("anatomy.branching_ratio", "ratio", "the second over the first"),
        SummaryKey("anatomy.clusters", "number", "trees of the cascade"),
        SummaryKey("anatomy.mean_cluster_accounts", "accounts", "in a tree"),
        SummaryKey(
            "anatomy.accounts_by_generation[]", "accounts",
            "by distance from the root; the last counts all beyond"),
        SummaryKey("anatomy.largest[].root_utc", "UTC", "the ten largest trees: when the root was closed"),
        SummaryKey("anatomy.largest[].first_asset", "name", "in what"),
        SummaryKey("anatomy.largest[].accounts", "accounts", "in it"),
        SummaryKey("anatomy.largest[].usd", "USD", "closed in it"),
        SummaryKey("anatomy.largest[].generations", "number", "deep"),
        SummaryKey("anatomy.largest[].venues", "number", "it reached"),
        SummaryKey("anatomy.largest[].crosses_assets", "true or false", "whether it left the first asset"),
        SummaryKey("anatomy.falls.*.fall_log", "log", "fall of the asset's index to its lowest second"),
        SummaryKey("anatomy.falls.*.news_log", "log", "of it explained by news"),
        SummaryKey("anatomy.falls.*.forced_log", "log", "by forced sales"),
        SummaryKey("anatomy.falls.*.other_log", "log", "the rest"),
        SummaryKey(
            "anatomy.falls.*.amplification", "ratio", "fall over news; absent where news explains none"),
        SummaryKey("anatomy.falls.*.forced_share", "share", "forced over fall"),
    ]

    private static let work: [SummaryKey] = [
        SummaryKey("messages", "number", "orders and cancels"),
        SummaryKey("fills", "number", "of orders"),
        SummaryKey("orders_refused", "number", "by a venue's rule"),
        SummaryKey("margin_checks", "number", "margin evaluations"),
        SummaryKey("worst_step_ms", "ms", "longest step, by the clock on the wall"),
        SummaryKey("worst_step_utc", "UTC", "the simulated moment it led to"),
        SummaryKey("steps_over100_ms", "number", "steps longer than a tenth of a second"),
        SummaryKey("wall_seconds", "s", "all of it"),
        SummaryKey("build_seconds", "s", "building the world"),
        SummaryKey("peak_memory_mb", "MB", "most memory held"),
    ]
}

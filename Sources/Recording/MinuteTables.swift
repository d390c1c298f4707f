import Agents
import Exchanges
import Market
import Primitives

/// What is recorded by the minute. A value is read off the world as it stands when the minute has ended: prices, books,
/// agents, and `metrics.minutes`, whose last is that minute. A new column is one entry here; only what has to be summed up
/// over a minute's steps has a field in `MarketMinute` and is counted in `MarketMetrics`.
enum MinuteTables {
    static let all = [minutes, venueMinutes, assetMinutes, bookMinutes]

    static let minutes = RecordedTable<World>(
        "minutes", row: "minute of the whole market", count: { _ in 1 },
        [
            .text("time_utc", "UTC", "start of the minute") { world, _ in world.minute.time.description },
            .milliseconds("the same") { world, _ in world.minute.time.milliseconds },
            .number("liquidated_long_usd", "USD", "notional of traders' longs closed by force in it") {
                world, _ in world.minute.liquidatedLong.reduce(0, +)
            },
            .number("liquidated_short_usd", "USD", "of their shorts") { world, _ in
                world.minute.liquidatedShort.reduce(0, +)
            },
            .number("reported_long_usd", "USD", "what the public feeds showed of longs") { world, _ in
                world.minute.reportedLong.reduce(0, +)
            },
            .number("reported_short_usd", "USD", "of shorts") { world, _ in
                world.minute.reportedShort.reduce(0, +)
            },
            .number(
                "filled_in_books_usd", "USD",
                "notional of traders' forced orders that filled in the books in it"
            ) { world, _ in world.minute.filledInBooks },
            .number("takeovers_usd", "USD", "notional that vaults and funds took over in it") { world, _ in
                world.minute.takeovers
            },
            .number("deleveraged_usd", "USD", "notional closed against winners in it") { world, _ in
                world.minute.deleveraged
            },
            .whole("margin_calls", "accounts", "margin calls in it") { world, _ in
                Int64(world.minute.marginCalls)
            },
            .number("open_interest_usd", "USD", "one side of all contracts at its end, at the index") {
                world, _ in world.minute.openInterest.reduce(0, +)
            },
            .number(
                "btc_depth_1pct_usd", "USD",
                "the reference asset on both sides within 1 % of the mid, all books"
            ) {
                world, _ in world.minute.bitcoinDepthUSD
            },
            .number(
                "maker_capital_left_share", "share", "makers' capital left of what they began with",
                null: "they had none"
            ) { world, _ in world.minute.makerCapitalLeft },
            .number(
                "maker_profit_usd", "USD", "what makers' accounts have more than at the start, at its end"
            ) { world, _ in world.minute.makerProfitUSD },
            .number("maker_caution", "share", "how far makers have withdrawn for fear of news") { world, _ in
                world.minute.caution
            },
            .number(
                "caused_by_forced_usd", "USD", "notional closed by force that earlier forced sales caused"
            ) {
                world, _ in world.minute.causedByForced
            },
            .number(
                "btc_spread_bp", "basis points",
                "(ask - bid) / mid at its end, the median over the reference asset's books",
                null: "no book of it had both sides"
            ) { world, _ in world.minute.bitcoinSpreadBp },
        ])

    static let venueMinutes = RecordedTable<World>(
        "venue_minutes", row: "perpetual venue and minute; a coin-margined venue has one id a coin",
        count: { $0.exchanges.perps.count },
        [
            time,
            .id("venue_id", of: "venues", "the venue") { _, v in Int64(v) },
            .number("liquidated_long_usd", "USD", "as in `minutes`; of inverse contracts their face value") {
                world, v in world.minute.liquidatedLong[v]
            },
            .number("liquidated_short_usd", "USD", "the same of shorts") { world, v in
                world.minute.liquidatedShort[v]
            },
            .number(
                "reported_long_usd", "USD",
                "as in `minutes`; coins at the mark of the minute's end"
            ) {
                world, v in world.minute.reportedLong[v]
            },
            .number("reported_short_usd", "USD", "the same of shorts") { world, v in
                world.minute.reportedShort[v]
            },
            .number("open_interest_usd", "USD", "as in `minutes`; of inverse contracts their face value") {
                world, v in world.minute.openInterest[v]
            },
        ])

    static let assetMinutes = RecordedTable<World>(
        "asset_minutes", row: "asset and minute", count: { $0.exchanges.assets.count },
        [
            time,
            .id("asset_id", of: "assets", "the asset") { _, a in Int64(a) },
            .number("index_usd", "USD", "index at its end") { world, a in world.exchanges.views[a].index },
            .number(
                "volatility_per_sqrt_second", "log return / √s", "volatility of the index, as makers see it",
                null: "not known yet"
            ) { world, a in world.exchanges.views[a].volatility },
            .number(
                "maker_presence", "share", "share of calm depth that makers quote at its end",
                null: "nobody makes its market"
            ) { world, a in world.makers?.presence(AssetID(a)) },
        ])

    static let bookMinutes = RecordedTable<World>(
        "book_minutes", row: "order book and minute",
        count: { $0.exchanges.books.count },
        [
            time,
            .id("book_id", of: "books", "the book") { _, b in Int64(b) },
            .number("mid_usd", "USD", "mid-price at its end", null: "a side was empty") { world, b in
                let mid = world.metrics.bookRows[b].midUSD
                return mid > 0 ? mid : nil
            },
            .number("lowest_trade_usd", "USD", "lowest trade in it; without one the last before") {
                world, b in
                world.metrics.bookRows[b].lowUSD
            },
            .number("last_trade_usd", "USD", "last trade by its end; before the first the index") {
                world, b in
                world.metrics.bookRows[b].lastUSD
            },
            .number("bought_usd", "USD", "takers' purchases in it; of inverse contracts face value") {
                world, b in world.metrics.bookRows[b].boughtUSD
            },
            .number("sold_usd", "USD", "takers' sales in it, forced ones too") { world, b in
                world.metrics.bookRows[b].soldUSD
            },
            .number(
                "bids_1pct_usd", "USD",
                "resting bids within 1 % of the mid at its end; 0 while a side was empty"
            ) {
                world, b in world.metrics.bookRows[b].bidsUSD
            },
            .number("asks_1pct_usd", "USD", "the same of offers") { world, b in
                world.metrics.bookRows[b].asksUSD
            },
        ])

    private static let time = Column<World>.milliseconds("start of the minute") { world, _ in
        world.minute.time.milliseconds
    }
}

extension World {
    /// The minute that ended last.
    fileprivate var minute: MarketMinute { metrics.minutes[metrics.minutes.count - 1] }
}

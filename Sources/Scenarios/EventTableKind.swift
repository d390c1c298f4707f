import Primitives

/// The tables of an event's folder: their columns with units, limits and meaning, in one place.
public enum EventTableKind: String, CaseIterable, Sendable {
    case assets, venues, listings, history, index, pools, collateral, outages, lending, record
    case recordTrading = "record-trading"
    case scaleCheck = "scale-check"

    /// The file's name in an event's folder.
    public var file: String { rawValue + ".csv" }

    /// Whether an event must have it.
    var isRequired: Bool { [.assets, .venues, .listings].contains(self) }

    /// The columns that together name a row: no two rows are alike in them.
    var names: [String] {
        switch self {
        case .assets, .pools: ["asset"]
        case .venues: ["venue"]
        case .listings, .collateral: ["venue", "asset"]
        case .history, .index, .record: ["asset", "time_utc"]
        case .recordTrading: ["time_utc", "measure", "venue", "assets"]
        case .outages: ["venue", "kind", "from_utc"]
        case .lending: ["protocol"]
        case .scaleCheck: ["scale", "name"]
        }
    }

    /// A scenario may set single cells of these: `venues.binance.fund_usd`.
    public var takesCells: Bool { [.assets, .venues, .lending].contains(self) }

    /// `path` is the column's name; one with a fallback may be left out, and its cells empty where that is empty.
    public var columns: [SettingKey] {
        switch self {
        case .assets: Self.assetColumns
        case .venues: Self.venueColumns
        case .listings: Self.listingColumns
        case .history: Self.historyColumns
        case .index: Self.indexColumns
        case .record: Self.recordColumns
        case .recordTrading: Self.recordTradingColumns
        case .pools: Self.poolColumns
        case .collateral: Self.collateralColumns
        case .outages: Self.outageColumns
        case .lending: Self.lendingColumns
        case .scaleCheck: Self.scaleCheckColumns
        }
    }

    private static func column(
        _ path: String, _ kind: SettingKey.Kind, _ meaning: String, default fallback: String? = nil
    ) -> SettingKey {
        SettingKey(path, kind, meaning, default: fallback)
    }
    private static let usd = SettingKey.Kind.number(0...1e15)
    private static let price = SettingKey.Kind.number(1e-12...1e9)
    private static let share = SettingKey.Kind.number(0...1)
    private static let source = column("source", .text, "where the row comes from", default: "")

    private static let assetColumns = [
        column("asset", .name, "ticker"),
        column(
            "kind", .choice(["coin", "stable", "gold", "collateral"]),
            "coin; stable (pegged to the dollar); gold; collateral (a staked coin, redeemable elsewhere)"),
        column("rank", .integer(1...100_000), "by market value, from 1"),
        column("supply_coins", usd, "counted in TOTAL"),
        column("price_usd", price, "at the start"),
        column("volume_24h_usd", usd, "traded in an ordinary day"),
        column("volatility_per_day", .number(0...10), "standard deviation of a day's log return, calm"),
        column("beta", .number(-10...20), "to the reference asset"),
        column(
            "open_interest_usd", usd,
            "one side, all venues; empty: a share of what the others leave, by volume", default: ""),
        source,
    ]
    private static let venueColumns = [
        column("venue", .name, "public name"),
        column("kind", .choice(["perpetual", "spot"]), "contracts on margin, or coins for dollars"),
        column(
            "rulebook", .text, "perpetual: a built-in rulebook or a .yaml of this folder", default: ""),
        column(
            "rules", .text,
            "perpetual: settings in place of the rulebook's, `setting=value` with `;` between",
            default: ""),
        column("index_weight", share, "spot: in the index of every asset it lists", default: ""),
        column(
            "open_interest_share", share, "perpetual: of universe.open_interest_usd; they sum to 1",
            default: ""),
        column("account_share", share, "perpetual: of accounts.total; they sum to 1", default: ""),
        column("liquidity_share", share, "of makers' depth; they sum to 1"),
        column(
            "turnover_share", share,
            "of what is traded in an ordinary day; they sum to 1; empty: liquidity_share",
            default: ""),
        column("patient_share", share, "of patient orders; they sum to 1"),
        column(
            "leverage_median", .number(0.01...100), "perpetual: effective leverage of isolated longs",
            default: ""),
        column("fund_usd", usd, "perpetual: the insurance fund at the start", default: ""),
        column("vault_usd", usd, "perpetual: the backstop vault at the start", default: ""),
        column(
            "stop_share", .number(0...1000), "spot: stops of holders there, of holders.stop_volume_share",
            default: ""),
        source,
    ]
    private static let listingColumns = [
        column("venue", .name, "of venues.csv"),
        column("asset", .name, "of assets.csv"),
        column("market", .text, "perpetual: the rulebook's name of it; empty: the asset's", default: ""),
        column(
            "coins_per_unit", .number(1e-6...1e9), "perpetual: coins that the market counts as one; empty: 1",
            default: ""),
        column(
            "most_ticks", .number(100...4e6),
            "a coarser grid where the price at the start is more ticks; empty: 60,000", default: ""),
        column("taker_fee", .number(0...0.1), "spot: fraction; empty: .0005", default: ""),
        source,
    ]
    private static let historyColumns = [
        column("time_utc", .time, "start of the hour"),
        column("asset", .name, "of assets.csv"),
        column("low_usd", price, "lowest price in the hour"),
        column("high_usd", price, "highest"),
        column("close_usd", price, "last"),
    ]
    private static let indexColumns = [
        column("time_utc", .time, "start of the minute"),
        column("asset", .name, "of assets.csv"),
        column("open_usd", price, "first price in the minute"),
        column("high_usd", price, "highest"),
        column("low_usd", price, "lowest"),
        column("close_usd", price, "last"),
    ]
    private static let recordColumns = [
        column("time_utc", .time, "start of the minute"),
        column("asset", .name, "of assets.csv"),
        column(
            "close_usd", price, "last price in the minute, as recorded: shown behind a run's, decides nothing"
        ),
    ]
    private static let recordTradingColumns = [
        column("time_utc", .time, "from this minute to the next row's"),
        column(
            "measure", .choice(RecordedTrading.Measure.allCases.map(\.rawValue)),
            "volume_times: what was traded in a minute over an ordinary minute, the median of the assets' books; bids_share: bids within 1 % over those before"
        ),
        column("venue", .name, "of venues.csv"),
        column("assets", .text, "with + between; those not in assets.csv are left out"),
        column("value", .number(0...1e6), "as recorded: shown behind a run's, decides nothing"),
    ]
    private static let poolColumns = [
        column("asset", .name, "of assets.csv"),
        column("side_usd", .number(1...1e12), "dollars on each side at the start"),
        column("fee_ppm", .integer(0...100_000), "of what is swapped, millionths"),
        source,
    ]
    private static let collateralColumns = [
        column("venue", .name, "of venues.csv, with this collateral in its rulebook"),
        column("asset", .name, "of assets.csv"),
        column("own_book", .text, "the spot venue whose book prices it; empty: the index", default: ""),
        column(
            "held", .choice(["yes", "no"]), "accounts.collateral_share of accounts may hold it; empty: no",
            default: ""),
        source,
    ]
    private static let outageColumns = [
        column("venue", .name, "of venues.csv; a protocol of lending.csv for its oracle"),
        column("kind", .choice(["orders", "transfers", "oracle"]), "what did not work"),
        column("from_utc", .time, "first moment"),
        column("until_utc", .time, "from then on it works again"),
        source,
    ]
    private static let scaleCheckColumns = [
        column("scale", .integer(2...1_000_000), "of the run whose medians were taken"),
        column("name", .text, "the fact that it missed"),
        column("unit", .text, "of the next three"),
        column("full_low", .number(-1e18...1e18), "the range of the seeds at full scale"),
        column("full_high", .number(-1e18...1e18), "likewise"),
        column("median", .number(-1e18...1e18), "over the seeds at this scale"),
    ]
    private static let lendingColumns = [
        column(
            "protocol", .choice(["aave-v3", "compound-v3", "compound-v2", "maker", "morpho"]), "whose rules"),
        column("borrowers", .integer(0...1_000_000), "accounts"),
        column("debt_usd", .number(0...1e11), "against volatile collateral"),
        source,
    ]
}

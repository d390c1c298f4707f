import Primitives
import Recording
import Scenarios

/// The figure of a run that belongs to each fact's key. A run that does not tell (it ended before, it recorded no events, a
/// venue is not there) says why: such a row has no verdict.
public struct Measures: Sendable {
    let run: RunRecord
    let path: BitcoinPath?
    let news: Int64
    let ranks: [String: Int]

    /// Every key a table of facts may use.
    public static var keys: [String] { table.map(\.key) }

    /// The record's trough and its worst forty minutes lie within an hour of the announcement: a run that ends before has not
    /// seen the event.
    static let eventMinutes = 60.0

    public init(_ run: RunRecord) {
        self.run = run
        news = run.news
        path = BitcoinPath(run.bitcoin, news: news)
        ranks = CoinRanks.all
    }

    /// What the run tells of a fact; nil for a key that is none.
    public func seen(_ key: String) -> Seen? {
        guard let row = Self.table.first(where: { $0.key == key }) else { return nil }
        let covered = minutesAfterNews
        if row.minutes > 0, covered < row.minutes {
            guard covered > 0 else { return .nothing(why: "the run ended before the announcement") }
            let why =
                "the run ended \(Int(covered)) min after the announcement; \(Int(row.minutes)) are needed"
            guard case .value(let x) = row.measure(self) else { return .nothing(why: why) }
            return .soFar(x, why: why)
        }
        return row.measure(self)
    }

    /// The figure, where the run tells it.
    public func value(_ key: String, upTo high: Double = .infinity) -> Double? {
        seen(key)?.value(upTo: high)
    }

    /// Of the run, after the announcement.
    var minutesAfterNews: Double { Double(run.end - news) / 60 }

    /// - Parameter minutes: after the announcement, that a run must have seen.
    private struct Row: Sendable {
        var key: String
        var minutes = Measures.eventMinutes
        var otherwise = "the run does not tell it"
        var measure: @Sendable (Measures) -> Seen

        init(
            _ key: String, minutes: Double = Measures.eventMinutes,
            otherwise: String = "the run does not tell it",
            _ value: @escaping @Sendable (Measures) -> Double?
        ) {
            (self.key, self.minutes, self.otherwise) = (key, minutes, otherwise)
            measure = { Seen(value($0), otherwise: otherwise) }
        }

        init(_ key: String, minutes: Double, seen: @escaping @Sendable (Measures) -> Seen) {
            (self.key, self.minutes) = (key, minutes)
            measure = seen
        }
    }

    private static let noBooks = "no such books in the run"
    private static let nothingClosed = "nothing was liquidated"

    private static let table: [Row] = [
        Row("btc_fall_pct", otherwise: "no price of Bitcoin after the reference minute") {
            $0.run.summary.fallPct["BTC"]
        },
        Row("btc_early_low_pct", minutes: 15) { $0.path?.earlyLow },
        Row("btc_cliff_minutes", minutes: 0, seen: { $0.cliff }),
        Row("btc_trough_minutes", minutes: 0, seen: { $0.trough }),
        Row("btc_half_regained_minutes", minutes: 0, seen: { $0.halfRegained }),
        Row("btc_regained_midnight_pct", otherwise: "the run saw no midnight UTC after a fall") {
            $0.run.summary.regainedByMidnightPct["BTC"]
        },
        Row("eth_fall_pct", otherwise: "no price of Ether after the reference minute") {
            $0.run.summary.fallPct["ETH"]
        },
        Row("large_alts_offshore_pct", otherwise: noBooks) { m in
            mean(["binance", "bybit", "okx", "other"].flatMap { m.falls($0, 5...30) })
        },
        Row("large_alts_us_spot_pct", otherwise: noBooks) { m in
            mean(["coinbase", "gemini"].flatMap { m.falls($0, 5...30) })
        },
        Row("small_caps_binance_spot_pct", otherwise: noBooks) {
            mean($0.falls("binance-spot", 51...10_000))
        },
        Row("long_share", otherwise: nothingClosed) { m in
            m.liquidated > 0 ? m.run.summary.liquidatedLongUsd / m.liquidated : nil
        },
        Row("worst_40_min_share", otherwise: nothingClosed) { m in
            m.liquidated > 0 ? m.run.summary.worst40MinShare : nil
        },
        Row("peak_minute_share", otherwise: nothingClosed) { m in
            m.worst40USD.map { m.run.summary.peakMinuteUsd / $0 }
        },
        Row("btc_open_interest_fall_pct") { m in
            m.hasOpenInterest ? m.run.summary.btcOpenInterestFallPct : nil
        },
        Row("btc_open_interest_coins_fall_pct") { m in
            m.hasOpenInterest ? m.run.summary.btcOpenInterestCoinsFallPct : nil
        },
        Row("open_interest_fall_pct") { m in
            m.hasOpenInterest
                ? (1 - m.run.summary.openInterestLowUsd / m.run.summary.openInterestBeforeUsd) * 100 : nil
        },
        Row("reported_bn") { $0.reported / 1e9 },
        Row("liquidated_bn") { $0.liquidated / 1e9 },
        Row("accounts_liquidated_m") { Double($0.run.summary.accountsLiquidated) / 1e6 },
        Row("total3_fall_pct") { $0.run.summary.fallPct["TOTAL3"] },
        Row("coin_margined_alts_pct", otherwise: noBooks) { quantile($0.coinMarginedAlts.map(\.own), 0.5) },
        Row("coin_margined_gap_points", otherwise: noBooks) {
            quantile($0.coinMarginedAlts.map { $0.own - $0.dollar }, 0.5)
        },
        Row("small_caps_beyond_90_pct", otherwise: noBooks) { $0.smallCapsBeyond90 },
        Row("coins_twice_as_far", otherwise: noBooks) { $0.coinsTwiceAsFar },
        Row("hyperliquid_bn", otherwise: "Hyperliquid is not in the run") { m in
            m.venue("hyperliquid").map { ($0.liquidatedLongUsd + $0.liquidatedShortUsd) / 1e9 }
        },
        Row("hyperliquid_feed_share", otherwise: "the feeds reported nothing") { m in
            guard m.reported > 0 else { return nil }
            return m.venue("hyperliquid").map { ($0.reportedLongUsd + $0.reportedShortUsd) / m.reported }
        },
        Row("hyperliquid_deleveraging_delay_s", otherwise: "nobody was deleveraged on Hyperliquid") {
            $0.venue("hyperliquid")?.firstDeleveragingSeconds
        },
        Row("hyperliquid_deleveraged_share", otherwise: "no takeover by Hyperliquid's vault was recorded") {
            $0.densestDeleveragedShare
        },
        Row("hyperliquid_top_1_pct", otherwise: "nobody was deleveraged on Hyperliquid") { m in
            m.venue("hyperliquid").flatMap {
                $0.deleveragedAccounts > 0 ? $0.deleveragedTop1pctShare * 100 : nil
            }
        },
        Row("fund_draw_m") { $0.run.summary.fundDrawUsd / 1e6 },
        Row("lending_liquidated_m", otherwise: "no lending in the run") { m in
            m.run.summary.lending.isEmpty ? nil : m.run.summary.lendingLiquidatedUsd / 1e6
        },
        Row("lending_bad_debt_m", otherwise: "no lending in the run") { m in
            m.run.summary.lending.isEmpty ? nil : m.run.summary.lendingBadDebtUsd / 1e6
        },
        Row("depth_low_share", otherwise: "no depth was recorded before the announcement") { m in
            m.hasDepthBefore ? m.run.summary.depth1pctMinShare : nil
        },
        Row("depth_half_back_hours", minutes: 0, seen: { $0.depthHalfBack }),
        Row("usde_cheapest_usd", otherwise: "no book of USDe") { $0.usdeBooks.min() },
        Row("usde_elsewhere_usd", otherwise: "no second book of USDe") {
            $0.usdeBooks.sorted().dropFirst().first
        },
        Row("usde_pool_usd", otherwise: "no pool of USDe") {
            $0.run.summary.collateralLowUsd["USDE"]?["on-chain pool"]
        },
        Row("rank_correlation", otherwise: "fewer than three of the recorded markets") { $0.lows?.all },
        Row("rank_correlation_gain", otherwise: "fewer than three of the recorded markets") { $0.lows?.gain },
        Row("rank_correlation_within", otherwise: "fewer than three of Coinbase's recorded markets") {
            $0.lows?.within
        },
        Row("zero_sum_micro_usd", minutes: 0) { Double($0.run.summary.zeroSumMicroUsd) },
    ]
}

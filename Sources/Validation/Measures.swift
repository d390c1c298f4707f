import Primitives
import Recording
import Scenarios

/// The figure of a run that belongs to each fact's key. Nil where a run does not tell (no recording of events, a spot venue
/// that is not there): such a row has no verdict.
public struct Measures: Sendable {
    private let run: RunRecord
    private let path: BitcoinPath?
    private let news: Int64
    private let ranks: [String: Int]

    /// Every key a table of facts may use.
    public static var keys: [String] { table.map(\.key) }

    public init(_ run: RunRecord) {
        self.run = run
        news = run.news
        path = BitcoinPath(run.bitcoin, news: news)
        ranks = CoinRanks.all
    }

    public func value(_ key: String) -> Double? {
        Self.table.first { $0.key == key }?.measure(self)
    }

    private typealias Measure = (key: String, measure: @Sendable (Measures) -> Double?)
    private static let table: [Measure] = [
        ("btc_fall_pct", { $0.run.summary.fallPct["BTC"] }),
        ("btc_early_low_pct", { $0.path?.earlyLow }),
        ("btc_cliff_minutes", { $0.path?.cliffMinutes.map(Double.init) }),
        ("btc_trough_minutes", { $0.path.map { Double($0.troughMinute) } }),
        ("btc_half_regained_minutes", { $0.halfRegainedMinutes }),
        ("btc_regained_midnight_pct", { $0.run.summary.regainedByMidnightPct["BTC"] }),
        ("eth_fall_pct", { $0.run.summary.fallPct["ETH"] }),
        (
            "large_alts_offshore_pct",
            { m in mean(["binance", "bybit", "okx", "other"].flatMap { m.falls($0, 5...30) }) }
        ),
        ("large_alts_us_spot_pct", { m in mean(["coinbase", "gemini"].flatMap { m.falls($0, 5...30) }) }),
        ("small_caps_binance_spot_pct", { mean($0.falls("binance-spot", 51...10_000)) }),
        (
            "long_share",
            {
                let s = $0.run.summary
                let all = s.liquidatedLongUsd + s.liquidatedShortUsd
                return all > 0 ? s.liquidatedLongUsd / all : nil
            }
        ),
        ("worst_40_min_share", { $0.run.summary.worst40MinShare }),
        ("peak_minute_share", { m in m.worst40USD.map { m.run.summary.peakMinuteUsd / $0 } }),
        ("btc_open_interest_fall_pct", { $0.run.summary.btcOpenInterestFallPct }),
        ("btc_open_interest_coins_fall_pct", { $0.run.summary.btcOpenInterestCoinsFallPct }),
        (
            "open_interest_fall_pct",
            { (1 - $0.run.summary.openInterestLowUsd / $0.run.summary.openInterestBeforeUsd) * 100 }
        ),
        ("reported_bn", { ($0.run.summary.reportedLongUsd + $0.run.summary.reportedShortUsd) / 1e9 }),
        ("liquidated_bn", { ($0.run.summary.liquidatedLongUsd + $0.run.summary.liquidatedShortUsd) / 1e9 }),
        ("accounts_liquidated_m", { Double($0.run.summary.accountsLiquidated) / 1e6 }),
        ("total3_fall_pct", { $0.run.summary.fallPct["TOTAL3"] }),
        ("coin_margined_alts_pct", { quantile($0.coinMarginedAlts.map(\.own), 0.5) }),
        ("coin_margined_gap_points", { quantile($0.coinMarginedAlts.map { $0.own - $0.dollar }, 0.5) }),
        ("small_caps_beyond_90_pct", { $0.smallCapsBeyond90 }),
        ("coins_twice_as_far", { Double($0.coinsTwiceAsFar) }),
        (
            "hyperliquid_bn",
            { $0.venue("hyperliquid").map { ($0.liquidatedLongUsd + $0.liquidatedShortUsd) / 1e9 } }
        ),
        (
            "hyperliquid_feed_share",
            { m in
                let all = m.run.summary.reportedLongUsd + m.run.summary.reportedShortUsd
                return m.venue("hyperliquid").map { ($0.reportedLongUsd + $0.reportedShortUsd) / max(all, 1) }
            }
        ),
        ("hyperliquid_deleveraging_delay_s", { $0.venue("hyperliquid")?.firstDeleveragingSeconds }),
        ("hyperliquid_deleveraged_share", { $0.densestDeleveragedShare }),
        ("hyperliquid_top_1_pct", { $0.venue("hyperliquid").map { $0.deleveragedTop1pctShare * 100 } }),
        ("fund_draw_m", { $0.run.summary.fundDrawUsd / 1e6 }),
        ("lending_liquidated_m", { $0.run.summary.lendingLiquidatedUsd / 1e6 }),
        ("lending_bad_debt_m", { $0.run.summary.lendingBadDebtUsd / 1e6 }),
        ("depth_low_share", { $0.run.summary.depth1pctMinShare }),
        ("depth_half_back_hours", { $0.depthHalfBackHours }),
        ("usde_cheapest_usd", { $0.usdeBooks.min() }),
        ("usde_elsewhere_usd", { $0.usdeBooks.sorted().dropFirst().first }),
        ("usde_pool_usd", { $0.run.summary.collateralLowUsd["USDE"]?["on-chain pool"] }),
        ("rank_correlation", { $0.lows?.all }),
        ("rank_correlation_gain", { $0.lows?.gain }),
        ("rank_correlation_within", { $0.lows?.within }),
        ("zero_sum_micro_usd", { Double($0.run.summary.zeroSumMicroUsd) }),
    ]

    private func venue(_ name: String) -> MarketVenueResult? { run.summary.byVenue[name] }

    /// Falls on a venue's books of the coins ranked so.
    private func falls(_ name: String, _ range: ClosedRange<Int>) -> [Double] {
        (venue(name)?.fallPct ?? [:]).filter { ranks[$0.key].map(range.contains) ?? false }
            .sorted { $0.key < $1.key }.map(\.value)
    }

    private var worst40USD: Double? {
        let s = run.summary
        let usd = (s.liquidatedLongUsd + s.liquidatedShortUsd) * s.worst40MinShare
        return usd > 0 ? usd : nil
    }

    /// Coins other than Bitcoin and Ether with a coin-margined book, and their fall on Binance's dollar-margined one.
    private var coinMarginedAlts: [(own: Double, dollar: Double)] {
        guard let coin = venue("binance-coinm"), let dollar = venue("binance") else { return [] }
        return coin.fallPct.sorted { $0.key < $1.key }.compactMap { name, fall in
            guard name != "BTC", name != "ETH", let other = dollar.fallPct[name] else { return nil }
            return (fall, other)
        }
    }

    private func fallsByBook(_ name: String) -> [Double] {
        run.summary.byVenue.values.compactMap { $0.fallPct[name] }.sorted()
    }

    private var smallCapsBeyond90: Double? {
        let small = ranks.filter { $0.value > 50 }.keys.filter { !fallsByBook($0).isEmpty }
        guard !small.isEmpty else { return nil }
        return Double(small.filter { fallsByBook($0).last! > 90 }.count) / Double(small.count) * 100
    }

    private var coinsTwiceAsFar: Int {
        ranks.keys.filter {
            let falls = fallsByBook($0)
            return falls.count > 1 && falls.first! > 0 && falls.last! > 2 * falls.first!
        }.count
    }

    /// Over the twelve minutes in which the most was taken over.
    private var densestDeleveragedShare: Double? {
        var best = (takenOver: 0.0, deleveraged: 0.0)
        for row in run.hyperliquid {
            let window = run.hyperliquid.filter { (row.seconds..<row.seconds + 720).contains($0.seconds) }
            let taken = window.reduce(0) { $0 + $1.takenOver }
            if taken > best.takenOver { best = (taken, window.reduce(0) { $0 + $1.deleveraged }) }
        }
        return best.takenOver > 0 ? best.deleveraged / best.takenOver : nil
    }

    /// From the announcement; to the end of the run where it never came back, so that a run without an answer does not count
    /// as one without a miss.
    private var depthHalfBackHours: Double? {
        let end = run.summary.depthHalfBackUtc.flatMap { SimTime(iso8601: $0) }?.seconds
        return (end ?? run.bitcoin.last?.seconds).map { Double($0 - news) / 3600 }
    }

    /// From the trough; to the end of the run where half of the fall was not regained.
    private var halfRegainedMinutes: Double? {
        guard let path, let last = run.bitcoin.last else { return nil }
        return path.halfRegainedMinutes.map(Double.init) ?? Double((last.seconds - news) / 60)
            - Double(path.troughMinute)
    }

    private var usdeBooks: [Double] {
        (run.summary.collateralLowUsd["USDE"] ?? [:]).filter { $0.key != "on-chain pool" }.map(\.value)
    }

    private var lows: VenueLows.Correlation? { VenueLows.correlation(run.summary) }
}

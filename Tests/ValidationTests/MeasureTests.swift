import Primitives
import Testing

@testable import Recording
@testable import Validation

/// Each measure on a recording whose every figure is known.
@Suite("Measures")
struct MeasureTests {
    private static let run = Result { try SyntheticRun().record() }

    static let sums: [(String, Double)] = [
        // Prices. Minute 30 after the news is the lowest, at 88; the recorded low is at 12:40:30.
        ("fall_pct(asset=BTC)", 12), ("fall_pct(asset=TOTAL3)", 25), ("fall_pct(asset=ALT, venue=x)", 95),
        ("early_fall_pct(asset=BTC, minutes=15)", 5.6), ("early_fall_pct(asset=BTC, minutes=1)", 0),
        ("trough_minutes(asset=BTC)", 30), ("trough_minutes(asset=BTC, venue=x)", 30),
        ("cliff_minutes(asset=BTC)", 22),  // 3.2 % down in minute 8 is the last above
        ("cliff_minutes(asset=BTC, fall=7)", 13), ("regained_minutes(asset=BTC)", 9),
        ("regained_minutes(asset=BTC, share=0.6)", 11),  // 95.7 in minute 41
        ("regained_pct(asset=BTC, at=13:00Z)", 75), ("regained_pct(asset=BTC, at=12:45Z)", 2.8 / 12 * 100),
        ("price_usd(asset=BTC, at=news)", 100), ("price_usd(asset=BTC, at=12:41Z)", 88),
        ("price_usd(asset=BTC, at=2026-01-02T12:40Z)", 88.4),
        ("price_usd(asset=BTC, at=12:41Z, venue=y)", 88), ("price_usd(asset=BTC, at=end)", 97),
        ("premium_pct(asset=BTC, venue=x, at=low)", -1),
        ("gap_pct(asset=BTC, venue=y, other=x)", 100 / 0.99 - 100),
        ("low_usd(asset=BTC, venue=x)", 87), ("lowest_usd(asset=BTC)", 87),
        ("lowest_usd(asset=BTC, nth=2)", 87.5), ("lowest_usd(asset=USDX)", 0.65),
        ("lowest_usd(asset=USDX, nth=2)", 0.95), ("pool_low_usd(asset=USDX)", 0.98),
        // Groups.
        ("mean_fall_pct(venues=x+y, rank=2-)", 46.25), ("median_fall_pct(venues=x+y, rank=2-)", 35),
        ("mean_fall_pct(venues=x+y, rank=1-2)", 18.75), ("mean_fall_pct(venues=x+y, without=ALT+BTC)", 25),
        ("median_fall_pct(venues=x, also_on=y, rank=60)", 95), ("mean_fall_pct(venues=z, kind=stable)", 35),
        ("fall_gap_points(venue=x, other=y, rank=2-)", 22.5), ("beyond_pct(fall=90)", 25),
        ("beyond_pct(fall=90, kind=coin)", 100.0 / 3), ("apart_assets(times=2)", 1),
        ("apart_assets(times=1.4)", 2), ("largest_fall_pct", 95), ("largest_fall_pct(rank=1-2)", 30),
        // Recorded falls 45, 90, 40, 50, 1 beside 20, 95, 30, 40, 13: two neighbours changed places.
        ("rank_correlation(table=lows.csv)", 0.9), ("rank_correlation(table=lows.csv, venue=y)", 1),
        ("rank_correlation_gain(table=lows.csv)", 0.9 - 0.5773502691896258),
        // Liquidations.
        ("liquidated_usd", 10e9), ("liquidated_usd(side=long)", 8e9), ("liquidated_usd(venue=x)", 7e9),
        ("liquidated_usd(side=short, venue=y)", 1e9), ("liquidated_usd(side=short, after=low)", 2e9),
        ("liquidated_usd(side=long, before=12:41Z)", 5e9), ("liquidated_usd(venue=y, after=13:00Z)", 2e9),
        ("liquidated_usd(after=12:40Z, before=12:41Z)", 4e9),
        ("liquidated_usd(after=12:40:01Z, before=12:41Z)", 0), ("reported_usd", 5e9),
        ("reported_usd(venue=y, side=short)", 0.5e9), ("reported_usd(after=13:00Z)", 0.5e9),
        ("liquidated_share(side=long)", 0.8), ("liquidated_share(venue=x)", 0.7),
        ("liquidated_share(side=long, venue=x)", 6.0 / 7), ("liquidated_share(before=12:41Z)", 0.5),
        ("reported_share(venue=x)", 0.7), ("long_short_ratio", 4), ("long_short_ratio(venue=x)", 6),
        ("liquidated_over_reported", 2), ("realised_loss_over_reported", 0.5),
        ("worst_share(minutes=11)", 0.7),
        ("worst_share(minutes=12)", 0.8), ("worst_share(minutes=1, venue=y)", 2.0 / 3),
        ("peak_minute_share(of=12)", 0.5), ("peak_minute_usd", 4e9), ("accounts_liquidated", 1.5e6),
        ("accounts_liquidated(venue=y)", 0.5e6), ("margin_calls", 4000), ("realised_loss_usd", 2.5e9),
        ("margin_lost_usd", 3e9),
        // Vaults, funds, winners: 900 and 8100 dollars taken by the vault, 1000 by the fund; 450, 880 and 20 deleveraged.
        ("takeover_usd", 4e9), ("takeover_usd(by=fund, venue=x)", 1e9),
        ("takeover_usd(after=12:50Z, before=12:51Z)", 4e9),
        ("takeover_usd(venue=x, after=12:40Z, before=12:50Z)", 8100),
        ("takeover_usd(by=fund, after=12:40Z)", 1000), ("deleveraged_usd", 2e9),
        ("deleveraged_usd(venue=x, before=12:43Z)", 450), ("deleveraged_accounts", 50),
        ("deleveraging_fills", 3), ("deleveraging_fills(asset=BTC)", 2),
        ("deleveraging_price_usd(asset=BTC)", 1330.0 / 15),
        ("first_deleveraging_seconds(venue=x)", 33), ("first_deleveraging_seconds(venue=x, share=0.5)", 90),
        ("deleveraged_over_taken(venue=x, minutes=12)", 1350.0 / 9100),
        ("deleveraged_top_1_pct(venue=x)", 40), ("deleveraged_most_usd(venue=x)", 1330),
        ("fund_paid_usd", 5e6), ("bad_debt_usd(venue=x)", 6e6), ("socialised_usd", 7e6),
        ("zero_sum_micro_usd", 0), ("maker_profit_usd", -7e6), ("maker_profit_gap_micro_usd", 3),
        // What changed hands: 3 a minute of Bitcoin for ten minutes, 30 after; 5 of Ether, 1 of ALT, 2 of USDX on z.
        ("volume_usd", 4290), ("volume_usd(market=perpetual)", 3330), ("volume_usd(venues=x)", 2220),
        ("volume_usd(assets=ETH)", 600), ("volume_usd(rank=2-, market=perpetual)", 0),
        ("volume_usd(after=12:10Z, before=12:12Z)", 76),
        ("volume_share(venues=x, market=perpetual, after=12:10Z)", 2.0 / 3),
        ("volume_share(market=spot)", 1), ("volume_share(assets=BTC, after=12:00Z, before=12:10Z)", 3.0 / 11),
        ("volume_rank_correlation(table=volumes.csv, market=spot)", -1),
        ("volume_times(venues=x, after=12:20Z, before=12:30Z)", 10),
        ("volume_times(market=spot, after=12:20Z)", 1), ("net_over_gross", -0.5),
        ("filled_over_liquidated", 0.45), ("filled_over_liquidated(venue=x)", 0.5),
        ("deleveraged_over_liquidated", 0.15), ("deleveraged_over_liquidated(venue=x)", 0.2),
        ("forced_volume_share(after=12:40Z, before=12:42Z)", 0.5), ("reported_long_share", 0.8),
        ("reported_long_share(venue=y)", 2.0 / 3),
        // Mids: Bitcoin's on y at 100 before, 97 from minute 43 on.
        ("mid_change_pct(venue=y, assets=BTC, at=12:41Z)", -12),
        ("mid_change_pct(venue=x, assets=BTC+ETH, at=end)", -3),
        ("highest_mid_pct(venue=y, assets=BTC, after=12:30Z, before=12:50Z)", -5.7),
        ("highest_mid_pct(venue=y, assets=BTC, after=12:30Z, before=12:50Z, fallen=7)", -5.7),
        (
            "second_fall_pct(venue=y, assets=BTC, after=12:20Z, before=12:30Z, until=13:00Z)",
            (88 / 96 - 1) * 100
        ),
        // Open interest, depth, holdings, lending.
        ("open_interest_fall_pct", 30), ("open_interest_fall_pct(venue=x)", 40),
        ("open_interest_fall_pct(asset=BTC)", 21), ("open_interest_coins_fall_pct(asset=BTC)", 11),
        ("open_interest_usd(at=12:41Z)", 70e9), ("open_interest_usd(at=12:41Z, venue=x)", 35e9),
        ("depth_low_share(asset=BTC)", 0.05), ("depth_back_hours(asset=BTC)", 1),
        ("depth_share(asset=BTC, at=13:11Z)", 0.8), ("depth_share(asset=BTC, at=13:11Z, over=12:41Z)", 16),
        ("depth_share(asset=BTC, at=13:11Z, venue=x)", 5.0 / 12),
        ("depth_share(asset=BTC, at=13:11Z, venue=y, rests=bids)", 0.25),
        ("depth_share(asset=BTC, at=13:11Z, venue=y, rests=asks)", 0.75),
        ("depth_usd(asset=BTC, at=12:41Z)", 5), ("median_depth_usd(asset=BTC)", 45),
        ("median_spread_bp(asset=BTC)", 3), ("maker_capital_left_share", 0.2),
        ("holdings_change_pct(holder=whales, asset=BTC)", 10), ("gross_leverage(at=start)", 2),
        ("gross_leverage(at=end)", 1.5), ("gross_leverage_fall_pct", 25), ("news_share_pct(asset=BTC)", 20),
        ("lending_liquidated_usd", 3e8), ("lending_liquidated_usd(protocol=aave)", 2e8),
        ("lending_bad_debt_usd", 2e6),
    ]

    @Test(arguments: sums)
    func aHandMadeRunTells(_ text: String, _ expected: Double) throws {
        let seen = try call(text).seen(Self.run.get())
        guard case .value(let value) = seen else {
            Issue.record("\(text): \(seen)")
            return
        }
        #expect(abs(value - expected) <= 1e-9 * max(1, abs(expected)), "\(text): \(value)")
    }

    /// Ether goes ten basis points up and down by turns.
    @Test func returnsOfAZigzag() throws {
        func value(_ text: String) throws -> Double {
            try #require(try call(text).seen(Self.run.get()).figure)
        }
        #expect(abs(try value("returns_deviation_bp(asset=ETH, minutes=1)") - 10) < 0.1)
        #expect(abs(try value("returns_kurtosis(asset=ETH, minutes=1)") - 1) < 0.01)
        #expect(try value("returns_autocorrelation(asset=ETH, minutes=1)") < -0.98)
        #expect(try value("returns_autocorrelation(asset=ETH, minutes=1, lag=2)") > 0.96)
        #expect(try call("returns_kurtosis(asset=ETH, minutes=5)").seen(Self.run.get()).figure == nil)
    }

    /// No measure without a value that a test knows.
    @Test func everyMeasureIsTested() {
        let tested = Set(Self.sums.map { $0.0.prefix { $0 != "(" } })
        for measure in Measure.all where !tested.contains(measure.name[...]) {
            #expect(measure.name.hasPrefix("returns_"), "\(measure.name)")
        }
        #expect(Measure.byName.count == Measure.all.count)
    }

    /// What a recording has not is said, never made up.
    @Test(arguments: [
        ("fall_pct(asset=ALT)", "no price of ALT"), ("fall_pct(asset=ETH, venue=z)", "no price of ETH"),
        ("depth_low_share(asset=ETH)", "recorded of BTC alone"),
        ("open_interest_fall_pct(asset=ETH)", "recorded of BTC alone"),
        ("open_interest_fall_pct(asset=BTC, venue=x)", "by venue or by asset"),
        ("open_interest_usd(at=12:41Z, venue=z)", "no contracts on z"),
        ("gap_pct(asset=ETH, venue=x, other=y, at=news)", "no price of ETH on both sides of x"),
        ("price_usd(asset=BTC, at=23:00Z)", "the run ended before 2026-01-02T23:00:00Z"),
        ("price_usd(asset=BTC, at=11:00Z)", "the run ended before 2026-01-03T11:00:00Z"),
        ("regained_pct(asset=BTC)", "the run ended before 2026-01-03T00:00:00Z"),
        ("liquidated_usd(after=low, before=20:00Z)", "the run ended before"),
        ("fall_pct(asset=BTC, seen=15:00Z)", "the run ended before 2026-01-02T15:00:00Z"),
        ("low_usd(asset=ETH, venue=x)", "no book of ETH on x"), ("lowest_usd(asset=BTC, nth=3)", "2 books"),
        ("pool_low_usd(asset=BTC)", "no pool"), ("deleveraging_price_usd(asset=ETH)", "nobody"),
        ("deleveraged_over_taken(venue=y, minutes=12)", "no takeover on y"),
        ("first_deleveraging_seconds(venue=y)", "nobody was deleveraged on y"),
        ("mean_fall_pct(venues=x+y, also_on=z, rank=2-)", "no such books"),
        ("rank_correlation(table=lows.csv, venue=x)", "fewer than three"),
        ("rank_correlation(table=more.csv)", "no fall of BTC on z in the run, which more.csv has"),
        ("holdings_change_pct(holder=fish, asset=BTC)", "whales BTC"),
        ("lending_bad_debt_usd(protocol=maker)", "aave"), ("news_share_pct(asset=ETH)", "did not fall"),
        ("depth_share(asset=BTC, at=13:11Z, rests=bids)", "`venue` says of which"),
        ("volume_rank_correlation(table=volumes.csv, market=perpetual)", "fewer than three"),
        ("highest_mid_pct(venue=y, assets=BTC, after=12:30Z, before=12:50Z, fallen=9)", "had fallen so far"),
        ("second_fall_pct(venue=z, assets=BTC, until=13:00Z)", "no mid in the reference minute"),
        ("net_over_gross(venues=y, market=spot)", "no such books"),
        ("depth_back_hours(asset=BTC, share=0.9)", "not back when the run ended, 1.83 h"),
        ("depth_back_hours(asset=BTC, share=0.01)", "did not fall below 0.01"),
    ])
    func whatIsNotThereIsSaid(_ text: String, _ why: String) throws {
        let seen = try call(text).seen(Self.run.get())
        if case .value = seen { Issue.record("\(text): \(seen)") }
        #expect(seen.why.contains(why), "\(text): \(seen.why)")
    }

    /// Without books and events a recording still tells what the summary knows.
    @Test func aRecordingByTheMinute() throws {
        var made = SyntheticRun()
        made.isFull = false
        let run = try made.record()
        #expect(try call("first_deleveraging_seconds(venue=x)").seen(run) == .value(33))
        for text in ["deleveraging_fills", "takeover_usd(by=fund, after=12:40Z)"] {
            #expect(try call(text).seen(run).why.contains("--record full"), "\(text)")
        }
        #expect(try call("low_usd(asset=BTC, venue=x)").seen(run).figure == nil)
    }
}

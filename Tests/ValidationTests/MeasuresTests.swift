import Foundation
import Primitives
import Scenarios
import Testing

@testable import Recording
@testable import Validation

/// What a run did not see is not judged.
@Suite("Measures of what was seen")
struct MeasuresTests {
    private static let news: Int64 = 1_760_129_400

    /// A run that falls by 12 % in half an hour and comes back by half in another ten minutes, ended after so many minutes.
    private func run(_ minutes: Int, _ change: (inout MarketSummary) -> Void = { _ in }) -> RunRecord {
        var summary = MarketSummary()
        summary.fallPct = ["BTC": 12, "ETH": 15, "TOTAL3": 25]
        summary.liquidatedLongUsd = 20e9
        summary.liquidatedShortUsd = 2e9
        summary.worst40MinShare = 0.7
        summary.openInterestBeforeUsd = 100e9
        summary.openInterestLowUsd = 70e9
        summary.depth1pctMinShare = 0.05
        summary.lending = [
            "aave": .init(liquidatedUsd: 2e8, badDebtUsd: 1e6, liquidations: 1, borrowers: 1, debtUsd: 1)
        ]
        summary.collateralLowUsd = ["USDE": ["binance-spot": 0.65, "bybit-spot": 0.95]]
        change(&summary)
        let all = (-10..<minutes).map { minute -> (seconds: Int64, usd: Double) in
            let usd =
                minute < 0
                ? 100.0 : minute <= 30 ? 100 - 0.4 * Double(minute) : min(97, 88 + 0.7 * Double(minute - 30))
            return (Self.news + Int64(minute) * 60, usd)
        }
        return RunRecord(
            summary, news: Self.news, end: Self.news + Int64(minutes) * 60, bitcoin: all,
            depth: all.map { ($0.seconds, 1e6) })
    }

    private func row(_ key: String, _ runs: [RunRecord]) throws -> FactRow {
        let facts = Fact.of(scenario: "october-2025").filter { $0.key == key }
        return try #require(FactRow.rows(facts, runs).first)
    }

    /// Depth that was not back when the run ended is a miss once that is beyond the band, and no verdict before.
    @Test(arguments: [(69, nil, "not back when the run ended"), (190, false, ""), (300, false, "")])
    func depthThatIsNotBack(minutes: Int, inside: Bool?, why: String) throws {
        let row = try row("depth_half_back_hours", [run(minutes)])
        #expect(row.inside == inside)
        #expect(row.reason?.contains(why) ?? why.isEmpty, "\(row.verdict)")
    }

    @Test func depthThatIsBackOrNeverFell() throws {
        let back = SimTime(seconds: Self.news + 5400).description
        #expect(try row("depth_half_back_hours", [run(180) { $0.depthHalfBackUtc = back }]).inside == true)
        let calm = try row(
            "depth_half_back_hours",
            [
                run(180) {
                    $0.depthHalfBackUtc = back
                    $0.depth1pctMinShare = 0.9
                }
            ])
        #expect(calm.inside == nil && calm.reason == "depth did not fall below half")
    }

    /// In a run that ended while prices fell, the last minute is no trough.
    @Test func aTroughMustBeSeenAsOne() throws {
        for key in ["btc_trough_minutes", "btc_cliff_minutes", "btc_half_regained_minutes"] {
            let row = try row(key, [run(25)])
            #expect(row.inside == nil, "\(key)")
            #expect(row.reason == "the run ended in Bitcoin's lowest minute", "\(key)")
        }
        #expect(try row("btc_trough_minutes", [run(70)]).inside == true)
        #expect(try row("btc_half_regained_minutes", [run(70)]).simulatedMedian == 9)
        #expect(
            try row("btc_half_regained_minutes", [run(36)]).reason?.hasPrefix("not regained when") == true)
    }

    @Test(arguments: [
        "btc_fall_pct", "eth_fall_pct", "long_share", "lending_bad_debt_m", "depth_low_share",
        "usde_cheapest_usd", "liquidated_bn", "open_interest_fall_pct", "fund_draw_m",
    ])
    func aRunThatEndsEarlyIsShownAndNotJudged(key: String) throws {
        let early = try row(key, [run(30)])
        #expect(
            early.inside == nil && early.verdict.hasPrefix("not judged: the run ended 30 min"),
            "\(early.verdict)")
        #expect(early.simulatedMedian != nil)
        let late = try row(key, [run(70)])
        #expect(late.inside != nil, "\(late.verdict)")
        #expect(try row(key, [run(-5)]).reason == "the run ended before the announcement")
    }

    @Test func whatMustAlwaysHoldIsJudgedAtAnyMoment() {
        let fact = Fact(
            name: "", key: "btc_fall_pct", low: 90, high: 99, unit: "", role: "always", source: "")
        #expect(FactRow.rows([fact], [run(30)])[0].inside == false)
    }

    @Test func theEarlyLowNeedsItsFifteenMinutes() throws {
        #expect(try row("btc_early_low_pct", [run(10)]).inside == nil)
        #expect(try row("btc_early_low_pct", [run(15)]).inside == false)
    }

    @Test func noMidnightNoVerdict() throws {
        let without = try row("btc_regained_midnight_pct", [run(70)])
        #expect(without.inside == nil && without.reason?.contains("midnight") == true)
        #expect(
            try row("btc_regained_midnight_pct", [run(190) { $0.regainedByMidnightPct = ["BTC": 73] }]).inside
                == true)
    }

    @Test func nothingIsNotNought() throws {
        let empty = run(70) {
            $0.liquidatedLongUsd = 0
            $0.liquidatedShortUsd = 0
            $0.worst40MinShare = 0
            $0.lending = [:]
            $0.openInterestBeforeUsd = 0
            $0.fallPct = [:]
        }
        for key in [
            "long_share", "worst_40_min_share", "lending_bad_debt_m", "open_interest_fall_pct",
            "btc_fall_pct",
            "hyperliquid_top_1_pct", "coins_twice_as_far",
        ] {
            let row = try row(key, [empty])
            #expect(
                row.inside == nil && row.simulatedMedian == nil && row.reason != nil, "\(key): \(row.verdict)"
            )
        }
        var blind = run(70)
        blind.depth = []
        #expect(try row("depth_low_share", [blind]).inside == nil)
    }

    /// One run has no interval, and a minority of runs no verdict.
    @Test func intervalsAndMajorities() throws {
        let one = try row("btc_fall_pct", [run(70)])
        #expect(one.simulatedMedian == 12 && one.simulatedP5 == nil && one.simulatedP95 == nil)
        let two = try row("btc_fall_pct", [run(70), run(70) { $0.fallPct["BTC"] = 13 }])
        #expect(two.simulatedP5 != nil && two.inside == true)
        let few = try row("btc_fall_pct", [run(70), run(30), run(30)])
        #expect(few.inside == nil && few.reason?.hasPrefix("told by 1 of 3 runs") == true)
    }

    @Test func theKeysOfARowAreThereWithoutAVerdict() throws {
        let text = try json(row("btc_fall_pct", [run(30)]))
        for key in ["inside", "simulated_p5", "simulated_p95"] {
            #expect(text.contains("\"\(key)\":null"), "\(text)")
        }
        #expect(text.contains("\"reason\":\"the run ended"))
    }

    /// Neither end of a band is one that a run reaches by seeing nothing.
    @Test func bandsHaveTwoHonestEnds() {
        let natural = [
            "zero_sum_micro_usd",  // a ledger is balanced or not
            "depth_low_share",  // books were recorded as empty
        ]
        for fact in Fact.of(scenario: "october-2025") where FactRow.judgedRoles.contains(fact.role) {
            #expect(fact.low > 0 || natural.contains(fact.key), "\(fact.key) is inside at nought")
            #expect(fact.high < 1000, "\(fact.key) has no upper end")
        }
    }

    // MARK: Controls and claims

    @Test func aControlMustHaveSeenAsMuch() {
        let control = ("calm", 0.03, run(30) { $0.liquidatedLongUsd = 1 })
        let short = ControlRow.rows([run(70)], controls: [(name: control.0, most: control.1, run: control.2)])
        #expect(short[0].holds == nil && short[0].found == "it ended before the event's runs")
        let full = ControlRow.rows(
            [run(30)], controls: [(name: control.0, most: control.1, run: control.2)])
        #expect(full[0].holds == false)  // shorts of the control are 2 bn of 22
        let nothing = run(70) { ($0.liquidatedLongUsd, $0.liquidatedShortUsd) = (0, 0) }
        #expect(ControlRow.rows([nothing], controls: [("calm", 0.03, nothing)])[0].holds == nil)
    }

    @Test func claimsOfARunThatEndedEarlyAreNotJudged() {
        #expect(MarketClaims(run(30)).judgements.values.allSatisfy { $0.verdict == nil && !$0.why.isEmpty })
        let late = MarketClaims(run(70)).judgements
        #expect(late["seed.liq.total"]?.verdict != nil)
        #expect(late["seed.quote.kobeissi"]?.verdict == nil)  // no midnight
        #expect(ClaimStatement.all.count == 23)
        for statement in ClaimStatement.all where statement.recorded == nil {
            #expect(late[statement.key] != nil, "\(statement.key)")
        }
    }

    @Test func theRangeOfOneFullScaleRunIsNone() throws {
        let coarse = run(70) { $0.scale = 50 }
        let facts = Fact.of(scenario: "october-2025")
        #expect(throws: InputError.self) { try ScalePage([run(70), coarse], facts) }
        #expect(try ScalePage([run(70), run(70), coarse], facts).rows.isEmpty == false)
    }
}

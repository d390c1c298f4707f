import Primitives
import Testing

@testable import Recording
@testable import Validation

/// What a run did not see is not judged.
@Suite("Measures of what was seen")
struct EarlyEndTests {
    private func run(_ length: Int, _ change: (inout MarketSummary) -> Void = { _ in }) throws -> RunRecord {
        var made = SyntheticRun()
        made.length = length
        change(&made.summary)
        return try made.record()
    }

    private func row(
        _ measure: String, _ runs: [RunRecord], _ band: ClosedRange<Double> = 0...1e12, role: String = "fit"
    ) throws -> FactRow {
        let call = try call(measure)
        let fact = Fact(
            name: "", measure: call, low: band.lowerBound, high: band.upperBound,
            unit: call.measure.unit.name,
            role: role, source: "")
        return try #require(FactRow.rows([fact], runs).first)
    }

    /// Depth that was not back when the run ended is a miss once that is beyond the band, and no verdict before.
    @Test(arguments: [(35, nil, "not back when the run ended"), (50, false, ""), (65, false, "")])
    func depthThatIsNotBack(minutes: Int, inside: Bool?, why: String) throws {
        let row = try row("depth_back_hours(asset=BTC, share=0.9)", [run(minutes)], 0.1...0.75)
        #expect(row.inside == inside)
        #expect(row.reason?.contains(why) ?? why.isEmpty, "\(row.verdict)")
    }

    /// In a run that ended while prices fell, the last minute is no trough.
    @Test(arguments: ["trough_minutes", "cliff_minutes", "regained_minutes"])
    func aTroughMustBeSeenAsOne(name: String) throws {
        let early = try row("\(name)(asset=BTC)", [run(25)])
        #expect(early.inside == nil && early.reason == "the run ended in BTC's lowest minute")
        #expect(try row("\(name)(asset=BTC)", [run(70)]).inside == true)
    }

    @Test func notYetRegained() throws {
        let row = try row("regained_minutes(asset=BTC)", [run(36)])
        #expect(row.reason == "not regained when the run ended, 5.0 min after the trough")
    }

    @Test(arguments: [
        "fall_pct(asset=BTC)", "liquidated_share(side=long)", "lending_bad_debt_usd",
        "lowest_usd(asset=USDX)",
        "liquidated_usd", "open_interest_fall_pct", "fund_paid_usd", "depth_low_share(asset=BTC)",
    ])
    func aRunThatEndsEarlyIsShownAndNotJudged(measure: String) throws {
        let early = try row(measure, [run(30)])
        #expect(
            early.inside == nil && early.verdict.hasPrefix("not judged: the run ended 30 min"),
            "\(early.verdict)")
        #expect(early.simulatedMedian != nil)
        #expect(try row(measure, [run(60)]).inside != nil)
        #expect(try row(measure, [run(-5)]).reason == "the run ended before the announcement")
    }

    /// A fact may say until when a run must have come, and a window that has closed is settled.
    @Test func whatDecidesWhenItIsSeen() throws {
        #expect(try row("fall_pct(asset=BTC, seen=12:35Z)", [run(30)]).inside == true)
        #expect(try row("fall_pct(asset=BTC, seen=12:41Z)", [run(30)]).inside == nil)
        #expect(try row("liquidated_usd(before=12:35Z)", [run(30)]).simulatedMedian == 1e9)
        #expect(try row("liquidated_usd(before=12:35Z)", [run(30)]).inside == true)
        #expect(try row("liquidated_share(before=12:35Z)", [run(30)]).inside == nil)
        #expect(try row("early_fall_pct(asset=BTC, minutes=15)", [run(10)]).inside == nil)
        #expect(try row("early_fall_pct(asset=BTC, minutes=15)", [run(15)]).inside == true)
    }

    /// Of an event without an announcement minutes count from the end of the reference minute; a run to the end of a short
    /// window has seen all there is. The time of news that does not happen is the one inherited.
    @Test(arguments: [
        "fall_pct(asset=BTC)", "liquidated_usd", "depth_low_share(asset=BTC)", "depth_back_hours(asset=BTC)",
        "trough_minutes(asset=BTC)", "early_fall_pct(asset=BTC, minutes=15)",
    ])
    func anEventWithoutAnnouncementIsJudged(measure: String) throws {
        func run(_ length: Int, window: String) throws -> RunRecord {
            var made = SyntheticRun()
            made.length = length
            made.settings["news.time_utc"] = "2026-02-02T12:10:00Z"
            made.settings["news.happens"] = "false"
            made.settings["window.end_utc"] = window
            return try made.record()
        }
        #expect(try row(measure, [run(110, window: "2026-01-02T14:00:00Z")]).inside == true)
        let early = try row("fall_pct(asset=BTC)", [run(30, window: "2026-01-02T14:00:00Z")])
        #expect(early.reason == "the run ended 30 min after the reference minute; 60 are needed")
        #expect(try row("fall_pct(asset=BTC)", [run(45, window: "2026-01-02T12:55:00Z")]).inside == true)
        let none = try row(measure, [run(-5, window: "2026-01-02T14:00:00Z")])
        #expect(none.reason == "the run ended before the reference minute was over")
    }

    /// The moment that a fact names itself comes before any other.
    @Test func seenDecidesBeforeTheAnnouncement() throws {
        #expect(try row("fall_pct(asset=BTC, seen=12:05Z)", [run(-2)]).inside == true)
        #expect(try row("fall_pct(asset=BTC)", [run(-2)]).inside == nil)
    }

    /// The second announcement makes the event last until an hour after it.
    @Test(arguments: [
        (65, "12:30:00", "the run ended 45 min after the last announcement; 60 are needed"),
        (65, "13:30:00", "the run ended before the last announcement"), (80, "12:30:00", nil),
        (65, "15:00:00", nil),
    ])
    func theEventIsOverAfterTheLastAnnouncement(length: Int, again: String, why: String?) throws {
        var made = SyntheticRun()
        made.length = length
        made.settings["news.again_utc"] = "2026-01-02T\(again)Z"
        made.settings["window.end_utc"] = "2026-01-02T14:00:00Z"
        let row = try row("fall_pct(asset=BTC)", [made.record()])
        #expect(row.reason == why && row.inside == (why == nil ? true : nil))
        #expect(try self.row("early_fall_pct(asset=BTC, minutes=15)", [made.record()]).inside == true)
    }

    @Test func whatMustAlwaysHoldIsJudgedAtAnyMoment() throws {
        #expect(try row("fall_pct(asset=BTC)", [run(30)], 90...99, role: "always").inside == false)
    }

    @Test func nothingIsNotNought() throws {
        let empty = try run(70) {
            ($0.liquidatedLongUsd, $0.liquidatedShortUsd, $0.openInterestBeforeUsd) = (0, 0, 0)
            (($0.lending), $0.fallPct, $0.byVenue) = ([:], [:], [:])
            ($0.reportedLongUsd, $0.reportedShortUsd) = (0, 0)
        }
        for measure in [
            "liquidated_share(side=long)", "lending_bad_debt_usd", "open_interest_fall_pct",
            "fall_pct(asset=BTC)", "deleveraged_top_1_pct(venue=x)", "apart_assets",
            "reported_share(side=long)",
        ] {
            let row = try row(measure, [empty])
            #expect(
                row.inside == nil && row.simulatedMedian == nil && row.reason != nil,
                "\(measure): \(row.verdict)")
        }
    }

    /// One run has no interval, and a minority of runs no verdict.
    @Test func intervalsAndMajorities() throws {
        let (full, early) = (try run(70), try run(30))
        let one = try row("fall_pct(asset=BTC)", [full])
        #expect(one.simulatedMedian == 12 && one.simulatedP5 == nil && one.simulatedP95 == nil)
        let two = try row("fall_pct(asset=BTC)", [full, run(70) { $0.fallPct["BTC"] = 13 }])
        #expect(two.simulatedMedian == 12.5 && two.simulatedP5 != nil && two.inside == true)
        let few = try row("fall_pct(asset=BTC)", [full, early, early])
        #expect(few.inside == nil && few.reason?.hasPrefix("told by 1 of 3 runs") == true)
    }

    @Test func theKeysOfARowAreThereWithoutAVerdict() throws {
        let text = try json(row("fall_pct(asset=BTC)", [run(30)]))
        for key in ["inside", "simulated_p5", "simulated_p95"] {
            #expect(text.contains("\"\(key)\":null"), "\(text)")
        }
        #expect(text.contains("\"reason\":\"the run ended"))
    }

    /// A band in another unit of the same kind.
    @Test func unitsAreConverted() throws {
        let fact = Fact(
            name: "", measure: try call("depth_back_hours(asset=BTC)"), low: 59, high: 61, unit: "min",
            role: "fit", source: "")
        let row = FactRow(fact, [try fact.seen(run(110))])
        #expect(row.simulatedMedian == 60 && row.inside == true)
        let bn = Fact(
            name: "", measure: try call("liquidated_usd"), low: 9, high: 11, unit: "USD bn", role: "fit",
            source: "")
        #expect(FactRow(bn, [try bn.seen(run(110))]).simulatedMedian == 10)
    }

    /// Ten figures of dollars are no reading; small ones are not nought, and a row of runs has one unit.
    @Test func figuresAreReadInTheUnitOfTheirSize() throws {
        let text = FactRow.text([try row("liquidated_usd", [run(70)], 1.205e9...1.7896e9)])
        #expect(text.contains("1.2 to 1.79") || text.contains("1.21 to 1.79"), "\(text)")
        #expect(text.contains("USD bn") && !text.contains("000000"), "\(text)")
        #expect(
            FactRow.text([try row("price_usd(asset=BTC, at=news)", [run(70)], 5600...5800)]).contains(
                "5600 to 5800"))
        var small = SyntheticRun()
        (small.summary.fundDrawUsd, small.summary.peakMinuteUsd) = (1240, 0)
        let side = SideBySide([try FinishedRun(folder: small.folder())]).text
        #expect(side.contains("funds paid, thousand USD") && side.contains("1.24"), "\(side)")
        #expect(side.contains("longs liquidated, bn USD") && side.contains("peak minute, USD"), "\(side)")
        #expect(rounded(0.00123) == "0.00123" && rounded(0.0) == "0.0" && rounded(12.34) == "12.3")
    }

    @Test func theRangeOfOneFullScaleRunIsNone() throws {
        let coarse = try run(70) { $0.scale = 50 }
        let facts = [
            Fact(
                name: "", measure: try call("fall_pct(asset=BTC)"), low: 9, high: 14, unit: "pct",
                role: "fit",
                source: "")
        ]
        let full = try run(70)
        #expect(throws: InputError.self) { try ScalePage([full, coarse], facts) }
        #expect(try ScalePage([full, full, coarse], facts).rows.isEmpty == false)
    }
}

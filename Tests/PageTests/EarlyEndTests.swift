import Foundation
import Primitives
import Recording
import Testing
import Validation

@testable import Market
@testable import Page

/// A run that ended before the reference minute says so wherever it is read, and shows no fall of nought and no time of 1970.
@Suite("Runs that end early")
struct EarlyEndTests {
    @Test func noFallNoTimeNoMidnight() throws {
        let run = try FinishedRun(folder: RecordedFolder.market)
        let summary = run.summary
        #expect(
            summary.fallPct.isEmpty && summary.fallTimeUtc.isEmpty && summary.regainedByMidnightPct.isEmpty)
        #expect(summary.worstAssets.isEmpty && summary.byVenue.values.allSatisfy(\.fallPct.isEmpty))
        #expect(summary.liquidatedLongUsd > 0)
    }

    @Test func thePageAndTheClaimsSaySo() throws {
        let page = try pageHTML(folder: RecordedFolder.market)
        #expect(page.contains(">BTC</abbr></dt><dd>not seen</dd>") && !page.contains("BTC fell"))
        #expect(!page.contains("1970-01-01"))
        let run = try FinishedRun(folder: RecordedFolder.market)
        let judged = try ClaimPage(run).claims.filter { !$0.verdict.hasPrefix("not judged: ") }
        #expect(judged.count == 9)  // the record alone decides those
        #expect(SideBySide([run]).text.contains("fall of BTC") == false)
    }

    @Test func midnightIsTheFirstAfterTheFall() {
        var fall = MarketMetrics.Fall()
        (fall.reference, fall.low, fall.last) = (100, 80, 95)
        #expect(fall.isSeen && fall.regainedPercent == nil)
        fall.midnight = 90
        #expect(fall.regainedPercent == 50)
        fall.low = .infinity
        #expect(!fall.isSeen && fall.regainedPercent == nil)
    }

    /// A run of many venues beside one of a single venue.
    @Test func manyAndOneSideBySide() throws {
        let runs = try [RecordedFolder.market, RecordedFolder.venue].map { try FinishedRun(folder: $0) }
        let lines = SideBySide(runs).text.split(separator: "\n")
        let longs = try #require(lines.first { $0.hasPrefix("longs liquidated") })
        #expect(!longs.contains("–"))
    }

    @Test func aRunOfAnotherDayHasNoClaims() throws {
        #expect(throws: InputError.self) { try ClaimPage(FinishedRun(folder: RecordedFolder.venue)) }
    }
}

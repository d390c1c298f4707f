import Primitives
import Recording
import Testing

@testable import Market
@testable import undertow

@Suite("Tables of a run")
struct ReportTests {
    private func end(_ record: RecordOutcome?, interrupted: Bool = false) -> RunEnd {
        RunEnd(
            now: SimTime(iso8601: "2025-10-10T20:31:00Z")!,
            planned: SimTime(iso8601: "2025-10-10T22:00:00Z")!,
            isInterrupted: interrupted, record: record)
    }

    @Test func whatWasNotSeenIsSaidAsSuch() {
        var summary = MarketSummary()
        summary.majors = ["BTC", "ETH", "SOL"]
        let text = MarketReport(summary, title: "A title", warning: nil).text
        #expect(text.contains("not seen, not seen, not seen"))
        #expect(!text.contains("1970-01-01"))
    }

    @Test func aRunThatDidNotEndSaysSoFirst() {
        let end = end(nil, interrupted: true)
        let market = MarketReport(MarketSummary(), title: "A title", warning: end.warning)
        for text in [market.text, market.markdown] {
            let top = text.split(separator: "\n").prefix(4).joined(separator: "\n")
            #expect(top.contains("INTERRUPTED at 2025-10-10T20:31:00Z, of a run to 2025-10-10T22:00:00Z"))
        }
        #expect(self.end(nil).warning == nil)
    }

    @Test func aFailedRecordingIsInTheManifest() {
        var record = RecordOutcome(failure: "database or disk is full")
        record.writtenUntil = SimTime(iso8601: "2025-10-10T20:29:07Z")
        let end = end(record, interrupted: true)
        var manifest = Manifest()
        end.complete(&manifest)
        #expect(manifest.status == .failed)
        #expect(manifest.recordedUntilUtc == "2025-10-10T20:29:07Z")
        #expect(manifest.simulatedUntilUtc == "2025-10-10T20:31:00Z")
        #expect(
            manifest.completeness.hasPrefix(
                "recording failed after 2025-10-10T20:29:07Z: database or disk is full"))
        #expect(end.warning?.hasPrefix("STOPPED at 2025-10-10T20:31:00Z") == true)
    }

    @Test func theAnswerOfFragilityIsShown() {
        var summary = MarketSummary()
        summary.fragility = [
            "btc_fall_pct_at_start": 12.5, "btc_fall_pct_at_low": 7.25, "btc_fall_pct_at_end": 3,
            "total3_fall_pct_at_start": 40, "total3_fall_pct_at_low": 30, "total3_fall_pct_at_end": 20,
        ]
        let report = MarketReport(summary, title: "", warning: nil)
        for text in [report.text, report.markdown] { #expect(text.contains("12.50 %, 7.25 %, 3.00 %")) }
        summary.fragility = [:]
        #expect(!MarketReport(summary, title: "", warning: nil).text.contains("same announcement"))
    }
}

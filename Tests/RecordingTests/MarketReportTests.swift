import Recording
import Testing

@Suite("The table of a run")
struct MarketReportTests {
    @Test func whatWasNotSeenIsSaidAsSuch() {
        var summary = MarketSummary()
        summary.majors = ["BTC", "ETH", "SOL"]
        let text = MarketReport(summary, title: "A title", warning: nil).text
        #expect(text.contains("not seen, not seen, not seen"))
        #expect(!text.contains("1970-01-01"))
    }

    @Test func aWarningStandsAboveTheFigures() {
        let report = MarketReport(MarketSummary(), title: "A title", warning: "INTERRUPTED at noon")
        for text in [report.text, report.markdown] {
            #expect(
                text.split(separator: "\n").prefix(4).joined(separator: "\n").contains("INTERRUPTED at noon"))
        }
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

    /// A row a venue in its own units, in the text and the page alike.
    @Test func venuesAreRows() throws {
        var summary = MarketSummary()
        var venue = MarketVenueResult()
        venue.liquidatedLongUsd = 2.5e9
        venue.openInterestBeforeUsd = 40.25e9
        venue.fallPct = ["BTC": 12.34, "ETH": 20, "XRP": 50]
        summary.byVenue = ["okx": venue]
        summary.majors = ["BTC", "ETH"]
        let report = MarketReport(summary, title: "", warning: nil)
        #expect(report.venueRows == [["okx", "2.500", "0", "0", "40.250", "0", "0", "12.3", "20.0"]])
        #expect(report.venueRows[0].count == report.venueHeader.count)
        #expect(report.markdown.contains("| okx | 2.500 | 0 |"))
    }
}

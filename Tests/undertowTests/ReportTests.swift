import Primitives
import Recording
import Testing

@testable import Market
@testable import undertow

@Suite("Tables of a run")
struct ReportTests {
    @Test func whatWasNotSeenIsSaidAsSuch() {
        let one = Report(RunSummary(), minutes: [], title: "A title", warning: nil).text
        #expect(one.contains("not seen: the run ended before the reference minute"))
    }

    /// A part of the night is not judged against all of it.
    @Test(arguments: [("2025-10-10T21:00:00Z", false), ("2025-10-10T22:00:00Z", true)])
    func onlyWhatWasSeenIsJudged(end: String, isJudged: Bool) {
        var summary = RunSummary()
        summary.scenario = "october-2025-btc"
        summary.comparable["deleveraging_fills"] = 0
        let last = SeriesRow(time: SimTime(iso8601: end)!, market: 0)
        let facts = Report(summary, minutes: [last], title: "", warning: nil).markdown
        #expect(facts.contains("the run ended before 2025-10-10T21:27:00Z") == !isJudged)
    }

    @Test func aRunThatDidNotEndSaysSoFirst() {
        let one = Report(RunSummary(), minutes: [], title: "A title", warning: "INTERRUPTED at noon")
        for text in [one.text, one.markdown] {
            let top = text.split(separator: "\n").prefix(4).joined(separator: "\n")
            #expect(top.contains("INTERRUPTED at noon"))
        }
    }
}

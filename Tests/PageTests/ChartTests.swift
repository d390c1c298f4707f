import Foundation
import Primitives
import Testing

@testable import Page

@Suite("Charts")
struct ChartTests {
    @Test(arguments: [
        (0.0, 100.0, [0.0, 20, 40, 60, 80, 100]), (-12.0, 3.0, [-10.0, -5, 0]),
        (0.0, 0.9, [0.0, 0.2, 0.4, 0.6, 0.8]),
    ])
    func ticksAreRoundNumbersInside(low: Double, high: Double, expected: [Double]) {
        let ticks = Chart.ticks(low, high, about: 5)
        #expect(ticks.count == expected.count)
        #expect(zip(ticks, expected).allSatisfy { abs($0 - $1) < 1e-9 })
    }

    @Test(arguments: [
        (0.0, "0"), (7.0, "7"), (-12.34, "-12.3"), (1234.0, "1.23 k"), (2.5e9, "2.50 bn"), (0.123, "0.12"),
    ])
    func numbersAreShort(value: Double, expected: String) { #expect(shortFigure(value) == expected) }

    private func chart(_ series: [Chart.Series], _ style: Chart.Style) -> Chart {
        Chart(title: "a < b", unit: "USD", times: [0, 60, 120], series: series, style: style)
    }

    @Test func aGapBreaksTheLine() {
        let html = chart([.init(name: "x", values: [1, nil, 2], color: "#000")], .lines).html().text
        #expect(html.components(separatedBy: "M").count == 3)
        #expect(!html.contains("L4"))
    }

    @Test func barsStackToTheirSum() {
        let one = chart(
            [
                .init(name: "x", values: [1, 2, 3], color: "#000"),
                .init(name: "y", values: [1, 4, nil], color: "#111"),
            ], .bars)
        #expect(one.bounds.high == 6)
        #expect(one.html().text.components(separatedBy: "<rect x").count == 6)
    }

    @Test func namesAreEscaped() {
        let html = chart([.init(name: "\"<script>", values: [1, 2, 3], color: "#000")], .lines).html().text
        #expect(!html.contains("<script"))
        #expect(html.contains("a &lt; b"))
    }

    @Test func countsAreGrouped() {
        #expect(PageFrame.count(1_234_567) == "1\u{202f}234\u{202f}567")
        #expect(PageFrame.count(12) == "12")
    }
}

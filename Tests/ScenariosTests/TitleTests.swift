import Foundation
import Primitives
import Testing

@testable import Scenarios

@Suite struct TitleTests {
    /// Scenario, changes, --until, --index-path; what the title then is.
    static let titles: [(String, [String], String?, String?, String)] = [
        ("october-2025", [], nil, nil, "The whole market, 10-11 October 2025, 24 hours from 20:00 UTC"),
        (
            "october-2025", [], "2025-10-11T20:00:00Z", nil,
            "The whole market, 10-11 October 2025, 24 hours from 20:00 UTC"
        ),
        (
            "october-2025", [], "2025-10-10T22:00:00Z", nil,
            "The market of october-2025, 10 October 2025, 20:00 to 22:00 UTC"
        ),
        (
            "october-2025", ["news.happens=false"], nil, nil,
            "The market of october-2025, no announcement, 10 October 2025 20:00 to 11 October 2025 20:00 UTC, with news.happens=false"
        ),
        (
            "october-2025-btc", [], nil, nil,
            "BTC perpetual on Hyperliquid, 10 October 2025, 20:00 to 23:00 UTC"
        ),
        (
            "october-2025-btc", ["venues.hyperliquid.rulebook=binance"], nil, nil,
            "BTC perpetual on hyperliquid under the rulebook binance, recorded index, 10 October 2025, 20:00 to 23:00 UTC, with venues.hyperliquid.rulebook=binance"
        ),
        (
            "october-2025-btc", [], nil, "/data/another-night.csv.gz",
            "BTC perpetual on hyperliquid, index of another-night.csv.gz, 10 October 2025, 20:00 to 23:00 UTC"
        ),
        (
            "october-2025-btc", ["venues.rules_day=2025-01-01"], "2025-10-10T20:30:30Z", nil,
            "BTC perpetual on hyperliquid under the rules of 2025-01-01, recorded index, 10 October 2025, 20:00 to 20:30:30 UTC, with venues.rules_day=2025-01-01"
        ),
        (
            "textbook-waterfall", ["index.shock_pct=0"], nil, nil,
            "BTC perpetual on textbook, modelled index, 1 January 2025, 00:00 to 01:00 UTC, with index.shock_pct=0"
        ),
        ("october-2025-btc", ["title=My night"], nil, nil, "My night"),
    ]

    @Test(arguments: titles.indices)
    func isTrueOfTheRun(_ i: Int) throws {
        let (name, changes, until, index, expected) = Self.titles[i]
        let scenario = try Scenario(ScenarioFile(named: name, overrides: changes))
        let title = scenario.title(until: until.flatMap { SimTime(iso8601: $0) }, indexPath: index)
        expect(title == expected, title)
    }

    /// A file that goes on from a built-in one without a title of its own is not what that title says.
    @Test func ofAFileWithoutOne() throws {
        let path = NSTemporaryDirectory() + "title-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "extends: october-2025-btc\nscenario: mine\nvenues:\n  hyperliquid:\n    rulebook: okx\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        let title = try Scenario(ScenarioFile(named: path)).title()
        expect(title.hasPrefix("BTC perpetual on hyperliquid under the rulebook okx,"), title)
    }

    /// What has not come to pass by the end of a run was no input of it.
    @Test func anAnnouncementAfterTheEnd() throws {
        let scenario = try Scenario(ScenarioFile(named: "october-2025"))
        let early = scenario.imposedRows(until: SimTime(iso8601: "2025-10-10T20:30:00Z")!)
        expect(early.contains { $0.contains("does not have it") })
        let whole = scenario.imposedRows(until: scenario.end)
        expect(whole.contains { $0.contains("fundamentals of Bitcoin -2") }, whole.joined(separator: "; "))
    }
}

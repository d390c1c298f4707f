import Analysis
import Foundation
import GRDB
import Primitives
import Recording
import Running
import Testing

@Suite("Stories of a recorded run")
struct ToldStoryTests {
    @Test func theLargestAreListedAndCanBeTold() throws {
        let list = try StoryList(folder: SmallRun.folder, most: 3)
        #expect(list.liquidated.count == 3)
        #expect(list.liquidated.map(\.usd) == list.liquidated.map(\.usd).sorted(by: >))
        let all = try StoryList(folder: SmallRun.folder, most: 100_000)
        #expect(Array(all.liquidated.prefix(3).map(\.account)) == list.liquidated.map(\.account))
        // Every dollar of the recording's closings is some account's.
        let largest = try #require(list.liquidated.first)
        #expect(list.text.contains("--account \(largest.account)   "))
        var steps = 0.0
        let story = try ToldStory(
            SmallRun.run, folder: "a folder", account: largest.account, RunWatch(onStep: { steps = $0 }))
        #expect(steps == 180)
        #expect(
            story.run == "a folder"
                && largest.account == "\(story.venue):\(story.account.split(separator: ":")[1])")
        #expect(story.steps.first?.what.hasPrefix("starts with cash") == true)
        #expect(
            story.steps.contains { $0.what.contains("closed by the venue") || $0.what.contains("taken over") }
        )
        #expect(!story.rules.isEmpty && story.text.contains("Rules applied"))
    }

    @Test(arguments: [
        ("nowhere:3", "VENUE:NUMBER"), ("hyperliquid:99999999", "a number from 0 to"), ("7", "VENUE:NUMBER"),
    ])
    func whoIsNotThereIsRefused(account: String, allowed: String) {
        #expect {
            try ToldStory(SmallRun.run, folder: "", account: account)
        } throws: { error in
            (error as? InputError)?.allowed.contains(allowed) == true
        }
    }

    @Test func halfAStoryIsNone() {
        #expect(throws: CancellationError.self) {
            try ToldStory(
                SmallRun.run, folder: "", account: "hyperliquid:1", RunWatch(isInterrupted: { true }))
        }
    }

    /// The houses' own accounts, which take positions over, are nobody's story.
    @Test func housesAreLeftOut() throws {
        let list = try StoryList(folder: SmallRun.folder, most: 100_000)
        let houses = try DatabaseQueue(path: SmallRun.folder + "/run.sqlite").read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT venue || ':' || counterparty FROM events JOIN venues ON venues.id = venue_id
                    JOIN stages ON stages.id = stage_id
                    WHERE settlement = 'USD' AND stage IN ('vault takeover', 'fund takeover') AND counterparty IS NOT NULL
                    """)
        }
        #expect(!houses.isEmpty)
        let told = Set((list.liquidated + list.deleveraged).map(\.account))
        for house in houses { #expect(!told.contains(house), "\(house)") }
    }
}

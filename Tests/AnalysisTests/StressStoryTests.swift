import Analysis
import Desk
import Foundation
import Primitives
import Stress
import Testing

@Suite("Stories of a stress test")
struct StressStoryTests {
    /// Two longs of one coin at 100, with 10 and 40; a fund of 5; maintenance 2 %.
    private func book() throws -> StressedBook {
        let path = FileManager.default.temporaryDirectory.path + "/story-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (name, text) in [
            (
                "accounts",
                "account,venue,margin_mode,collateral_asset,collateral_amount\na,own,cross,USD,10\nb,own,cross,USD,40\n"
            ),
            (
                "positions",
                "account,venue,symbol,side,size,entry_price\na,own,BTC-PERP,long,1,100\nb,own,BTC-PERP,long,1,100\n"
            ),
            ("markets", "venue,symbol,mark_price\nown,BTC-PERP,100\n"),
            ("tiers", "venue,symbol,min_notional,maintenance_rate\nown,BTC-PERP,0,0.02\n"),
            ("funds", "venue,asset,balance\nown,USD,5\n"),
        ] { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/\(name).csv")) }
        var health = Health()
        let read = try AccountBook(folder: path, health: &health)
        return try StressedBook(read, health: health)
    }

    @Test func oneAccountByHand() throws {
        let book = try book()
        let story = try StressStory(book, account: "a", try Shock("-20", coins: book.coins), impact: .none)
        #expect(
            story.steps.first?.what
                == "cross: equity 10.00 USD before the shock, -10.00 USD at the final marks; maintenance there 1.60 USD: below it"
        )
        #expect(story.text.contains("the long in BTC-PERP closed by the venue in the book: 1 at 80"))
        #expect(story.text.contains("the insurance fund made up 5.00 USD"))
        #expect(story.rules.contains { $0.contains("[C] liquidation") })
        let calm = try StressStory(book, account: "b", try Shock("-20", coins: book.coins), impact: .none)
        #expect(calm.steps.last?.what == "the venue does nothing to it" && calm.rules.isEmpty)
        #expect(throws: InputError.self) {
            try StressStory(book, account: "c", try Shock("-20", coins: book.coins), impact: .none)
        }
    }
}

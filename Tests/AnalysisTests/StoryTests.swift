import Checks
import Clearing
import Foundation
import OrderBook
import Primitives
import Testing
import Venues

@testable import Analysis

@Suite("An account's story")
struct StoryTests {
    private func venue() throws -> Venue {
        var venue = Venue(
            try .named("hyperliquid", assets: ["BTC"]), vaultCapital: Money(usd: 1), at: SimTime(seconds: 0))
        venue.updateOracle(0, 1_000_000, externalPerp: nil)
        for _ in 0..<2 { venue.house.deposit(Money(usd: 1_000_000), to: venue.house.openAccount()) }
        _ = venue.house.configure(venue.house.positionID(1, 0), leverage: 10, isolated: true)
        _ = venue.house.configure(venue.house.positionID(2, 0), leverage: 10, isolated: false)
        return venue
    }

    /// Own stop, funding, fees, the isolated rest at the end; no size with the sign its words say already.
    @Test func tellsWhatTheAccountDidItself() throws {
        var venue = try venue()
        var story = AccountStory(account: 1)
        venue.house.watchedAccount = 1
        _ = venue.submit(0, NewOrder(.buy, Lots(100_000), at: Ticks(1_000_000), account: 2))
        _ = venue.submit(0, NewOrder(.sell, Lots(100_000), at: Ticks(1_000_000), account: 1))
        _ = venue.house.takeAccountNotes()
        story.begin(venue)
        var stop = NewOrder.market(
            .buy, Lots(40_000), account: 1, maxTicks: venue.rulebook.markets[0].spec.maxTicks)
        stop.reduceOnly = true
        _ = venue.submit(0, TriggerOrder(stop, when: .mark, .rising, to: Ticks(1_020_000)))
        _ = venue.submit(0, NewOrder(.sell, Lots(40_000), at: Ticks(1_030_000), account: 2))
        venue.house.setMark(0, Ticks(1_021_000))
        venue.fireTriggers()
        venue.house.settleFunding(0, rate: Rate(basisPoints: 1), at: Ticks(1_000_000))
        story.see(&venue)
        story.end(venue)
        let told = story.lines.map(\.what)
        try #require(told.count == 7, "\(told)")
        #expect(told[1].hasPrefix("short 1 coins of BTC"), "\(told)")
        #expect(
            told[2].hasPrefix("own stop reached: mark 102100, set at 102000; order to buy 0.4 coins"),
            "\(told)")
        #expect(
            told[3].hasPrefix(
                "own order filled: bought 0.4 coins of BTC at 103000, fee 18.54 USD; loss against cost"),
            "\(told)")
        #expect(told[4].hasPrefix("funding of BTC received: 6.00 USD, rate 0.01000 %"), "\(told)")
        #expect(told[5].hasPrefix("ends with cash"), "\(told)")
        #expect(told[6].hasPrefix("short 0.6 coins of BTC") && told[6].contains("isolated with"), "\(told)")
        for line in told { #expect(!line.contains("short -") && !line.contains(": -"), "\(line)") }
    }

    /// Of a coin-margined venue: amounts in the coin, sizes in contracts of a hundred dollars.
    @Test func tellsACoinMarginedOneInItsCoin() throws {
        let rulebook = try Rulebook.named(
            "binance-coinm", assets: ["BTC"], overrides: [("settlement", "BTC")])
        let unit = rulebook.markets[0].spec.unit
        let mark = unit.nearestTick(100_000)
        var venue = Venue(rulebook, fundCapital: Money(micros: 1), at: SimTime(seconds: 0))
        venue.updateOracle(0, Double(mark.count), externalPerp: nil)
        let accounts = (0..<2).map { _ in venue.house.openAccount() }
        for account in accounts {
            venue.house.deposit(Money(micros: rulebook.settlement.unitsPerOne), to: account)
        }
        var story = AccountStory(account: accounts[1])
        venue.house.watchedAccount = accounts[1]
        story.begin(venue)
        _ = venue.submit(0, NewOrder(.buy, Lots(100), at: mark, account: accounts[0]))
        _ = venue.submit(0, NewOrder(.sell, Lots(100), at: mark, account: accounts[1]))
        story.see(&venue)
        story.end(venue)
        let told = story.lines.map(\.what)
        try #require(told.count == 4, "\(told)")
        #expect(told[0].hasPrefix("starts with cash 1 BTC; cross margin: equity 1 BTC"), "\(told)")
        #expect(told[1] == "own order filled: sold 100 contracts of BTC at 100000, fee 5e-05 BTC", "\(told)")
        #expect(told[2].hasPrefix("ends with cash 0.99995 BTC; cross margin: equity 0.99995 BTC"), "\(told)")
        #expect(told[2].contains("notional 0.1 BTC"), "\(told)")
    }

    /// Below maintenance for a moment in which the venue could do nothing: it was not "in liquidation".
    @Test func whoWasNeverInLiquidationIsNotOutOfIt() throws {
        var venue = try venue()
        var story = AccountStory(account: 1)
        venue.house.watchedAccount = 1
        _ = venue.submit(0, NewOrder(.buy, Lots(100_000), at: Ticks(1_000_000), account: 2))
        _ = venue.submit(0, NewOrder(.sell, Lots(100_000), at: Ticks(1_000_000), account: 1))
        story.see(&venue)
        for mark in [Ticks(1_088_000), Ticks(1_050_000)] {
            venue.house.setMark(0, mark)
            venue.liquidateFailing()
            story.see(&venue)
        }
        let told = story.lines.map(\.what).filter { $0.contains("margin again") }
        #expect(told.count == 1, "\(story.lines.map(\.what))")
        #expect(
            told.first?.hasPrefix("below maintenance for a while, enough margin again before the venue acted")
                == true)
    }
}

import Checks
import Clearing
import Market
import Primitives
import Testing
import Venues

@Suite("What deleveraged winners forgo") struct ForgoneTests {
    /// A winner who was short, closed at 101,000 with the mark at 98,000, against the same ledger closed at the mark.
    @Test(arguments: ["binance", "binance-coinm"])
    func isWhatTheMarkWouldHaveGivenMore(_ name: String) throws {
        let rulebook = try Rulebook.named(
            name, assets: ["BTC"], overrides: name == "binance" ? [] : [("settlement", "BTC")])
        let unit = rulebook.markets[0].spec.unit
        let lots = unit.lots(worth: 1_000_000, at: unit.nearestTick(100_000))
        func profit(closedAt usd: Double) -> Money {
            var venue = Venue(rulebook, fundCapital: Money(micros: 1), at: SimTime(seconds: 0))
            let winner = venue.house.openAccount()
            let p = venue.house.positionID(winner, 0)
            venue.house.book(p, -lots, at: unit.nearestTick(100_000))
            return venue.house.book(p, lots, at: unit.nearestTick(usd))
        }
        var event = ClearingEvent(.deleveraging, at: SimTime(seconds: 0), account: 0)
        (event.market, event.lots, event.price) = (0, -lots, unit.nearestTick(101_000))
        event.amount = unit.notional(event.lots, at: event.price)
        let forgone = MarketMetrics.forgone(event, at: unit.nearestTick(98_000), unit)
        #expect(forgone == profit(closedAt: 98_000) - profit(closedAt: 101_000))
        let usd = rulebook.settlement.amount(forgone) * (name == "binance" ? 1 : 98_000)
        #expect(abs(usd - 30_000) < 1_000, "\(usd)")
    }
}

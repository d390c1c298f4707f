import Checks
import Clearing
import OrderBook
import Primitives
import Testing

@testable import Venues

/// Prices that should not happen: what each venue does is defined, and the ledger stays exact.
@Suite struct ExtremePriceTests {
    @Test(arguments: Rulebook.builtInNames) func zeroMillionfoldAndBack(_ name: String) throws {
        var walk = WaterfallWalk(try .named(name, assets: ["BTC"]), equity: 40_000)
        let start = walk.venue.oracle(0)
        for price in [start, 0, -5, start * 1e6, .infinity, start, 1, start] {
            walk.venue.house.now = walk.venue.house.now.adding(seconds: 3)
            walk.venue.updateOracle(0, price, externalPerp: price)
            walk.venue.sampleFunding(0)
            walk.venue.settleFunding(0)
            walk.venue.liquidateFailing()
            let text = VenueCheckers.check(&walk.venue)
            expect(text == nil, "\(name) at \(price): \(text ?? "")")
            // A price that cannot be quoted leaves the mark at the nearest that can.
            let mark = walk.venue.house.mark(0).count
            expect(mark >= 1 && mark <= walk.venue.rulebook.markets[0].spec.maxTicks)
        }
    }

    /// An index whose sources all stop keeps its last value; one that is off is left out or clamped.
    @Test func sourcesThatStop() throws {
        func price(_ name: String, _ sources: [(Double, Double)]) throws -> Double? {
            try Rulebook.named(name, assets: ["BTC"]).index.price(
                sources.map { IndexSource(price: $0.0, weight: 1, silentSeconds: $0.1) })
        }
        // Binance: one of four is 10 % off and silent ones do not count.
        expect(try price("binance", [(100, 0), (101, 0), (99, 0), (110, 0)]) == 100)
        // More than one: the median.
        expect(try price("binance", [(90, 0), (99, 0), (100, 0), (100.4, 0), (120, 0)]) == 100)
        expect(try price("binance", [(100, 0), (90, 11)]) == 100)
        expect(try price("binance", [(100, 11), (90, 11)]) == nil)
        // OKX clamps to 2 % of the median; two count equally.
        expect(abs(try price("okx", [(100, 0), (100, 0), (110, 0)])! - (100 + 100 + 102) / 3) < 1e-9)
        expect(try price("okx", [(100, 0), (110, 0)]) == 105)
        expect(try price("okx", [(100, 0)]) == 100)
        // Hyperliquid: a weighted median does not move with one source.
        expect(try price("hyperliquid", [(100, 0), (101, 0), (1e6, 0)]) == 101)
        expect(try price("dydx", [(0, 0), (.nan, 0)]) == nil)
        expect(try price("dydx", [(100, 0), (110, 0)]) == 105)
        var walk = WaterfallWalk(try .named("binance", assets: ["BTC"]), equity: 40_000)
        let before = walk.venue.house.mark(0)
        walk.venue.updateIndex(
            0, [IndexSource(price: 500_000, weight: 1, silentSeconds: 60)], externalPerp: nil)
        expect(walk.venue.house.mark(0) == before)
    }

    @Test func collateralAtTheVenuesOwnBook() throws {
        for (choice, cash) in [("own_book", true), ("index", false)] {
            var venue = Venue(
                try .named("binance", assets: ["BTC"], overrides: [("collateral_price", choice)]),
                fundCapital: Money(usd: 1_000_000), at: SimTime(seconds: 0))
            venue.updateOracle(0, 1_000_000, externalPerp: nil)
            let asset = venue.rulebook.collateral.firstIndex { $0.spec.name == "USDe" }!
            let market = Int32(venue.rulebook.markets.count + asset)
            venue.updateCollateral(asset, index: 10_000, ownBook: 10_000)
            let dealer = venue.house.openAccount()
            venue.house.deposit(Money(usd: 10_000_000), to: dealer)
            let trader = venue.house.openAccount()
            // 100,000 USDe carry ten BTC; 1 % haircut.
            venue.house.depositCollateral(market, Lots(Int64(10_000_000)), to: trader)
            _ = venue.seedPosition(
                dealer, 0, Lots(-10_000), entry: Ticks(1_000_000), leverage: 20, isolated: false)
            _ = venue.seedPosition(
                trader, 0, Lots(10_000), entry: Ticks(1_000_000), leverage: 20, isolated: false)
            expect(venue.house.margin(.cross(trader)).equity == Money(usd: 99_000))
            // On 10 October 2025 USDe printed 0.65 at Binance and stayed at par elsewhere.
            venue.house.setMark(0, Ticks(920_000))
            venue.updateCollateral(asset, index: 9990, ownBook: 6500)
            venue.liquidateFailing()
            expect(venue.house.zeroSum().holds)
            let isLiquidated = venue.house.events.elements.contains {
                $0.kind == .fundTakeover || $0.kind == .deleveraging
            }
            expect(isLiquidated == cash, "\(choice)")
        }
    }

    /// The public feed reports what it shows, not what happened.
    @Test func throttledFeedsUndercount() {
        func reported(_ selector: LiquidationFeedRule.Selector) -> Double {
            var feed = LiquidationFeed(LiquidationFeedRule(selector: selector, windowSeconds: 1), markets: 1)
            for (ms, usd) in [(0, 10), (300, 50), (900, 20), (1000, 5), (1500, 1)] as [(Int64, Int64)] {
                feed.liquidated(
                    market: 0, isLong: true, value: Money(usd: usd), at: SimTime(milliseconds: ms))
            }
            feed.flush()
            return feed.reportedLong.dollars
        }
        expect(reported(.all) == 86)
        expect(reported(.latest) == 21)
        expect(reported(.largest) == 55)
        expect(reported(.none) == 0)
    }
}

import Desk
import Foundation
import Primitives
import Testing

@testable import Stress

/// Grid, reverse by depth, betas, concentration, margin period and what to change: small enough to check by hand.
@Suite("What breaks a book, and what to change")
struct WhatToChangeTests {
    private func book(_ tables: [String: String] = threeLongs) throws -> StressedBook {
        try StressedBook(try writtenBook(tables), health: Health())
    }

    private func path(_ factors: [Double], everySeconds step: Int64 = 3600) -> StressPath {
        StressPath(
            name: "p",
            prices: [
                "BTC": factors.enumerated().map { (SimTime(seconds: Int64($0.offset) * step), $0.element) }
            ])!
    }

    @Test func thinnerBooksBreakSooner() throws {
        let book = try book()
        let impact = try Impact("linear:1000", book: book.book)
        let shock = try Shock("-9", coins: book.coins)
        // a is sold, 100 dollars at the book's mark: 100 / 1000 of a fall in logarithms; at half the depth twice that.
        let whole = book.outcome(shock, impact: impact)
        #expect(
            whole.accountsLiquidated == 1 && abs(whole.fallPct["BTC"]! - (1 - 0.91 * exp(-0.1)) * 100) < 1e-9)
        let half = book.outcome(shock, impact: impact.thinned(by: 50))
        // At 0.91 × e^-0.2 = 0.745 b fails, too: 0.4 of a fall take it to 0.61, where c fails: 0.6, to 0.4994.
        #expect(
            half.accountsLiquidated == 3 && abs(half.fallPct["BTC"]! - (1 - 0.91 * exp(-0.6)) * 100) < 1e-9)
        let grid = try StressGrid(book, shocks: [shock], impact: impact)
        #expect(
            grid.cells.map(\.depthLossPct) == [0, 25, 50, 75, 90]
                && grid.cells.map(\.accountsLiquidated) == [1, 2, 3, 3, 3])
    }

    @Test func reverseByLossOfDepth() throws {
        let book = try book()
        let impact = try Impact("linear:1000", book: book.book)
        let found = try book.reverse(
            "accounts_liquidated", limit: 2, impact: impact, at: try Shock("-9", coins: book.coins))
        // b fails below 0.81633: 0.91 × e^-(0.1 / left) < 0.81633, left < 0.9205: a loss of 8 % is the first whole one.
        #expect(found.depthLossPct == 8 && found.depthLossAt == "-9")
        #expect(found.pair != nil && found.pair!.movePct > found.fallPct!)
        #expect(try book.reverse("accounts_liquidated", limit: 2, impact: .none).depthLossAt == nil)
    }

    @Test func aLimitOfNothingTakesSomething() throws {
        // 45 of collateral and fund of a and b: bad debt begins where 2 × fall is above 45.
        let found = try book().reverse("bad_debt_usd", limit: 0, impact: .none)
        #expect(found.fallPct == -22.51 && found.risePct == nil)
    }

    @Test func refillIsMoreDepth() throws {
        var tables = threeLongs
        tables["depth.csv"] = "venue,symbol,side,price,size\nown,BTC-PERP,bid,99,1\nown,BTC-PERP,bid,90,9\n"
        let book = try writtenBook(tables)
        guard case .book(let curves) = try Impact("book:0.5,2", book: book) else {
            return #expect(Bool(false))
        }
        #expect(curves["BTC"]!.bids.levels.map(\.usd) == [200, 2000])
        for text in ["book:1", "book:-1,2", "book:x,2", "book:1,2,3"] {
            #expect(throws: InputError.self) { try Impact(text, book: book) }
        }
    }

    @Test func betasOfWhatFollowsTwice() throws {
        let x = [1.0, 1.01, 0.99, 1.02, 1.0, 0.97, 0.98, 1.03, 1.01, 1.0, 1.02, 0.99]
        func rows(_ power: Double) -> [(time: SimTime, usd: Double)] {
            x.enumerated().map { (SimTime(seconds: Int64($0.offset) * 3600), pow($0.element, power)) }
        }
        let betas = try Betas(StressPath(name: "c", prices: ["BTC": rows(1), "SOL": rows(2)])!)
        #expect(
            betas.reference == "BTC" && abs(betas.coins["SOL"]!.beta - 2) < 1e-12
                && betas.coins["SOL"]!.rSquared > 0.999_999)
        let shock = betas.follow(try Shock("-10", coins: ["BTC", "SOL", "ETH"]))
        // .9² − 1; ETH has no candles and moves as it was asked.
        #expect(
            abs(shock.move(of: "SOL").double + 19) < 1e-6 && shock.move(of: "ETH") == Exact(-10)
                && shock.name == "-10")
        #expect(
            betas.follow(try Shock("BTC=-10,SOL=-5", coins: ["BTC", "SOL"])).move(of: "SOL") == Exact(-5))
        #expect(throws: InputError.self) { try Betas(StressPath(name: "c", prices: ["BTC": rows(1)])!) }
    }

    @Test func concentrationByHand() throws {
        var tables = threeLongs
        tables["positions.csv"] =
            "account,venue,symbol,side,size,entry_price\na,own,BTC-PERP,long,1,100\nb,own,BTC-PERP,long,3,100\nc,own,BTC-PERP,short,4,100\n"
        let all = Concentration.all(try writtenBook(tables))
        #expect(
            all.map(\.side) == ["long", "short"] && all[0].largestAccount == "b"
                && all[0].largestShare == 0.75)
        #expect(all[0].hhi == 0.625 && all[1].hhi == 1 && all[0].openUsd == 400 && all[0].fiveShare == 1)
    }

    @Test func aMarginPeriodClosesLater() throws {
        var book = try book()
        // a fails at 91, has recovered at 95, fails again at 85: an hour later, at 80, it lacks 10.
        let prices = path([1, 0.91, 0.95, 0.85, 0.80, 0.80])
        let atOnce = book.outcome(along: prices)
        #expect(
            atOnce.outcome.deficitUsd == 0
                && atOnce.stories.first { $0.account == "a" }?.liquidatedUtc == "\(SimTime(seconds: 3600))")
        book.marginPeriod = 3600
        let later = book.outcome(along: prices)
        #expect(
            later.outcome.deficitUsd == 10
                && later.stories.first { $0.account == "a" }?.liquidatedUtc == "\(SimTime(seconds: 4 * 3600))"
        )
    }

    @Test func lossesAfterAPartialClosingAreNoted() throws {
        let book = try book([
            "accounts.csv":
                "account,venue,margin_mode,collateral_asset,collateral_amount\na,hyperliquid,cross,USDC,30000\n",
            "positions.csv": "account,venue,symbol,side,size,entry_price\na,hyperliquid,BTC,long,10,100000\n",
            "markets.csv": "venue,symbol,mark_price\nhyperliquid,BTC,100000\n",
            "funds.csv": "venue,asset,balance\nhyperliquid,USDC,1000000\n",
        ])
        // A fifth is closed at 98,200, where 12,000 less a fee of 88.38 are left; ten seconds later 8 coins lose 8,200 each.
        let outcome = book.outcome(along: path([1, 0.982, 0.90], everySeconds: 10)).outcome
        #expect(abs(outcome.deficitUsd - 53_688.38) < 0.01 && abs(outcome.marginLostUsd - 29_911.62) < 0.01)
    }

    @Test func theFundThatHolds() throws {
        let base = try book()
        let read = base.book
        // At 75 a lacks 15 and b 5: 20 of a fund of 15.
        let paths = [path([1, 0.75])]
        func found(_ lever: Recommendation.Lever) throws -> Recommendation {
            try Recommendation(lever, limit: ("bad_debt_usd", 0), along: paths, base) {
                (change) throws(InputError) in
                try StressedBook(read, health: Health(), change: change)
            }
        }
        let fund = try found(.fund)
        #expect(fund.holdsTodayShare == 0 && fund.holdsInShare == 1)
        #expect(
            fund.multiple! >= 20.0 / 15 && fund.multiple! < 20.0 / 15 * 1.02
                && abs(fund.costUsd! - 15 * (fund.multiple! - 1)) < 1e-6)
        // With positions of c coins: a lacks 25 c − 10, b 25 c − 20 beyond: 50 c − 30 ≤ 15 at c = .9.
        let cap = try found(.openInterest)
        #expect(
            cap.multiple! <= 0.9 && cap.multiple! > 0.9 / 1.02
                && abs(cap.costUsd! - 300 * (1 - cap.multiple!)) < 0.2)
        // Prices jump from 100 to 75: only a table that closes a at once, at 100, leaves b's 5 to the fund.
        let table = try found(.maintenance)
        #expect(table.multiple! > 5 && table.multiple! < 5.1 && table.accountsLiquidatedToday == 1)
    }

    @Test(arguments: ["-99.5", "BTC=-10,BTC=-20", "BTC=-10,XBTUSD=-20"])
    func shocksThatAreRefused(_ text: String) {
        #expect(throws: InputError.self) { try Shock(text, coins: ["BTC"]) }
    }

    @Test func pricesBeyondCountingAreNotAtRest() throws {
        let book = try book()
        let outcome = book.outcome(
            try Shock("-9", coins: book.coins), impact: try Impact("linear:5", book: book.book))
        #expect(!outcome.isAtRest && outcome.fallPct["BTC"]! < 99.01 && outcome.fallPct["BTC"]! > 98.9)
    }
}

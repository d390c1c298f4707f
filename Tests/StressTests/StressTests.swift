import Desk
import Foundation
import Primitives
import Testing

@testable import Stress

/// Books small enough to check by hand.
@Suite("Stress tests")
struct StressTests {
    private func book(_ tables: [String: String]) throws -> StressedBook {
        try StressedBook(try writtenBook(tables), health: Health())
    }

    @Test func threeAccountsByHand() throws {
        let book = try book(threeLongs)
        func at(_ move: String) throws -> StressOutcome { book.outcome(try Shock(move, coins: book.coins)) }
        // At 92 a has 2, needs 1.84; at 91 it has 1 and needs 1.82: liquidated, and 1 is left to it.
        #expect(try at("-8").accountsLiquidated == 0)
        let first = try at("-9")
        #expect(
            first.accountsLiquidated == 1 && first.deficitUsd == 0 && first.liquidatedLongUsd == 91
                && first.marginLostUsd == 9)
        // At 75: a lacks 15, b lacks 5. The fund of 15 pays, 5 are left unpaid; c has 15 and needs 1.5.
        let second = try at("-25")
        #expect(
            second.accountsLiquidated == 2 && second.deficitUsd == 20 && second.cover1Usd == 15
                && second.cover2Usd == 20)
        #expect(
            second.fundDrawUsd == 15 && second.fundLeftUsd == 0 && second.badDebtUsd == 5
                && second.zeroSumMicroUsd == 0)
        #expect(second.largestDeficits.map(\.account) == ["a", "b"] && second.marginLostUsd == 30)
        // Called below 1.25 × maintenance: a at 92 has 2 < 2.3.
        #expect(try at("-8").accountsCalled == 1 && at("-5").accountsCalled == 0)
        #expect(try at("50").accountsLiquidated == 0)
    }

    @Test func reverseByHand() throws {
        let book = try book(threeLongs)
        // The fund is gone where the deficits are 15: a lacks x − 10, b lacks x − 20 beyond 20: 2 x − 30 = 15, x = 22.5.
        let found = try book.reverse("fund_left_usd", limit: 0, impact: .none)
        #expect(found.fallPct == -22.5 && found.risePct == nil && found.atFall == 0)
        // a fails where 110 − 100 (1 − p)… : equity p − 90 < 0.02 p at p < 91.84.
        #expect(try book.reverse("accounts_liquidated", limit: 1, impact: .none).fallPct == -8.17)
    }

    @Test func linearImpactByHand() throws {
        let book = try book(threeLongs)
        // −9 %: a sells 100 dollars (at the book's mark); a depth of 1,000 moves the logarithm by 0.1: 91 × e^−0.1 = 82.34.
        // There b fails (20 − 17.66 = 2.34 > 1.65: it does not). At depth 500: 91 × e^−0.2 = 74.5: b fails, then 91 × e^−0.4 = 61.
        // At 61 c has 1, needs 1.22: fails too, 91 × e^−0.6 = 49.94.
        let mild = book.outcome(
            try Shock("-9", coins: book.coins), impact: try Impact("linear:1000", book: book.book))
        #expect(mild.accountsLiquidated == 1 && abs(mild.fallPct["BTC"]! - (100 - 91 * exp(-0.1))) < 1e-9)
        let deep = book.outcome(
            try Shock("-9", coins: book.coins), impact: try Impact("linear:500", book: book.book))
        #expect(
            deep.accountsLiquidated == 3 && abs(deep.fallPct["BTC"]! - (100 - 91 * exp(-0.6))) < 1e-9
                && deep.isAtRest)
        #expect(deep.zeroSumMicroUsd == 0 && deep.amplification > 6)
    }

    @Test func theMapHasEveryPosition() throws {
        var book = try book(threeLongs)
        let map = book.liquidationMap()
        #expect(map.steps.map(\.movePct) == [-39, -19, -9])
        #expect(map.steps.map(\.notionalUsd) == [100, 100, 100] && map.safeUsd == 0)
    }

    private func path(_ prices: [Double], name: String = "p") throws -> StressPath {
        try #require(
            StressPath(
                name: name,
                prices: ["BTC": prices.enumerated().map { (SimTime(seconds: Int64($0) * 60), $1) }]))
    }

    @Test func aPathByHand() throws {
        let book = try book(threeLongs)
        // 100, 92, 91, 120, 75: a is called at 92 and closed at 91 with 1 left; back at 120 nothing returns; at 75 b lacks 5.
        let (outcome, stories) = book.outcome(along: try path([100, 92, 91, 120, 75]))
        #expect(
            outcome.accountsLiquidated == 2 && outcome.deficitUsd == 5 && outcome.fundLeftUsd == 10
                && outcome.badDebtUsd == 0)
        #expect(
            outcome.marginLostUsd == 9 + 20 && outcome.zeroSumMicroUsd == 0 && outcome.fallPct["BTC"] == 25)
        #expect(stories.map(\.account) == ["a", "b"])
        #expect(
            stories[0].calledUtc == "1970-01-01T00:01:00Z"
                && stories[0].liquidatedUtc == "1970-01-01T00:02:00Z")
        #expect(stories[1].calledUtc == nil && stories[1].liquidatedUtc == "1970-01-01T00:04:00Z")
        // A path of one step is a shock.
        let jump = book.outcome(along: try path([100, 75])).outcome
        let shock = book.outcome(try Shock("-25", coins: book.coins))
        #expect(jump.deficitUsd == shock.deficitUsd && jump.badDebtUsd == shock.badDebtUsd)
    }

    @Test func drawnPathsAreThoseOfTheirSeed() throws {
        let book = try book(threeLongs)
        func history(_ prices: [Double], everySeconds step: Int64 = 3600) throws -> StressPath {
            try #require(
                StressPath(
                    name: "h",
                    prices: [
                        "BTC": prices.enumerated().map {
                            (SimTime(seconds: Int64($0.offset) * step), $0.element)
                        }
                    ]))
        }
        let waves = (0..<400).map { 100 * (1 + 0.1 * sin(Double($0) / 7)) }
        func paths(_ history: StressPath, _ count: Int, _ seed: UInt64) throws -> DrawnPaths {
            try DrawnPaths(history, files: ["h"], paths: count, horizonHours: 48, seed: seed)
        }
        func drawn(_ seed: UInt64) throws -> Bootstrap {
            try Bootstrap(book, try paths(history(waves), 40, seed))
        }
        let (one, again, other) = (try drawn(1), try drawn(1), try drawn(2))
        #expect(one.liquidationsAtRisk95Usd.value == again.liquidationsAtRisk95Usd.value)
        #expect(one.accountsLiquidatedMean.value != other.accountsLiquidatedMean.value)
        #expect(one.deficitShortfall99Usd.value >= one.deficitVar99Usd.value)
        let interval = one.accountsLiquidatedMean
        #expect(interval.low <= interval.value && interval.value <= interval.high)
        // Shares worked out apart, in any order, are the whole; one that is missing or of other paths is refused.
        let drawnPaths = try paths(history(waves), 40, 1)
        let files = try (1...3).reversed().map { k in
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("part-\(UUID()).json")
            let part = try BootstrapPart("\(k)/3", of: drawnPaths, book, threads: 1)
            try JSONEncoder().encode(part).write(to: file)
            return file.path
        }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        let joined = Bootstrap(book, drawnPaths, try BootstrapPart.join(files, of: drawnPaths))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(joined) == encoder.encode(one))
        let other40 = try paths(history(waves), 40, 2)
        for (some, of) in [
            (Array(files.dropLast()), drawnPaths), (files + [files[0]], drawnPaths), (files, other40),
        ] {
            #expect(throws: InputError.self) { try BootstrapPart.join(some, of: of) }
        }
        for text in ["0/3", "4/3", "1/41", "1", "a/b", "1/0"] {
            #expect(throws: InputError.self) {
                try BootstrapPart(text, of: drawnPaths, book, threads: 1)
            }
        }
        // Nothing moves: nobody fails.
        let calm = try Bootstrap(book, try paths(history(Array(repeating: 100, count: 200)), 10, 1))
        #expect(calm.liquidationsAtRisk95Usd.value == 0 && calm.fundGoneShare.value == 0)
        #expect(throws: InputError.self) { try paths(history([1, 2, 3]), 10, 1) }
        // Days are no hours, and no block goes over a gap.
        #expect(throws: InputError.self) { try paths(history(waves, everySeconds: 86_400), 10, 1) }
    }

    @Test func rulesBesideEachOtherByHand() throws {
        let base = try book(threeLongs)
        var tables = threeLongs
        tables["funds.csv"] = "venue,asset,balance\nown,USD,30\n"
        let richer = try book(tables)
        var comparison = BookComparison(book: "three", impact: "none")
        try comparison.add(
            "twice the fund", base: base, changed: richer, shocks: [try Shock("-25", coins: base.coins)],
            impact: .none)
        let row = try #require(comparison.rows.first)
        #expect(row.base.badDebtUsd == 5 && row.changed.badDebtUsd == 0 && row.changed.fundLeftUsd == 10)
        // A larger fund pays the venue's debt; no trader has more or less.
        #expect(row.gained == 0 && row.lost == 0 && comparison.text.contains("bad debt 5 to 0"))
        // Twice the maintenance: at 82 b has 2, enough for 1.64 and not for 3.28.
        tables = threeLongs
        tables["tiers.csv"] = tables["tiers.csv"]!.replacing("0.02", with: "0.04")
        var stricter = BookComparison(book: "three", impact: "none")
        try stricter.add(
            "stricter", base: base, changed: try book(tables), shocks: [try Shock("-18", coins: base.coins)],
            impact: .none)
        #expect(
            stricter.rows[0].base.accountsLiquidated == 1 && stricter.rows[0].changed.accountsLiquidated == 2)
        #expect(stricter.rows[0].gained == 0 && stricter.rows[0].lost == 0)
    }

    /// Margins of an inverse long of 10 contracts of 100 dollars at 50,000 with 0.005 BTC, and of its twin leg.
    @Test func inverseAndHedgedByHand() throws {
        let book = try book([
            "accounts.csv":
                "account,venue,margin_mode,collateral_asset,collateral_amount\ni,own,cross,BTC,0.005\nh,own,cross,USDT,100\n",
            "positions.csv":
                "account,venue,symbol,side,size,entry_price\ni,own,BTCUSD,long,10,50000\nh,own,BTC-PERP,long,1,50000\nh,own,BTC-PERP,short,1,50000\n",
            "markets.csv":
                "venue,symbol,mark_price,contract,contract_size\nown,BTC-PERP,50000,linear,1\nown,BTCUSD,50000,inverse,100\n",
            "tiers.csv":
                "venue,symbol,min_notional,maintenance_rate\nown,BTC-PERP,0,0.0005\nown,BTCUSD,0,0.01\n",
        ])
        var told: [Int: AccountOutcome] = [:]
        _ = book.outcome(try Shock("-20", coins: book.coins)) { told[$0] = $1 }
        // 1000 (1/50000 − 1/40000) = −0.005: nothing is left, 0.01 × 1000 / 40000 is needed.
        let inverse = try #require(told[0])
        #expect(
            abs(inverse.equityUsd) < 1e-6 && abs(inverse.maintenanceUsd - 10) < 1e-6 && inverse.liquidated)
        // The legs cancel: 100 is left; both ask maintenance: 2 × 40000 × 0.0005.
        let hedged = try #require(told[1])
        #expect(hedged.equityUsd == 100 && hedged.maintenanceUsd == 40 && !hedged.liquidated)
    }

    @Test(arguments: [
        ("-100", "from -99"), ("x", "per cent"), ("BTC=", "per cent"), ("BCT=-10", "nearest known: `BTC`"),
        ("-10,,", "per cent"),
    ])
    func shocksThatAreNone(text: String, says: String) throws {
        let error = try #require(
            #expect(throws: InputError.self) { try shocks(text, coins: ["BTC", "ETH"]) })
        #expect(error.description.contains(says), "\(error)")
    }

    @Test func shocksOfCoins() throws {
        let shock = try Shock("BTC=-10,alts=-30", coins: ["BTC", "ETH", "SOL"])
        #expect(["BTC", "ETH", "SOL"].map { shock.move(of: $0).description } == ["-10", "0", "-30"])
        #expect(try shocks("-10,-20", coins: ["BTC"]).map(\.name) == ["-10", "-20"])
    }
}

import Clearing
import Primitives
import Testing

@testable import Venues

/// Each venue's waterfall, one account through every stage in the venue's order.
@Suite struct VenueWaterfallTests {
    private func walk(
        _ name: String, coins: Double = 10, equity: Double, fund: Double = 10_000_000,
        set overrides: [(key: String, text: String)] = [], _ text: String,
        then check: (borrowing WaterfallWalk) -> Void = { _ in }
    ) throws {
        var walk = WaterfallWalk(
            try .named(name, assets: ["BTC"], overrides: overrides), coins: coins, equity: equity, fund: fund)
        let differences = walk.differences(text)
        expect(differences.isEmpty, "\(name):\n\(differences.joined(separator: "\n"))")
        check(walk)
    }

    // 10 BTC: 0.65 % less 1,500; at 96,400 maintenance is 4,766 and 40,000 of equity have become 4,000. The fee of
    // 1.25 % makes every size too small: all that the book takes is sold, the fund takes the rest, then the winners.
    @Test func binance() throws {
        try walk(
            "binance", equity: 40_000,
            """
            offer 1 @ 120,000
            mark 96,750:
            mark 96,550: marginCall marginCall
            bid 2 @ 96,500
            mark 96,400: ordersCancelled partialLiquidation liquidationFee fundTakeover equityTakenOver closedOut
            """
        ) { expect($0.held == 0 && $0.fundHeld == 8) }
        try walk(
            "binance", equity: 40_000, fund: 1,
            """
            bid 2 @ 96,500
            mark 96,400: partialLiquidation liquidationFee deleveraging closedOut
            """
        ) { expect($0.held == 0 && $0.fundHeld == 0) }
        // Without a fee the least that restores margin is sold: 100 BTC need 1.5 %, so a part is enough.
        try walk(
            "binance", coins: 100, equity: 400_000, set: [("liquidation_fee", "0")],
            """
            bid 100 @ 97,000
            mark 96,780: partialLiquidation marginCall marginCall recovered
            """
        ) { expect($0.held > 85 && $0.held < 97) }
    }

    // In the coin: 0.4 BTC less 0.373 at 96,400; 10.37 BTC need 0.0419.
    @Test func binanceCoinMargined() throws {
        try walk(
            "binance-coinm", equity: 40_000,
            """
            offer 1 @ 120,000
            mark 97,000:
            mark 96,650: marginCall
            bid 2 @ 96,500
            mark 96,400: ordersCancelled partialLiquidation liquidationFee fundTakeover equityTakenOver closedOut
            """)
        try walk(
            "binance-coinm", equity: 40_000, fund: 0,
            """
            mark 96,400: deleveraging closedOut
            """)
    }

    // 4,490 on the entry value and 528 to close at bankruptcy. In the second risk limit a whole fill down to 300,000
    // restores; in the first the pool takes over and sells, unless it is empty.
    @Test func bybit() throws {
        try walk(
            "bybit", equity: 40_000,
            """
            offer 1 @ 120,000
            mark 96,700: marginCall
            bid 7 @ 96,500
            mark 96,400: ordersCancelled partialLiquidation recovered
            bid 1 @ 91,500
            mark 92,000: fundTakeover equityTakenOver fullLiquidation closedOut
            """
        ) { expect(abs($0.fundHeld - 2) < 0.2) }
        try walk(
            "bybit", equity: 40_000,
            """
            bid 2 @ 96,500
            mark 96,400: fundTakeover equityTakenOver fullLiquidation closedOut
            """
        ) { expect($0.fundHeld == 8) }
        try walk(
            "bybit", equity: 40_000, fund: 0,
            """
            mark 96,400: deleveraging closedOut
            """)
    }

    @Test func bybitInverse() throws {
        try walk(
            "bybit-inverse", equity: 40_000,
            """
            offer 1 @ 120,000
            mark 97,000:
            mark 96,800: marginCall
            bid 2 @ 96,500
            mark 96,400: ordersCancelled fundTakeover equityTakenOver fullLiquidation closedOut
            """)
        // 400 BTC lie in the third risk limit: 300 and then 150 BTC at a time.
        try walk(
            "bybit-inverse", coins: 400, equity: 2_000_000,
            """
            bid 500 @ 96,500
            mark 95,900: partialLiquidation recovered
            """)
    }

    // 40 basis points of 10 BTC at entry and the fee to close at bankruptcy; the fund takes over and holds. 400 BTC lie in the
    // fourth row: one order to the top of the third, and all of the rest is taken over.
    @Test func bitmex() throws {
        try walk(
            "bitmex", equity: 40_000,
            """
            offer 1 @ 120,000
            mark 97,000:
            mark 96,800: marginCall
            bid 2 @ 96,500
            mark 96,400: ordersCancelled fundTakeover equityTakenOver closedOut
            """
        ) { expect($0.fundHeld == 10) }
        try walk(
            "bitmex", coins: 400, equity: 2_000_000,
            """
            bid 500 @ 96,500
            mark 95,900: partialLiquidation fundTakeover equityTakenOver closedOut
            """)
        try walk(
            "bitmex", equity: 40_000, fund: 0,
            """
            mark 96,400: deleveraging closedOut
            """)
    }

    // 3,000 contracts lie in the third tier: two tiers down, the rest later by the engine.
    @Test func okx() throws {
        try walk(
            "okx", coins: 30, equity: 120_000,
            """
            offer 1 @ 120,000
            mark 97,300: marginCall
            bid 20 @ 97,000
            mark 97,000: ordersCancelled partialLiquidation recovered
            bid 2 @ 94,000
            mark 94,000: fundTakeover equityTakenOver fullLiquidation closedOut
            """
        ) { expect($0.fundHeld == 8) }
        try walk(
            "okx", equity: 40_000, fund: 0,
            """
            mark 96,400: deleveraging closedOut
            """)
    }

    // A tenth of the position or 1,000 dollars per block at the fillable price; below zero the winners.
    @Test func dydx() throws {
        try walk(
            "dydx", equity: 60_000,
            """
            mark 95,300: marginCall marginCall
            bid 2 @ 94,900
            mark 95,000: partialLiquidation fundSettlement
            mark 95,000: partialLiquidation fundSettlement
            mark 95,000: partialLiquidation fundSettlement
            mark 95,000:
            mark 93,900: deleveraging closedOut
            """)
    }

    // Half a coin a second at market; deficits from the fund, then from the winners.
    @Test func deribit() throws {
        try walk(
            "deribit", coins: 1, equity: 6000,
            """
            offer 1 @ 120,000
            mark 95,600: marginCall
            bid 5 @ 95,000
            mark 95,000: ordersCancelled partialLiquidation liquidationFee
            mark 95,000: partialLiquidation liquidationFee closedOut
            """)
        try walk(
            "deribit", coins: 1, equity: 6000,
            """
            bid 5 @ 90,000
            mark 90,000: partialLiquidation
            mark 90,000: partialLiquidation fundPayment closedOut
            mark 90,000:
            """)
        try walk(
            "deribit", coins: 1, equity: 6000, fund: 10,
            """
            bid 5 @ 90,000
            mark 90,000: partialLiquidation
            mark 90,000: partialLiquidation fundPayment closedOut socialisedLoss
            """)
    }

    /// OKX closes the two legs of a hedged contract against each other before anything is sold.
    @Test func okxNetsHedgedLegs() throws {
        var walk = WaterfallWalk(try .named("okx", assets: ["BTC"]), coins: 10, equity: 40_000)
        let house = walk.venue.house.account(walk.long)
        expect(house.cash > .zero)
        let start = Ticks(1_000_000)
        let long = walk.venue.house.positionID(walk.long, 0, .long)
        let short = walk.venue.house.positionID(walk.long, 0, .short)
        walk.venue.house.book(long, walk.lots(4), at: start)
        walk.venue.house.book(short, -walk.lots(4), at: start)
        let differences = walk.differences("mark 96,500: legsNetted marginCall marginCall recovered")
        expect(differences.isEmpty, "\(differences)")
        expect(
            walk.venue.house.position(long).lots == .zero && walk.venue.house.position(short).lots == .zero)
    }
}

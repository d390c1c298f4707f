import Checks
import Clearing
import OrderBook
import Primitives
import Testing

@testable import Venues

/// One account walked through a venue's waterfall, stage by stage, in the venue's order.
@Suite struct WaterfallTests {
    /// A venue with a dealer who quotes nothing unless told, and an account long 10 BTC at 100,000 with 50,000 USD.
    private struct Stand: ~Copyable {
        var venue: Venue
        let dealer: AccountID
        let long: AccountID
        let position: Int32

        init(
            _ rulebook: Rulebook, vault: Int64 = 0, fund: Int64 = 0, coins: Double = 10,
            equityUSD: Int64 = 50_000
        ) {
            venue = Venue(
                rulebook, vaultCapital: Money(usd: max(vault, 1)), fundCapital: Money(usd: max(fund, 1)),
                at: SimTime(seconds: 0))
            dealer = venue.house.openAccount()
            venue.house.deposit(Money(usd: 100_000_000), to: dealer)
            long = venue.house.openAccount()
            venue.house.deposit(Money(usd: equityUSD), to: long)
            venue.updateOracle(0, 1_000_000, externalPerp: 1_000_000)
            let lots = Lots(Int64(coins * 100_000))
            _ = venue.seedPosition(dealer, 0, -lots, entry: Ticks(1_000_000), leverage: 40, isolated: false)
            position = venue.seedPosition(
                long, 0, lots, entry: Ticks(1_000_000), leverage: 40, isolated: false)
            venue.liquidateFailing()
            venue.house.events.removeAll()
        }

        /// Moves oracle and mark to a price in dollars, three seconds later.
        mutating func fall(to usd: Double) -> [String] {
            // Twice, so that the mark's median follows an empty book's oracle wherever the last trade was.
            venue.house.now = venue.house.now.adding(seconds: 3)
            venue.house.events.removeAll()
            venue.house.setMark(0, Ticks(Int(usd * 10)))
            venue.queues.markChanged(0)
            venue.liquidateFailing()
            expect(venue.house.zeroSum().holds)
            return venue.house.events.elements.map { "\($0.kind)" }
        }

        mutating func bid(_ coins: Double, at usd: Double) {
            let result = venue.submit(
                0, NewOrder(.buy, Lots(Int64(coins * 100_000)), at: Ticks(Int(usd * 10)), account: dealer))
            expect(result.rejection == nil, "\(String(describing: result.rejection))")
        }
    }

    /// Without deleveraging: whatever the fund cannot carry stays until the book takes it at any price.
    private let socialised: [(key: String, text: String)] = [
        ("plan", "cancel_orders,partial_liquidation,full_liquidation,insurance_fund,socialised_loss"),
        ("full_limit", "any"), ("full_while_equity_at_least", "-1000"),
    ]

    // Hyperliquid's BTC: maintenance 1.25 %; 10 BTC at 100,000 with 50,000 of equity fail below 96,203, the vault
    // takes over below about 95,793 and equity is gone at 95,000.

    @Test func hyperliquidPartialThenCooldownThenFull() throws {
        var stand = Stand(try .named("hyperliquid", assets: ["BTC"]))
        stand.bid(20, at: 95_850)
        _ = stand.venue.submit(0, NewOrder(.sell, Lots(100), at: Ticks(1_200_000), account: stand.long))
        expect(stand.fall(to: 96_700) == ["marginCall"])
        expect(stand.fall(to: 96_400) == ["marginCall"])
        expect(stand.fall(to: 95_900) == ["ordersCancelled", "partialLiquidation"])
        expect(stand.venue.house.position(stand.position).lots == Lots(800_000))
        // Still below maintenance; the next order waits out the cooldown.
        expect(stand.fall(to: 95_900) == [])
        stand.venue.house.now = stand.venue.house.now.adding(seconds: 30)
        expect(stand.fall(to: 95_900) == ["fullLiquidation", "closedOut"])
        expect(stand.venue.house.account(stand.long).cash > .zero)
    }

    /// Selling a fifth frees margin: often that is enough.
    @Test func hyperliquidPartialRestores() throws {
        var stand = Stand(try .named("hyperliquid", assets: ["BTC"]))
        stand.bid(20, at: 96_100)
        expect(stand.fall(to: 96_150) == ["partialLiquidation", "marginCall", "marginCall", "recovered"])
    }

    @Test func hyperliquidVaultBelowTwoThirds() throws {
        var stand = Stand(try .named("hyperliquid", assets: ["BTC"]), vault: 1_000_000)
        expect(stand.fall(to: 95_500) == ["vaultTakeover", "equityTakenOver", "closedOut"])
        let vault = stand.venue.vault!
        expect(stand.venue.house.account(stand.long).cash == .zero)
        expect(stand.venue.house.position(stand.venue.house.find(vault, 0)!).lots == Lots(1_000_000))
        expect(stand.venue.house.account(vault).cash == Money(usd: 1_000_000 + 5_000))
    }

    @Test func hyperliquidDeleveragesBelowZeroAtThePreviousMark() throws {
        var stand = Stand(try .named("hyperliquid", assets: ["BTC"]), vault: 1_000_000)
        _ = stand.fall(to: 97_000)
        expect(stand.fall(to: 94_000) == ["deleveraging", "closedOut"])
        let event = stand.venue.house.position(stand.position)
        expect(event.lots == .zero)
        // Closed at 97,000, the mark before: 50,000 - 10 × 3,000.
        expect(stand.venue.house.account(stand.long).cash == Money(usd: 20_000))
    }

    @Test func hyperliquidVaultIsDeleveragedLikeAnyone() throws {
        var stand = Stand(try .named("hyperliquid", assets: ["BTC"]), vault: 20_000)
        expect(stand.fall(to: 95_500) == ["vaultTakeover", "equityTakenOver", "closedOut"])
        expect(stand.fall(to: 90_000) == ["deleveraging", "closedOut"])
        let vault = stand.venue.vault!
        expect(stand.venue.house.position(stand.venue.house.find(vault, 0)!).lots == .zero)
    }

    @Test func textbookFundThenDeleveragingThenSocialised() throws {
        var rich = Stand(try .named("textbook", assets: ["BTC"]), fund: 10_000_000)
        // Nothing to sell into: the fund takes over at the bankruptcy price.
        _ = rich.fall(to: 96_150)
        rich.venue.house.now = rich.venue.house.now.adding(seconds: 30)
        expect(rich.fall(to: 94_000) == ["fundTakeover", "equityTakenOver", "closedOut"])
        expect(rich.venue.house.account(rich.long).cash == .zero)
        expect(rich.venue.house.account(rich.venue.fund!).cash == Money(usd: 10_000_000 - 10_000))

        var poor = Stand(try .named("textbook", assets: ["BTC"]), fund: 5)
        _ = poor.fall(to: 96_150)
        poor.venue.house.now = poor.venue.house.now.adding(seconds: 30)
        // At the bankruptcy price of 95,000, whatever the mark.
        expect(poor.fall(to: 90_000) == ["deleveraging", "closedOut"])
        expect(poor.venue.house.account(poor.long).cash == .zero)

        var bare = Stand(try .named("textbook", assets: ["BTC"], overrides: socialised), fund: 5)
        bare.bid(10, at: 90_000)
        _ = bare.fall(to: 96_150)
        bare.venue.house.now = bare.venue.house.now.adding(seconds: 30)
        expect(bare.fall(to: 90_000).contains("fundPayment"))
        expect(bare.venue.house.zeroSum().holds)
        expect(bare.venue.house.account(bare.long).cash == .zero)
    }

    /// A stage a venue does not have is absent from its list.
    @Test func stagesByVenue() throws {
        expect(
            try Rulebook.named("hyperliquid").waterfall.stages.map(\.name) == [
                "cancel orders", "partial liquidation into the book", "full liquidation into the book",
                "backstop vault", "auto-deleveraging",
            ])
        expect(
            try Rulebook.named("textbook").waterfall.stages.map(\.name) == [
                "cancel orders", "partial liquidation into the book", "full liquidation into the book",
                "insurance fund", "auto-deleveraging", "socialised loss",
            ])
    }
}

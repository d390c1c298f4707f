import OrderBook
import Primitives
import Testing

@testable import Exchanges

@Suite struct SpotTests {
    private static func venue() -> SpotVenue {
        let unit = ContractUnit(microsPerTickLot: 10_000, ticksPerUSD: 1, lotsPerCoin: 100)
        let market = SpotMarket(
            name: "X", unit: unit, maxTicks: 1000, makerFee: .zero, takerFee: Rate(1, over: 1000))
        return SpotVenue("test", [market])
    }

    /// Nobody sells what they do not own or pays what they do not have; what rests is set aside.
    @Test func fundsAreChecked() {
        var venue = Self.venue()
        let (buyer, seller) = (venue.ledger.openAccount(), venue.ledger.openAccount())
        #expect(venue.submit(0, NewOrder(.sell, Lots(1), at: Ticks(10), account: seller)).rejection != nil)
        _ = venue.ledger.transferCoins(Lots(5), seller, 0)
        _ = venue.ledger.transfer(Money(usd: 1), buyer)
        #expect(venue.submit(0, NewOrder(.sell, Lots(5), at: Ticks(10), account: seller)).rejection == nil)
        #expect(venue.submit(0, NewOrder(.sell, Lots(1), at: Ticks(10), account: seller)).rejection != nil)
        // Ten lots at ten dollars for a hundredth of a coin: more than a dollar with the fee.
        #expect(venue.submit(0, NewOrder(.buy, Lots(10), at: Ticks(10), account: buyer)).rejection != nil)
        let filled = venue.submit(0, NewOrder(.buy, Lots(5), at: Ticks(10), account: buyer))
        #expect(filled.filled == Lots(5))
        #expect(venue.ledger.coins(buyer, 0) == Lots(5))
        #expect(venue.ledger.imbalance() == 0)
    }

    /// Random orders, cancels and transfers: dollars and coins stay exact, holds come back when books empty.
    @Test(arguments: [UInt64(1), 2, 3])
    func ledgerStaysExact(_ seed: UInt64) {
        var venue = Self.venue()
        venue.addBookTwins()
        var random = RandomStream(seed: seed, name: "spot")
        let accounts = (0..<6).map { _ in venue.ledger.openAccount() }
        for account in accounts {
            _ = venue.ledger.transfer(Money(usd: 1000), account)
            _ = venue.ledger.transferCoins(Lots(1000), account, 0)
        }
        var live: [(OrderID, AccountID)] = []
        for _ in 0..<3000 {
            let account = accounts[random.integer(below: 6)]
            if random.chance(0.3), let last = live.popLast() {
                _ = venue.cancel(0, last.0, account: last.1)
            } else {
                let side: Side = random.chance(0.5) ? .buy : .sell
                let order = NewOrder(
                    side, Lots(1 + random.integer(below: 40)), at: Ticks(90 + random.integer(below: 21)),
                    account: account, selfTrade: .cancelMaker)
                let result = venue.submit(0, order)
                if result.resting != .none { live.append((result.resting, account)) }
            }
            #expect(venue.ledger.imbalance() == 0)
        }
        for (id, account) in live { _ = venue.cancel(0, id, account: account) }
        for account in accounts {
            #expect(venue.ledger.freeCash(account) == venue.ledger.cash(account))
            #expect(venue.ledger.freeCoins(account, 0) == venue.ledger.coins(account, 0))
        }
    }

    @Test func haltedVenueRefuses() {
        var venue = Self.venue()
        let account = venue.ledger.openAccount()
        _ = venue.ledger.transferCoins(Lots(5), account, 0)
        venue.isHalted = true
        let order = NewOrder(.sell, Lots(1), at: Ticks(10), account: account)
        #expect(venue.submit(0, order).rejection == .venueMustBeOpen)
    }

    /// The pool never gives more than the product rule allows, and its books close.
    @Test func poolKeepsItsProduct() {
        var pool = LiquidityPool(lots: 1_000_000, cash: 4_000_000_000, feePPM: 500)
        var random = RandomStream(seed: 4, name: "pool")
        var product = Int128(pool.lots) * Int128(pool.cash)
        for _ in 0..<2000 {
            if random.chance(0.5) {
                _ = pool.sell(Int64(random.integer(below: 50_000)))
            } else {
                _ = pool.buy(Int64(random.integer(below: 200_000_000)))
            }
            let next = Int128(pool.lots) * Int128(pool.cash)
            #expect(next >= product)
            #expect(pool.imbalance == 0)
            product = next
        }
        let amount = pool.towards(pool.price * 0.9)
        #expect(amount > 0)
        let target = pool.price * 0.9
        _ = pool.sell(amount)
        #expect(abs(pool.price / target - 1) < 0.001)
    }
}

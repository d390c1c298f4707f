import Clearing
import OrderBook
import Primitives
import Testing

@testable import Venues

/// The venue's own accounts, dollar by dollar: what their flows say is what their balances saw, on every rulebook.
@Suite struct FundFlowTests {
    /// Longs of many leverages against a dealer, marks that fall, a book that takes a part of what is sold.
    private struct Crash: ~Copyable {
        var venue: Venue
        let dealer: AccountID
        let scale: Double

        init(_ rulebook: Rulebook, seed: UInt64) {
            let unit = rulebook.markets[0].spec.unit
            let mark = unit.nearestTick(100_000)
            // One coin's worth of lots, whatever the contract.
            let coin = unit.isInverse ? 100_000 * unit.lotsPerCoin : unit.lotsPerCoin
            scale = coin
            let worth = unit.notional(Lots(Int64(coin)), at: mark).micros
            venue = Venue(
                rulebook, vaultCapital: Money(micros: worth / 2), fundCapital: Money(micros: worth / 2),
                at: SimTime(seconds: 0))
            dealer = venue.house.openAccount()
            venue.house.deposit(Money(micros: worth * 5_000), to: dealer)
            venue.updateOracle(0, Double(mark.count), externalPerp: Double(mark.count))
            venue.house.setMark(0, mark)
            var random = RandomStream(seed: seed, name: "crash")
            var sum: Int64 = 0
            for _ in 0..<60 {
                let lots = Int64(coin * random.uniform(0.2, 2))
                let account = venue.house.openAccount()
                let value = unit.notional(Lots(lots), at: mark).micros
                venue.house.deposit(Money(micros: Int64(Double(value) / random.uniform(5, 40))), to: account)
                _ = venue.seedPosition(
                    account, 0, Lots(lots), entry: mark, leverage: 40, isolated: random.chance(0.3))
                if random.chance(0.3) {
                    let p = venue.house.find(account, 0)!
                    if venue.house.position(p).isolated { venue.house.sweepCash(into: p) }
                }
                sum += lots
            }
            _ = venue.seedPosition(dealer, 0, Lots(-sum), entry: mark, leverage: 40, isolated: false)
            venue.house.roundingPot -= venue.house.zeroSum().imbalance
            venue.liquidateFailing()
            venue.house.events.removeAll()
        }

        /// Cash and isolated margins less costs: what trades change by minus their signed value.
        func balance(_ account: AccountID) -> Money {
            var balance = venue.house.account(account).cash
            var p = venue.house.account(account).firstPosition
            while p != 0 {
                balance += venue.house.position(p).margin - venue.house.position(p).cost
                p = venue.house.position(p).next
            }
            return balance
        }

        mutating func fall(to usd: Double) {
            let unit = venue.rulebook.markets[0].spec.unit
            venue.house.now = venue.house.now.adding(seconds: 40)
            let price = unit.nearestTick(usd)
            let grid = venue.rulebook.markets[0].priceGrid
            _ = venue.submit(
                0,
                NewOrder(
                    .buy, Lots(Int64(scale * 2)),
                    at: grid.rounded(unit.nearestTick(usd * 0.995), for: .buy), account: dealer))
            venue.house.setMark(0, price)
            venue.queues.markChanged(0)
            venue.liquidateFailing()
        }
    }

    /// Signed value of the trades of one of the venue's own accounts in the log, fees being zero.
    private static func traded(_ account: AccountID, _ venue: borrowing Venue) -> Money {
        var sum = Money.zero
        for i in 0..<venue.house.events.count {
            let event = venue.house.events[i]
            let sign = venue.rulebook.markets[0].spec.unit.isInverse ? -1 : 1
            let value = Money(micros: Int64(sign) * event.amount.micros)
            switch event.kind {
            case .fundTakeover, .vaultTakeover: if event.counterparty == account { sum -= value }
            case .deleveraging:
                if event.account == account { sum += value }
                if event.counterparty == account { sum -= value }
            case .partialLiquidation, .fullLiquidation: if event.account == account { sum += value }
            default: break
            }
        }
        return sum
    }

    @Test(arguments: Rulebook.builtInNames, [1, 2, 3] as [UInt64])
    func everyDollarOfTheHouse(_ name: String, _ seed: UInt64) throws {
        let overrides = [("taker_fee", "0"), ("maker_fee", "0")]
        let isCoin = ["binance-coinm", "bybit-inverse", "bitmex", "deribit"].contains(name)
        var crash = Crash(
            try .named(name, assets: ["BTC"], overrides: overrides + (isCoin ? [("settlement", "BTC")] : [])),
            seed: seed)
        var moved = Money.zero
        var price = 100_000.0
        for _ in 0..<40 {
            price *= 0.994
            let before = [crash.venue.fund, crash.venue.vault].map { $0.map { crash.balance($0) } ?? .zero }
            let flows = [crash.venue.fund, crash.venue.vault].map {
                $0.map { crash.venue.house.flows(of: $0) } ?? HouseFlows()
            }
            crash.venue.house.events.removeAll()
            crash.fall(to: price)
            for (i, account) in [crash.venue.fund, crash.venue.vault].enumerated() {
                guard let account else { continue }
                let now = crash.venue.house.flows(of: account)
                let net =
                    (now.received - flows[i].received) - (now.paid - flows[i].paid)
                    - (now.leftOwing - flows[i].leftOwing)
                let change = crash.balance(account) - before[i]
                expect(
                    change == net - Self.traded(account, crash.venue),
                    "\(name) at \(price): balance \(change), flows \(net), trades \(Self.traded(account, crash.venue))"
                )
                moved += (now.received - flows[i].received) + (now.paid - flows[i].paid)
            }
            expect(crash.venue.house.zeroSum().holds)
        }
        expect(moved > .zero, "\(name): nothing reached the fund or the vault")
    }

    /// A deficit that comes with two positions is paid once.
    @Test func twoPositionsOneDeficit() throws {
        var venue = Venue(
            try .named("textbook", assets: ["BTC", "ETH"]), fundCapital: Money(usd: 1_000_000),
            at: SimTime(seconds: 0))
        let (dealer, long) = (venue.house.openAccount(), venue.house.openAccount())
        venue.house.deposit(Money(usd: 10_000_000), to: dealer)
        venue.house.deposit(Money(usd: 10_000), to: long)
        for market: Int32 in 0..<2 {
            let unit = venue.rulebook.markets[Int(market)].spec.unit
            let mark = unit.nearestTick(1000)
            venue.house.setMark(market, mark)
            let lots = unit.lots(worth: 50_000, at: mark)
            _ = venue.seedPosition(dealer, market, -lots, entry: mark, leverage: 10, isolated: false)
            _ = venue.seedPosition(long, market, lots, entry: mark, leverage: 10, isolated: false)
        }
        venue.liquidateFailing()
        for market: Int32 in 0..<2 {
            venue.house.setMark(market, venue.rulebook.markets[Int(market)].spec.unit.nearestTick(880))
        }
        let deficit = -venue.house.margin(.cross(long)).equity
        expect(deficit == Money(usd: 2_000))
        venue.liquidateFailing()
        venue.house.now = venue.house.now.adding(seconds: 60)
        venue.liquidateFailing()
        expect(venue.house.flows(of: venue.fund!).paid == deficit)
    }
}

import Checks
import Clearing
import Foundation
import GRDB
import OrderBook
import Primitives
import Testing

@testable import Exchanges
@testable import Recording
@testable import Venues

/// A venue driven by hand from liquidation to takeover and deleveraging: what `cash_moves` adds up to, account by account, is
/// what its ledger moved, to a dollar. Nobody but the venue trades for the accounts looked at.
@Suite("Recorded moves and a ledger") struct LedgerMovementTests {
    private struct Crash: ~Copyable {
        var exchanges: Exchanges
        let dealer: AccountID
        let longs: Identifiers<AccountID>
        /// Lots of one coin.
        let coin: Double
        var events: [EventPage.Entry] = []

        init(_ rulebook: Rulebook, seed: UInt64) {
            let unit = rulebook.markets[0].spec.unit
            let mark = unit.nearestTick(100_000)
            coin = unit.isInverse ? 100_000 * unit.lotsPerCoin : unit.lotsPerCoin
            let worth = unit.notional(Lots(Int64(coin)), at: mark)
            exchanges = Exchanges(
                perps: FixedArray(count: 1) { _ in
                    Venue(rulebook, vaultCapital: worth, fundCapital: worth, at: SimTime(seconds: 0))
                }, spots: FixedArray(count: 0) { _ in SpotVenue("none", []) }, names: [rulebook.name],
                assets: ["BTC"],
                books: [.init(exchange: 0, market: 0, asset: 0, isSpot: false, isInverse: unit.isInverse)],
                pools: [nil], at: SimTime(seconds: 0))
            dealer = exchanges.perps[0].house.openAccount()
            exchanges.perps[0].house.deposit(Money(micros: worth.micros * 5_000), to: dealer)
            exchanges.perps[0].updateOracle(0, Double(mark.count), externalPerp: Double(mark.count))
            exchanges.perps[0].house.setMark(0, mark)
            var random = RandomStream(seed: seed, name: "crash")
            var sum: Int64 = 0
            longs = Identifiers(from: AccountID(rawValue: exchanges.perps[0].house.accountCount), count: 60)
            for _ in longs {
                let lots = Lots(Int64(coin * random.uniform(0.2, 2)))
                let account = exchanges.perps[0].house.openAccount()
                let value = unit.notional(lots, at: mark).micros
                exchanges.perps[0].house.deposit(
                    Money(micros: Int64(Double(value) / random.uniform(5, 40))), to: account)
                let p = exchanges.perps[0].seedPosition(
                    account, 0, lots, entry: mark, leverage: 40, isolated: random.chance(0.3))
                if exchanges.perps[0].house.position(p).isolated {
                    exchanges.perps[0].house.sweepCash(into: p)
                }
                sum += lots.count
            }
            _ = exchanges.perps[0].seedPosition(
                dealer, 0, Lots(-sum), entry: mark, leverage: 40, isolated: false)
            exchanges.perps[0].house.roundingPot -= exchanges.perps[0].house.zeroSum().imbalance
            exchanges.perps[0].liquidateFailing()
            exchanges.perps[0].house.events.removeAll()
        }

        /// Cash and isolated collateral.
        func cash(_ account: AccountID) -> Money {
            var cash = exchanges.perps[0].house.account(account).cash
            var p = exchanges.perps[0].house.account(account).firstPosition
            while p != 0 {
                cash += exchanges.perps[0].house.position(p).margin
                p = exchanges.perps[0].house.position(p).next
            }
            return cash
        }

        mutating func fall(to usd: Double, bid coins: Double) {
            let unit = exchanges.perps[0].rulebook.markets[0].spec.unit
            let grid = exchanges.perps[0].rulebook.markets[0].priceGrid
            exchanges.perps[0].house.now = exchanges.perps[0].house.now.adding(seconds: 40)
            if coins > 0 {
                _ = exchanges.perps[0].submit(
                    0,
                    NewOrder(
                        .buy, Lots(Int64(coin * coins)),
                        at: grid.rounded(unit.nearestTick(usd * 0.995), for: .buy), account: dealer))
            }
            exchanges.perps[0].house.setMark(0, unit.nearestTick(usd))
            exchanges.perps[0].queues.markChanged(0)
            exchanges.perps[0].liquidateFailing()
            events += exchanges.perps[0].house.events.elements
                .filter { EventTable.kept.contains($0.kind) }.map { EventPage.Entry(venue: 0, event: $0) }
            exchanges.perps[0].house.events.removeAll()
        }
    }

    private static let coinMargined = ["binance-coinm", "bybit-inverse", "deribit", "bitmex"]

    @Test(arguments: Rulebook.builtInNames, [1, 2] as [UInt64])
    func toADollar(_ name: String, _ seed: UInt64) throws {
        let isCoin = Self.coinMargined.contains(name)
        let rulebook = try Rulebook.named(
            name, assets: ["BTC"], overrides: isCoin ? [("settlement", "BTC")] : [])
        var crash = Crash(rulebook, seed: seed)
        let settlement = crash.exchanges.settlement(0)
        #expect(settlement.isCoin == isCoin)
        let accounts =
            Array(crash.longs)
            + [crash.exchanges.perps[0].fund, crash.exchanges.perps[0].vault].compactMap { $0 }
        let before = accounts.map { crash.cash($0) }
        // A book that thins out: at first orders fill, then the fund takes over, then winners are deleveraged.
        var price = 100_000.0
        for step in 0..<40 {
            price *= 0.992
            crash.fall(to: price, bid: max(0, 3 - Double(step) / 5))
        }

        let folder = NSTemporaryDirectory() + "moves-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try MarketDatabase(path: folder + "/run.sqlite", crash.exchanges)
        var batch = MarketBatch()
        batch.events = crash.events
        try database.write(batch)
        // Forced orders pay the taker's fee where the rulebook says so; it is in no event.
        let fee = rulebook.forcedOrdersPayFees ? rulebook.markets[0].spec.takerFee.value : 0
        let (moved, fees, socialised) = try database.queue.read { db in
            func byAccount(_ sql: String) throws -> [AccountID: Double] {
                try Row.fetchAll(db, sql: sql).reduce(into: [:]) { $0[AccountID(rawValue: $1[0])] = $1[1] }
            }
            return (
                try byAccount("SELECT account, sum(moved) FROM cash_moves GROUP BY account"),
                try byAccount(
                    """
                    SELECT account, sum(abs(amount)) * \(fee) FROM events JOIN stages ON stages.id = stage_id
                    WHERE stage IN ('partial liquidation', 'full liquidation') GROUP BY account
                    """),
                try Double.fetchOne(
                    db,
                    sql: """
                        SELECT sum(amount) FROM events JOIN stages ON stages.id = stage_id
                        WHERE stage IN ('socialised loss', 'bad debt')
                        """) ?? 0
            )
        }
        try database.close()

        let usd = isCoin ? 100_000.0 : 1
        var (closed, total) = (0.0, 0.0)
        for (i, account) in accounts.enumerated() {
            let change = settlement.amount(crash.cash(account) - before[i])
            let off = change - (moved[account] ?? 0) + (fees[account] ?? 0)
            // What was socialised made up deficits of those closed, of whom is in no event.
            if crash.longs.contains(account) {
                closed += off
            } else {
                #expect(abs(off) * usd < 1, "\(name): the house, \(off)")
            }
            if crash.longs.contains(account) && socialised == 0 {
                #expect(
                    abs(off) * usd < 1, "\(name): account \(account), \(change) of \(moved[account] ?? 0)")
            }
            total += abs(change)
        }
        #expect(abs(closed - socialised) * usd < 1, "\(name): \(closed) made up, \(socialised) charged")
        #expect(total * usd > 100_000, "\(name): next to nothing moved")
        let kinds = Set(crash.events.map(\.event.kind))
        // Deribit's pays what is below zero and takes nothing over.
        let takers: Set<ClearingEvent.Kind> = [.fundTakeover, .vaultTakeover, .fundSettlement, .fundPayment]
        // BitMEX takes small positions over whole.
        #expect(
            !kinds.isDisjoint(with: [.partialLiquidation, .fullLiquidation]) || name == "bitmex", "\(name)")
        #expect(!kinds.isDisjoint(with: takers), "\(name): \(kinds)")
        #expect(kinds.contains(.deleveraging) || name == "deribit", "\(name): \(kinds)")
    }
}

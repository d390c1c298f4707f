import Clearing
import Exchanges
import Foundation
import GRDB
import Market
import Primitives
import Testing
import Venues

@testable import Recording
@testable import Scenarios

/// What `run.sqlite` says was moved, venue by venue in its own currency, is what the ledgers moved; coin-margined venues count
/// 1e-10 coins or so where others count micro-dollars.
@Suite("Recorded amounts and ledgers")
struct LedgerSumTests {
    @Test func everyVenueInItsCurrency() throws {
        let folder = NSTemporaryDirectory() + "ledger-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let scenario = try Scenario(
            ScenarioFile(
                named: "october-2025",
                overrides: [
                    "universe.assets=4", "accounts.total=6000", "accounts.hedged_accounts=60",
                    "news.time_utc=2025-10-10T20:00:20Z", "news.move_pct=-25", "news.digestion_minutes=0.5",
                ]))
        var world = try scenario.wholeMarket(
            RunOptions(seed: 5, until: scenario.start.adding(seconds: 180)))
        let recorder = try MarketRecorder(folder: folder, level: .full, limitBytes: 1 << 30, world)
        let count = world.exchanges.perps.count
        // By venue: equity that came along with positions, once a scope; dollars of face of inverse lots closed by force.
        var takenOver = [Int64](repeating: 0, count: count)
        var faceUSD = [Double](repeating: 0, count: count)
        while !world.isFinished {
            world.step()
            for p in 0..<count {
                var last: Int32 = -1
                for event in world.exchanges.perps[p].house.events.elements {
                    if event.kind == .fundTakeover || event.kind == .vaultTakeover {
                        if event.account != last { takenOver[p] += event.equity.micros }
                        last = event.account
                    } else {
                        last = -1
                    }
                    if event.kind == .partialLiquidation || event.kind == .deleveraging {
                        let unit = world.exchanges.perps[p].rulebook.markets[Int(event.market)].spec.unit
                        if unit.isInverse { faceUSD[p] += unit.coins(event.lots.magnitude) }
                    }
                }
            }
            recorder.observe(&world)
        }
        world.finish()
        recorder.close(&world)
        #expect(recorder.finish().failure == nil)

        var coinVenues = 0
        let database = try DatabaseQueue(path: folder + "/run.sqlite")
        for p in 0..<count {
            func sum(_ column: String, _ stages: String...) throws -> Double {
                let names = stages.map { "'\($0)'" }.joined(separator: ", ")
                return try database.read {
                    try Double.fetchOne(
                        $0,
                        sql: """
                            SELECT sum(\(column)) FROM events JOIN stages ON stages.id = stage_id
                            WHERE venue_id = \(p) AND stage IN (\(names))
                            """) ?? 0
                }
            }
            let settlement = world.exchanges.perps[p].rulebook.settlement
            var net = Money.zero
            for account in [world.exchanges.perps[p].fund, world.exchanges.perps[p].vault] {
                guard let account else { continue }
                let flows = world.exchanges.perps[p].house.flows(of: account)
                net += flows.received - flows.paid
            }
            let recorded =
                try sum("amount", "liquidation fee", "fund settlement")
                - sum("amount", "fund payment", "vault payment")
            let moved = settlement.amount(net - Money(micros: takenOver[p]))
            let name = world.exchanges.names[p] + " " + settlement.currency
            #expect(abs(recorded - moved) < 1e-6 * max(abs(moved), 1e-3), "\(name): \(recorded) of \(moved)")
            if settlement != .dollars && faceUSD[p] > 0 {
                coinVenues += 1
                let face = try sum("abs(coins) * price_usd", "partial liquidation", "auto-deleveraging")
                // An average price is cut to the tick below.
                #expect(abs(face / faceUSD[p] - 1) < 1e-3, "\(name): \(face) of \(faceUSD[p]) USD")
                let notional = try sum("abs(amount)", "partial liquidation", "auto-deleveraging")
                let coins = try sum("abs(coins)", "partial liquidation", "auto-deleveraging")
                #expect(abs(coins / notional - 1) < 1e-3, "\(name): \(coins) coins worth \(notional)")
            }
        }
        #expect(coinVenues >= 2)
    }
}

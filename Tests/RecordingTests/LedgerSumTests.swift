import Checks
import Clearing
import Foundation
import GRDB
import Market
import Primitives
import Testing
import Venues

@testable import Exchanges
@testable import Recording
@testable import Scenarios

/// What `run.sqlite` says was moved, venue by venue in its own currency, is what the ledgers moved; coin-margined venues count
/// 1e-10 coins or so where others count micro-dollars.
@Suite("Recorded amounts and ledgers")
struct LedgerSumTests {
    /// What moves money between the venue's own accounts and everybody else.
    private static let payments = """
        'liquidation fee', 'fund settlement', 'equity taken over', 'fund payment', 'vault payment', 'bad debt'
        """
    private static let closings = "'partial liquidation', 'auto-deleveraging'"

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
        var world = try scenario.world(
            RunOptions(seed: 5, until: scenario.start.adding(seconds: 180)))
        let recorder = try MarketRecorder(folder: folder, level: .full, limitBytes: 1 << 30, world)
        let count = world.exchanges.perps.count
        // By venue: dollars of face of inverse lots closed by force.
        var faceUSD = [Double](repeating: 0, count: count)
        while !world.isFinished {
            world.step()
            for p in world.exchanges.perpetualIDs {
                for event in world.exchanges.perps[p].house.events.elements
                where event.kind == .partialLiquidation || event.kind == .deleveraging {
                    let unit = world.exchanges.perps[p].rulebook.markets[Int(event.market)].spec.unit
                    if unit.isInverse { faceUSD[p] += unit.coins(event.lots.magnitude) }
                }
            }
            recorder.observe(world)
        }
        world.finish()
        recorder.close(world)
        #expect(recorder.finish().failure == nil)

        var (coinVenues, movedHouses) = (0, 0)
        let database = try DatabaseQueue(path: folder + "/run.sqlite")
        for p in world.exchanges.perpetualIDs {
            func sum(_ column: String, of table: String, _ stages: String, _ also: String = "") throws
                -> Double
            {
                try database.read {
                    try Double.fetchOne(
                        $0,
                        sql: """
                            SELECT sum(\(column)) FROM \(table) JOIN stages ON stages.id = stage_id
                            WHERE venue_id = \(p) AND stage IN (\(stages)) \(also)
                            """) ?? 0
                }
            }
            let settlement = world.exchanges.settlement(p)
            let name = world.exchanges.names[p] + " " + settlement.currency
            for account in [world.exchanges.perps[p].fund, world.exchanges.perps[p].vault] {
                guard let account else { continue }
                let flows = world.exchanges.perps[p].house.flows(of: account)
                let moved = settlement.amount(flows.received - flows.paid - flows.leftOwing)
                let recorded = try sum("moved", of: "cash_moves", Self.payments, "AND account = \(account)")
                let dollars = 1e6 / world.exchanges.settlementUnits(p) * Double(settlement.unitsPerOne) / 1e6
                #expect(abs(recorded - moved) * dollars < 0.01, "\(name): \(recorded) of \(moved)")
                if moved != 0 { movedHouses += 1 }
            }
            guard settlement.isCoin && faceUSD[p] > 0 else { continue }
            coinVenues += 1
            let face = try sum("abs(coins) * price_usd", of: "events", Self.closings)
            // An average price is cut to the tick below.
            #expect(abs(face / faceUSD[p] - 1) < 1e-3, "\(name): \(face) of \(faceUSD[p]) USD")
            let notional = try sum("abs(amount)", of: "events", Self.closings)
            let coins = try sum("abs(coins)", of: "events", Self.closings)
            #expect(abs(coins / notional - 1) < 1e-3, "\(name): \(coins) coins worth \(notional)")
        }
        #expect(coinVenues >= 2 && movedHouses >= 5, "\(coinVenues), \(movedHouses)")
    }
}

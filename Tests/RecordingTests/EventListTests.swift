import Clearing
import Foundation
import GRDB
import Market
import Primitives
import Scenarios
import Testing
import Venues

@testable import Recording

@Suite("Events by one query")
struct EventListTests {
    /// What a person types.
    static let query = "SELECT stage, count(*), sum(amount_usd) FROM event_list GROUP BY stage ORDER BY stage"

    /// Two venues, one settled in dollars, one in coins; the very same text.
    @Test func ofTheWholeMarket() throws {
        let rows = try DatabaseQueue().write { db in
            try db.execute(sql: MarketSchema.sql)
            try db.execute(
                sql: """
                    INSERT INTO venues VALUES (0, 'binance', 'USD'), (1, 'binance-coinm', 'BTC');
                    INSERT INTO assets VALUES (0, 'BTC');
                    INSERT INTO stages VALUES (3, 'full liquidation'), (7, 'fund payment');
                    INSERT INTO events VALUES
                        (1760126461000, 0, 3, 0, 5, NULL, -2, 100000, -200000, 10, 5, 9),
                        (1760126462000, 1, 3, 0, 6, NULL, -1, 100000, -1, 0.1, 0.5, 0.9),
                        (1760126463000, 0, 7, NULL, 5, NULL, NULL, NULL, 40, 0, NULL, NULL),
                        (1760126464000, 1, 7, NULL, 6, NULL, NULL, NULL, 0.5, 0, NULL, NULL);
                    """)
            return try Row.fetchAll(db, sql: Self.query).map {
                "\($0[0] as String) \($0[1] as Int) \($0[2] as Double)"
            }
                + [
                    try String.fetchOne(db, sql: "SELECT time_utc FROM event_list ORDER BY time_ms LIMIT 1")
                        ?? ""
                ]
        }
        // A payment in coins has no price of its own, so no dollars here.
        #expect(rows == ["full liquidation 2 -300000.0", "fund payment 2 40.0", "2025-10-10T20:01:01Z"])
    }
}

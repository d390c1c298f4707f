import Foundation
import GRDB
import Primitives
import Recording

/// The largest stories of a recording: whom most was closed of by force, and who was deleveraged as a winner.
public struct StoryList: Encodable, Sendable {
    public struct Row: Encodable, Sendable {
        /// As `explain --account` takes it.
        public var account: String
        /// Notional at the prices of the closings, dollars.
        public var usd: Double
        /// Events it is the sum of.
        public var steps: Int
    }
    /// Largest first.
    public var liquidated: [Row]
    public var deleveraged: [Row]

    /// A row of `venues` as `explain --account` names it, in SQL.
    static let venueLabel = "CASE settlement WHEN 'USD' THEN venue ELSE venue || '/' || settlement END"

    /// From the events of a recording; the venues' own accounts are left out.
    ///
    /// - Parameter most: rows of each list.
    /// - Throws: `InputError` if the recording cannot be read.
    public init(folder: String, most: Int) throws {
        let path = folder + "/run.sqlite"
        (liquidated, deleveraged) = try readRecording(path) { db in
            // Coin-margined venues have an account book a coin.
            let label = "\(Self.venueLabel) || ':' ||"
            let from =
                "events JOIN venues ON venues.id = venue_id JOIN stages ON stages.id = stage_id"
            func rows(_ column: String, _ kinds: String) throws -> [Row] {
                try GRDB.Row.fetchAll(
                    db,
                    sql: """
                        WITH house AS (SELECT DISTINCT venue_id AS venue_number, counterparty AS account FROM \(from)
                            WHERE stage IN ('vault takeover', 'fund takeover'))
                        SELECT \(label) CAST(\(column) AS TEXT) AS name, sum(abs(coins) * price_usd) AS usd, count(*) AS steps
                        FROM \(from) WHERE \(column) IS NOT NULL AND stage IN (\(kinds))
                            AND (venue_id, \(column)) NOT IN (SELECT venue_number, account FROM house WHERE account IS NOT NULL)
                        GROUP BY venue_id, \(column) ORDER BY usd DESC, venue_id, \(column) LIMIT \(most)
                        """
                ).map { row in
                    Row(account: row["name"] ?? "", usd: row["usd"] ?? 0, steps: row["steps"] ?? 0)
                }
            }
            return (
                try rows(
                    "account",
                    "'partial liquidation', 'full liquidation', 'vault takeover', 'fund takeover', 'auto-deleveraging'"
                ), try rows("counterparty", "'auto-deleveraging'")
            )
        }
    }

    /// For the terminal.
    public var text: String {
        var lines: [String] = []
        for (title, rows) in [("closed by force", liquidated), ("deleveraged as winners", deleveraged)] {
            lines.append("Largest \(title):" + (rows.isEmpty ? " none" : ""))
            for row in rows {
                lines.append(
                    "  --account \(row.account)   \(String(format: "%.0f", row.usd)) USD in \(row.steps) events"
                )
            }
        }
        return lines.joined(separator: "\n")
    }
}

import Foundation
import GRDB
import Primitives

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
    public static let venueLabel = "CASE settlement WHEN 'USD' THEN venue ELSE venue || '/' || settlement END"

    /// The kinds of events that close a position of `account` by force, in SQL.
    public static let closings = """
        stage_id IN (SELECT id FROM stages WHERE stage IN
            ('partial liquidation', 'full liquidation', 'vault takeover', 'fund takeover', 'auto-deleveraging'))
        """
    /// A common table of the venues' own accounts, in SQL: what they sell is sold a second time. Unary plus keeps SQLite from
    /// walking an index of millions of rows for a few of them.
    public static let house = """
        house AS MATERIALIZED (SELECT DISTINCT +venue_id, +counterparty FROM events WHERE +counterparty IS NOT NULL
            AND stage_id IN (SELECT id FROM stages WHERE stage IN ('vault takeover', 'fund takeover')))
        """

    /// From the events of a recording; the venues' own accounts are left out.
    ///
    /// - Parameter most: rows of each list.
    /// - Throws: `InputError` if the recording cannot be read.
    public init(folder: String, most: Int) throws {
        let path = folder + "/run.sqlite"
        // The millions of events are summed, not looked at one by one: `explain --account` looks at those it tells.
        (liquidated, deleveraged) = try readRecording(path, tables: ["venues", "stages"]) { db in
            func rows(_ column: String, _ kinds: String) throws -> [Row] {
                // Summed first, then named: a name for each of millions of rows takes longer than the sums.
                try GRDB.Row.fetchAll(
                    db,
                    sql: """
                        WITH \(Self.house), sums AS MATERIALIZED (
                            SELECT venue_id, \(column) AS who, sum(abs(coins) * price_usd) AS usd, count(*) AS steps
                            FROM events WHERE \(column) IS NOT NULL AND \(kinds) GROUP BY venue_id, \(column))
                        SELECT \(Self.venueLabel) || ':' || CAST(who AS TEXT) AS name, usd, steps
                        FROM sums JOIN venues ON venues.id = venue_id WHERE (venue_id, who) NOT IN house
                        ORDER BY usd DESC, venue_id, who LIMIT \(most)
                        """
                ).map { row in
                    Row(account: row["name"] ?? "", usd: row["usd"] ?? 0, steps: row["steps"] ?? 0)
                }
            }
            return (
                try rows("account", Self.closings),
                try rows(
                    "counterparty",
                    "stage_id IN (SELECT id FROM stages WHERE stage = 'auto-deleveraging')")
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

import GRDB
import Primitives

/// The tables a recording must have and what their columns may hold, read off the very statements that make them, so that
/// reader and writer cannot part.
struct RecordingSchema {
    struct Column {
        var name: String
        /// True of a good value, in SQL.
        var condition: String
        var allowed: String
        /// The table whose ids it holds.
        var names: String?
    }

    /// Columns that hold nothing where there is nothing to hold: a book without a side, a payment without a market.
    private static let mayBeNull: Set = [
        "minutes.btc_spread_bp", "minutes.maker_capital_left_share",
        "asset_minutes.volatility_per_sqrt_second", "asset_minutes.maker_presence", "book_minutes.mid_usd",
        "events.asset_id", "events.counterparty", "events.coins", "events.price_usd",
    ]

    private(set) var columns: [String: [Column]] = [:]

    init() throws {
        let queue = try DatabaseQueue()
        columns = try queue.write { db in
            try db.execute(sql: MarketDatabase.schema)
            var columns: [String: [Column]] = [:]
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            for table in tables {
                columns[table] = try db.columns(in: table).map { column in
                    Self.column(
                        column.name, column.type, tables,
                        mayBeNull: Self.mayBeNull.contains("\(table).\(column.name)"))
                }
            }
            return columns
        }
    }

    private static func column(_ name: String, _ type: String, _ tables: [String], mayBeNull: Bool) -> Column
    {
        let quoted = "\"\(name)\""
        var (condition, allowed): (String, String)
        var names: String?
        switch type {
        case "TEXT": (condition, allowed) = ("typeof(\(quoted)) = 'text'", "a text")
        case "INTEGER":
            (condition, allowed) = ("typeof(\(quoted)) = 'integer'", "a whole number")
            if name == "time_ms" {
                condition += " AND \(quoted) BETWEEN 0 AND 9223372036854"
                allowed = "milliseconds since 1970"
            }
            names = tables.first { $0 == name.dropLast(3) + "s" && name.hasSuffix("_id") }
            if let named = names {
                condition += " AND \(quoted) IN (SELECT id FROM \(named))"
                allowed = "an id of the table \(named)"
            }
        default:
            condition = "typeof(\(quoted)) IN ('real', 'integer') AND \(quoted) BETWEEN -1e300 AND 1e300"
            allowed = "a number"
        }
        if mayBeNull {
            condition = "\(quoted) IS NULL OR \(condition)"
            allowed += " or NULL"
        }
        return Column(name: name, condition: "(\(condition))", allowed: allowed, names: names)
    }

    /// - Parameter tables: those to look at; all without.
    /// - Throws: `InputError` naming table, column and row of the first value that cannot be read.
    func check(_ db: Database, file: String, tables: [String]?) throws {
        let asked = Set(tables ?? Array(columns.keys))
        let named = Set(asked.flatMap { columns[$0] ?? [] }.compactMap(\.names))
        // Tables of names first, and of those the ones that name no other: a row that names one of them is at fault only
        // if they are not.
        func place(_ table: String) -> (Int, Int, String) {
            (named.contains(table) ? 0 : 1, columns[table]?.compactMap(\.names).count ?? 0, table)
        }
        let all = asked.union(named).sorted { place($0) < place($1) }
        for table in all where try !db.tableExists(table) {
            throw InputError(
                file: file, key: table, found: "no such table", allowed: "a recording")
        }
        for table in all {
            let columns = self.columns[table] ?? []
            let present = Set(try db.columns(in: table).map(\.name))
            for column in columns where !present.contains(column.name) {
                throw InputError(
                    file: file, key: "\(table).\(column.name)", found: "no such column",
                    allowed: "a recording by this version")
            }
            let all = columns.map(\.condition).joined(separator: " AND ")
            guard try Int.fetchOne(db, sql: "SELECT 1 FROM \(table) WHERE NOT (\(all)) LIMIT 1") != nil else {
                continue
            }
            for column in columns { try refuse(column, of: table, db, file) }
        }
        guard try !asked.contains("minutes") || Self.isFilled("minutes", db) else {
            throw InputError(
                file: file, key: "minutes", found: "no rows", allowed: "a recording of a minute or more")
        }
    }

    private static func isFilled(_ table: String, _ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT 1 FROM \(table) LIMIT 1") != nil
    }

    private func refuse(_ column: Column, of table: String, _ db: Database, _ file: String) throws {
        let name = "\"\(column.name)\""
        let sql = """
            SELECT rowid, CASE typeof(\(name)) WHEN 'null' THEN 'NULL' WHEN 'blob' THEN 'a blob'
                ELSE typeof(\(name)) || ' `' || replace(substr(CAST(\(name) AS TEXT), 1, 40), char(10), ' ') || '`' END
            FROM \(table) WHERE NOT \(column.condition) LIMIT 1
            """
        guard let row = try Row.fetchOne(db, sql: sql) else { return }
        let (number, found) = (row[0] as Int64? ?? 0, row[1] as String? ?? "nothing")
        throw InputError(
            file: file, key: "\(table).\(column.name), row \(number)", found: found, allowed: column.allowed)
    }
}

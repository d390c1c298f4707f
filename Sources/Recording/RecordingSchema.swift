import GRDB
import Primitives

/// The tables a recording must have and what their columns may hold, from the very lists that make them, so that reader and
/// writer cannot part.
struct RecordingSchema {
    /// A column and what a good value of it is.
    struct Check {
        var name: String
        /// True of a good value, in SQL.
        var condition: String
        var allowed: String
        /// The table whose ids it holds.
        var names: String?

        init(_ column: ColumnDescription) {
            name = column.name
            let quoted = "\"\(name)\""
            switch column.kind {
            case .text: (condition, allowed) = ("typeof(\(quoted)) = 'text'", "a text")
            case .whole, .key: (condition, allowed) = ("typeof(\(quoted)) = 'integer'", "a whole number")
            case .milliseconds:
                condition = "typeof(\(quoted)) = 'integer' AND \(quoted) BETWEEN 0 AND 9223372036854"
                allowed = "milliseconds since 1970"
            case .id(let table):
                names = table
                condition = "typeof(\(quoted)) = 'integer' AND \(quoted) IN (SELECT id FROM \(table))"
                allowed = "an id of the table \(table)"
            case .number:
                condition = "typeof(\(quoted)) IN ('real', 'integer') AND \(quoted) BETWEEN -1e300 AND 1e300"
                allowed = "a number"
            }
            if column.null != nil {
                condition = "\(quoted) IS NULL OR \(condition)"
                allowed += " or NULL"
            }
            condition = "(\(condition))"
        }
    }

    private let columns: [String: [Check]]

    init() {
        var columns: [String: [Check]] = [:]
        for table in MarketSchema.tables { columns[table.name] = table.definitions.map { Check($0) } }
        self.columns = columns
    }

    /// - Throws: `InputError` where the columns of a file mean something else than today's.
    static func checkVersion(_ db: Database, file: String) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version == MarketSchema.version else {
            throw InputError(
                file: file, key: "user_version", found: "a recording of version \(version)",
                allowed:
                    "version \(MarketSchema.version): columns mean something else since; run it again, or read it with the undertow that wrote it"
            )
        }
    }

    /// - Parameter tables: those to look at; all without.
    /// - Throws: `InputError` naming table, column and row of the first value that cannot be read.
    func check(_ db: Database, file: String, tables: [String]?, only: [String: String] = [:]) throws {
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
            let rows = only[table].map { "(\($0)) AND " } ?? ""
            guard try Int.fetchOne(db, sql: "SELECT 1 FROM \(table) WHERE \(rows)NOT (\(all)) LIMIT 1") != nil
            else {
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

    private func refuse(_ column: Check, of table: String, _ db: Database, _ file: String) throws {
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

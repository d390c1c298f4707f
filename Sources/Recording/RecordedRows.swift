import Foundation
import GRDB
import GRDBSQLite
import Primitives

/// A column of a recorded table as programs read it: names in place of numbers, times as times.
public struct RecordedField: Sendable {
    public enum Kind: Sendable {
        /// Milliseconds since 1970, UTC.
        case time
        case text
        case whole
        /// 0 for no, 1 for yes.
        case flag
        case number
        /// The place of a name among these.
        case name([String])
    }
    public let name: String
    public let kind: Kind
    public let unit: String
    public let meaning: String
    public let hasMissing: Bool

    public init(name: String, kind: Kind, unit: String, meaning: String, hasMissing: Bool) {
        (self.name, self.kind, self.unit) = (name, kind, unit)
        (self.meaning, self.hasMissing) = (meaning, hasMissing)
    }
}

/// Where the values of recorded rows go, row by row, column by column.
public protocol RecordedSink {
    mutating func add(whole: Int64, column: Int)
    mutating func add(number: Double, column: Int)
    /// Valid UTF-8, until the call returns.
    mutating func add(text: UnsafeRawBufferPointer, column: Int)
    mutating func addMissing(column: Int)
}

/// The rows of a table of a run's recording, read forward in batches. One thread at a time.
public final class RecordedRows {
    public let fields: [RecordedField]
    private let database: OpaquePointer?
    private let statement: OpaquePointer?
    private let file: String
    /// By column, what stands in place of an id.
    private let places: [[Int64: Int64]?]
    private var isAtEnd = false

    /// Tables that may be read, the largest last.
    public static var tables: [String] {
        let names = Set(NameTables.all.map(\.name))
        return MarketSchema.tables.map(\.name).filter { !names.contains($0) }
    }

    /// Opens a table and looks at every value of it, as every reader of a recording does.
    ///
    /// - Parameter isKnown: this very file was opened before: its values are not looked at again.
    /// - Throws: `InputError` for an unknown table, or a recording that cannot be read.
    public init(folder: String, table: String, isKnown: Bool = false) throws {
        file = folder + "/run.sqlite"
        guard let list = MarketSchema.tables.first(where: { $0.name == table }),
            Self.tables.contains(table)
        else {
            throw InputError(
                file: file, key: "table", found: "`\(table)`", allowed: Self.tables.joined(separator: ", "),
                nearest: nearestName(to: table, among: Self.tables))
        }
        let columns = try readRecording(file, tables: isKnown ? [] : [table]) { try Self.columns(list, $0) }
        fields = columns.map(\.field)
        places = columns.map(\.places)
        let sql = "SELECT \(columns.map(\.sql).joined(separator: ", ")) FROM \(list.name) AS t"
        var (database, statement): (OpaquePointer?, OpaquePointer?)
        guard sqlite3_open_v2(file, &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK,
            sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK
        else {
            sqlite3_close(database)
            throw InputError(file: file, found: "a file that SQLite cannot read", allowed: "a recording")
        }
        (self.database, self.statement) = (database, statement)
    }

    deinit {
        sqlite3_finalize(statement)
        sqlite3_close(database)
    }

    private struct Selected: Sendable {
        var field: RecordedField
        var sql: String
        var places: [Int64: Int64]?
    }

    private static func columns(_ list: any ColumnList, _ db: Database) throws -> [Selected] {
        let hasTime = list.definitions.contains { $0.kind == .milliseconds }
        var all: [Selected] = []
        for column in list.definitions {
            func add(_ name: String, _ kind: RecordedField.Kind, _ places: [Int64: Int64]? = nil) {
                let field = RecordedField(
                    name: name, kind: kind, unit: column.unit, meaning: column.meaning,
                    hasMissing: column.null != nil || column.kind == .number)
                all.append(Selected(field: field, sql: "t.\"\(column.name)\"", places: places))
            }
            /// The name of an id is found by a query of both.
            func named(_ name: String, _ sql: String) throws {
                var (names, places): ([String], [Int64: Int64]) = ([], [:])
                for row in try Row.fetchAll(db, sql: sql) {
                    let text: String = row[1]
                    let place = names.firstIndex(of: text) ?? names.count
                    if place == names.count { names.append(text) }
                    places[row[0]] = Int64(place)
                }
                add(name, .name(names), places)
            }
            switch column.kind {
            case .milliseconds: add("time_utc", .time)
            case .text: if !(hasTime && column.name == "time_utc") { add(column.name, .text) }
            case .whole, .key: add(column.name, .whole)
            case .number: add(column.name, .number)
            case .id(of: "books"):
                for name in ["venue", "asset"] {
                    try named(
                        name,
                        "SELECT b.id, n.\(name) FROM books AS b JOIN \(name)s AS n ON n.id = b.\(name)_id ORDER BY n.id, b.id"
                    )
                }
                var spots: [Int64: Int64] = [:]
                for row in try Row.fetchAll(db, sql: "SELECT id, is_spot FROM books") {
                    spots[row[0]] = row[1]
                }
                add("is_spot", .flag, spots)
            case .id(let names):
                let name = String(names.dropLast())
                try named(name, "SELECT id, \(name) FROM \(names) ORDER BY id")
            }
        }
        return all
    }

    /// Puts up to so many further rows where they belong.
    ///
    /// - Returns: how many; 0 at the end.
    /// - Throws: `InputError` where the file cannot be read any further.
    public func read(atMost most: Int, into sink: inout some RecordedSink) throws -> Int {
        var rows = 0
        // A statement that is asked once more begins anew.
        while rows < most && !isAtEnd {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE {
                isAtEnd = true
                return rows
            }
            guard code == SQLITE_ROW else {
                throw InputError(
                    file: file, found: "a file that SQLite cannot read any further", allowed: "a recording")
            }
            for i in fields.indices {
                let column = Int32(i)
                if sqlite3_column_type(statement, column) == SQLITE_NULL {
                    sink.addMissing(column: i)
                    continue
                }
                switch fields[i].kind {
                case .number: sink.add(number: sqlite3_column_double(statement, column), column: i)
                case .time, .whole, .flag, .name:
                    let value = sqlite3_column_int64(statement, column)
                    sink.add(whole: places[i].map { $0[value] ?? 0 } ?? value, column: i)
                case .text:
                    let start = sqlite3_column_text(statement, column)
                    let count = Int(sqlite3_column_bytes(statement, column))
                    sink.add(text: UnsafeRawBufferPointer(start: start, count: count), column: i)
                }
            }
            rows += 1
        }
        return rows
    }
}

import GRDB
import GRDBSQLite
import Primitives

/// A prepared insert whose values are bound straight to SQLite: a run can have millions of rows, and boxing the
/// arguments of a row costs more than SQLite itself.
struct SQLiteRows: CellSink {
    let statement: OpaquePointer
    private var column: Int32 = 0

    init(_ db: Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql).sqliteStatement
    }

    mutating func add(_ value: Int64) {
        column += 1
        sqlite3_bind_int64(statement, column, value)
    }

    mutating func add(_ value: Double) {
        column += 1
        sqlite3_bind_double(statement, column, value)
    }

    /// Binds a copy of the text.
    mutating func add(_ value: String) {
        column += 1
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        var text = value
        text.withUTF8 { utf8 in
            _ = utf8.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(statement, column, $0.baseAddress, Int32($0.count), transient)
            }
        }
    }

    mutating func addNull() {
        column += 1
        sqlite3_bind_null(statement, column)
    }

    /// Writes the row and begins the next.
    mutating func end() throws {
        column = 0
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "a row of the recording")
        }
    }
}

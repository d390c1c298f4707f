import GRDB
import GRDBSQLite
import Primitives

/// A prepared insert whose values are bound straight to SQLite: a run can have millions of rows, and boxing the
/// arguments of a row costs more than SQLite itself.
struct SQLiteRows {
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

import Clearing
import GRDB
import GRDBSQLite
import Primitives

/// Rows of the `events` table, bound straight to SQLite: a run can have a million of them, and boxing thirteen
/// arguments a row cost more than SQLite itself.
struct EventRows {
    static let insert = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

    let statement: OpaquePointer
    let assets: [AssetUnits]

    func insert(_ events: [ClearingEvent]) throws {
        // Many events share a moment: its text is made once.
        var moment = (time: SimTime(seconds: -1), text: "")
        for event in events {
            if event.time != moment.time { moment = (event.time, event.time.description) }
            bind(event, at: moment.text)
            let code = sqlite3_step(statement)
            sqlite3_reset(statement)
            guard code == SQLITE_DONE else {
                throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "a row of `events`")
            }
        }
        sqlite3_clear_bindings(statement)
    }

    private func bind(_ e: ClearingEvent, at time: String) {
        let asset = e.market >= 0 ? assets[Int(e.market)] : nil
        let unit = asset?.unit ?? assets[0].unit
        bind(1, time)
        sqlite3_bind_int64(statement, 2, e.time.milliseconds)
        bind(3, e.kind.stageName)
        if let asset { bind(4, asset.name) } else { sqlite3_bind_null(statement, 4) }
        sqlite3_bind_int64(statement, 5, Int64(e.account))
        if e.counterparty >= 0 {
            sqlite3_bind_int64(statement, 6, Int64(e.counterparty))
        } else {
            sqlite3_bind_null(statement, 6)
        }
        // An order count, not a size, for cancelled orders.
        sqlite3_bind_double(
            statement, 7, e.kind == .ordersCancelled ? Double(e.lots.count) : unit.coins(e.lots))
        if e.price.count > 0 {
            sqlite3_bind_double(statement, 8, unit.usd(e.price))
        } else {
            sqlite3_bind_null(statement, 8)
        }
        for (column, money) in [(9, e.amount), (10, e.loss), (11, e.equity), (12, e.maintenance)]
            as [(Int32, Money)]
        {
            sqlite3_bind_double(statement, column, money.dollars)
        }
        bind(13, e.reason)
    }

    /// Binds a copy of the text.
    private func bind(_ column: Int32, _ text: String) {
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        var text = text
        text.withUTF8 { utf8 in
            _ = utf8.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(statement, column, $0.baseAddress, Int32($0.count), transient)
            }
        }
    }
}

import GRDB

extension RecordingSchema {
    /// The tables of a recording of one venue, read off the statements that make them.
    static func ofOneVenue() throws -> [(String, [ColumnDescription])] {
        let mayBeNull: Set = [
            "seconds.bid_depth_1pct_usd", "seconds.ask_depth_1pct_usd", "seconds.open_interest_usd",
            "seconds.vault_equity_usd", "seconds.fund_equity_usd", "seconds.maker_presence",
            "minutes.maker_presence", "events.asset", "events.counterparty", "events.coins",
            "events.price_usd",
        ]
        return try DatabaseQueue().write { db in
            try db.execute(sql: RunDatabase.schema)
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            return try tables.map { table in
                (
                    table,
                    try db.columns(in: table).map { column in
                        let kind: ColumnDescription.Kind =
                            switch column.type {
                            case "TEXT": .text
                            case "INTEGER": column.name == "time_ms" ? .milliseconds : .whole
                            default: .number
                            }
                        return ColumnDescription(
                            column.name, kind, "", "",
                            null: mayBeNull.contains("\(table).\(column.name)") ? "" : nil)
                    }
                )
            }
        }
    }
}

/// Every table of `run.sqlite`.
enum MarketSchema {
    /// What the columns mean, in SQLite's `user_version`. It rises when a column means something else than before: then a
    /// reader would read an older file wrongly and refuses it. 0 is what files had before there was a number: some of them
    /// count the coins of coin-margined venues as if they were dollars.
    static let version = 3

    static let tables: [any ColumnList] =
        NameTables.all as [any ColumnList] + MinuteTables.all
        + [EventTable.events, MinuteHash.table]
    static let views: [RecordedView] = [EventTable.list, CashMoves.view]

    static let sql =
        (tables.map { table in
            "CREATE TABLE \(table.name) (\(table.definitions.map(\.sql).joined(separator: ", ")))"
        } + views.map(\.sql) + ["PRAGMA user_version = \(version)"]).map { $0 + ";" }
        .joined(separator: "\n")

    /// The tables of docs/run-folder.md.
    static var markdown: String {
        (tables + views as [any ColumnList]).map { table in
            let rows = table.definitions.map { column in
                let null = column.null.map { "; NULL: \($0)" } ?? ""
                return "| `\(column.name)` | \(column.unit) | \(column.meaning)\(null) |"
            }
            return
                ([
                    "`\(table.name)`: one row per \(table.row).", "", "| column | unit | what it is |",
                    "| --- | --- | --- |",
                ]
                + rows).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }
}

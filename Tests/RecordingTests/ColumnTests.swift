import Foundation
import GRDB
import Primitives
import Testing

@testable import Recording

@Suite("Columns of a recording") struct ColumnTests {
    @Test func theDocumentIsTheList() throws {
        let written = try DocumentPart("columns", of: "run-folder.md").text
        #expect(
            written == MarketSchema.markdown,
            "between the marks `<!-- columns -->` of docs/run-folder.md must stand:\n\(MarketSchema.markdown)"
        )
    }

    @Test func theSchemaIsTheList() throws {
        try DatabaseQueue().write { db in
            try db.execute(sql: MarketSchema.sql)
            for table in MarketSchema.tables + MarketSchema.views as [any ColumnList] {
                #expect(try db.columns(in: table.name).map(\.name) == table.definitions.map(\.name))
                #expect(Set(table.definitions.map(\.name)).count == table.definitions.count)
                for column in table.definitions {
                    #expect(!column.unit.isEmpty && !column.meaning.isEmpty, "\(table.name).\(column.name)")
                    let unit =
                        column.name.hasSuffix("_usd")
                        ? "USD" : column.name.hasSuffix("_share") ? "share" : nil
                    #expect(unit == nil || column.unit == unit, "\(table.name).\(column.name)")
                }
            }
            #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == MarketSchema.version)
        }
    }

    /// Rows go by name: what the list says in another order is written all the same.
    @Test func rowsAreWrittenByName() throws {
        let table = RecordedTable<[Double?]>(
            "things", row: "thing", count: { $0.count },
            [
                .key("its number") { _, i in Int64(i) },
                .number("half", "1", "half of it", null: "there is none") { things, i in
                    things[i].map { $0 / 2 }
                },
                .text("name", "name", "what it is called") { _, i in "thing \(i)" },
            ])
        try DatabaseQueue().write { db in
            try db.execute(sql: "CREATE TABLE things (name TEXT, half REAL, id INTEGER PRIMARY KEY)")
            try table.write([4, nil], db)
            try db.execute(sql: "UPDATE things SET id = id + 10")
            let cells = table.cells([6, 8])
            #expect(cells.rowCount == 2)
            try cells.write(db)
            let rows = try Row.fetchAll(db, sql: "SELECT id, half, name FROM things ORDER BY id DESC")
            #expect(
                rows.map { "\($0[0] as Int) \($0[1] as Double? ?? -1) \($0[2] as String)" } == [
                    "11 -1.0 thing 1", "10 2.0 thing 0", "1 4.0 thing 1", "0 3.0 thing 0",
                ])
        }
    }

    @Test func anOlderRecordingIsRefused() throws {
        let path = NSTemporaryDirectory() + "old-\(UUID().uuidString).sqlite"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: MarketSchema.sql)
            try db.execute(
                sql: "INSERT INTO minute_hashes VALUES ('2025-10-10T20:01:00Z', 'a'); PRAGMA user_version = 0"
            )
        }
        try queue.close()
        let error = #expect(throws: InputError.self) {
            try readRecording(path, tables: ["minute_hashes"]) { _ in }
        }
        #expect(error?.found == "a recording of version 0")
        #expect(error?.allowed.hasPrefix("version \(MarketSchema.version): ") == true)
    }
}

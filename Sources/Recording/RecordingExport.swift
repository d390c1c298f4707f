import Foundation
import GRDB
import Primitives

/// A recording as CSV files that open in a spreadsheet, pandas or DuckDB: numbers of venues, assets, books and stages are
/// replaced by their names, times are ISO 8601 in UTC, what has no value is an empty cell.
public enum RecordingExport {
    /// A file that was written.
    public struct File: Sendable {
        public var name: String
        public var rows: Int
    }

    /// Writes every table into a folder, and what the columns mean as `columns.csv`.
    ///
    /// - Parameters:
    ///   - folder: of a run with a recording.
    ///   - to: an existing folder.
    ///   - onTable: called before each table with its name.
    /// - Throws: `InputError` for a recording that cannot be read, or a file that cannot be written.
    public static func write(
        folder: String, to: String, onTable: @Sendable (String) -> Void = { _ in },
        isInterrupted: @Sendable () -> Bool = { false }
    ) throws -> [File] {
        try readRecording(folder + "/run.sqlite") { db in
            var files: [File] = []
            for table in tables {
                onTable(table.name)
                let name = table.name + ".csv"
                let rows = try write(db, table, to: to + "/" + name, isInterrupted)
                files.append(File(name: name, rows: rows))
            }
            let columns = try CSVFile(to + "/columns.csv")
            try columns.row(["table", "column", "unit", "meaning", "empty where"])
            for table in tables {
                for selected in Self.columns(table) {
                    let column = selected.column
                    try columns.row([
                        table.name, selected.title, selected.title == column.name ? column.unit : "name",
                        column.meaning, column.null ?? "",
                    ])
                }
            }
            try columns.end()
            return files
        }
    }

    /// Tables of names are joined into the others.
    private static var tables: [any ColumnList] {
        let names = Set(NameTables.all.map(\.name))
        return MarketSchema.tables.filter { !names.contains($0.name) } + [CashMoves.view]
    }

    private struct Selected {
        var title: String
        var sql: String
        var column: ColumnDescription
    }

    private static func columns(_ table: any ColumnList) -> [Selected] {
        let hasTime = table.definitions.contains { $0.name == "time_utc" }
        return table.definitions.flatMap { column -> [Selected] in
            switch column.kind {
            case .milliseconds:
                if hasTime { return [] }
                let time =
                    "strftime('%Y-%m-%dT%H:%M:%S', t.\(column.name) / 1000, 'unixepoch') || printf('.%03dZ', t.\(column.name) % 1000)"
                return [Selected(title: "time_utc", sql: time, column: column)]
            case .id(of: "books"):
                return ["venue", "asset", "is_spot"].map { name in
                    let sql =
                        name == "is_spot"
                        ? "(SELECT is_spot FROM books WHERE id = t.\(column.name))"
                        : "(SELECT \(name) FROM books JOIN \(name)s ON \(name)s.id = books.\(name)_id WHERE books.id = t.\(column.name))"
                    return Selected(title: name, sql: sql, column: column)
                }
            case .id(of: "venues"):
                return ["venue", "settlement"].map {
                    Selected(
                        title: $0, sql: "(SELECT \($0) FROM venues WHERE id = t.\(column.name))",
                        column: column)
                }
            case .id(let names):
                let name = String(names.dropLast())
                return [
                    Selected(
                        title: name, sql: "(SELECT \(name) FROM \(names) WHERE id = t.\(column.name))",
                        column: column)
                ]
            case .text, .whole, .number, .key:
                return [Selected(title: column.name, sql: "t.\"\(column.name)\"", column: column)]
            }
        }
    }

    private static func write(
        _ db: Database, _ table: any ColumnList, to path: String, _ isInterrupted: () -> Bool
    ) throws -> Int {
        let selected = columns(table)
        let file = try CSVFile(path)
        try file.row(selected.map(\.title))
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(selected.map(\.sql).joined(separator: ", ")) FROM \(table.name) AS t")
        var count = 0
        while let row = try rows.next() {
            if count % 65_536 == 0 && isInterrupted() { throw CancellationError() }
            for i in selected.indices {
                switch (row[i] as DatabaseValue).storage {
                case .null: file.add("")
                case .int64(let value): file.add("\(value)")
                case .double(let value): file.add("\(value)")
                case .string(let value): file.add(value)
                case .blob(let bytes): file.add(bytes.map { String(format: "%02x", $0) }.joined())
                }
            }
            try file.endRow()
            count += 1
        }
        try file.end()
        return count
    }
}

/// A CSV file while it is written; RFC 4180.
private final class CSVFile {
    private let path: String
    private let handle: FileHandle
    private var text = ""
    private var isFirst = true

    init(_ path: String) throws {
        self.path = path
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw InputError(
                file: path, found: "cannot be written", allowed: "a folder that exists and can be written to")
        }
        self.handle = handle
        text.reserveCapacity(1 << 20)
    }

    func add(_ cell: String) {
        if !isFirst { text += "," }
        isFirst = false
        text += cell.csvCell
    }

    func endRow() throws {
        text += "\n"
        isFirst = true
        if text.utf8.count > 1 << 20 { try flush() }
    }

    func row(_ cells: [String]) throws {
        for cell in cells { add(cell) }
        try endRow()
    }

    func end() throws {
        try flush()
        try handle.close()
    }

    private func flush() throws {
        do { try handle.write(contentsOf: Data(text.utf8)) } catch {
            throw InputError(
                file: path, found: "cannot be written: the disk may be full", allowed: "free space")
        }
        text.removeAll(keepingCapacity: true)
    }
}

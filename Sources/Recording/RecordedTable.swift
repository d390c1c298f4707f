import GRDB

/// A table of a recording: what a row is, and its columns.
struct RecordedTable<Source: ~Copyable>: ColumnList {
    let name: String
    let row: String
    let columns: [Column<Source>]
    /// How many rows the source has.
    private let count: @Sendable (borrowing Source) -> Int

    init(
        _ name: String, row: String, count: @escaping @Sendable (borrowing Source) -> Int,
        _ columns: [Column<Source>]
    ) {
        self.name = name
        self.row = row
        self.columns = columns
        self.count = count
    }

    var definitions: [ColumnDescription] { columns.map(\.definition) }

    var insert: String {
        let places = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        return
            "INSERT INTO \(name) (\(columns.map(\.definition.name).joined(separator: ", "))) VALUES (\(places))"
    }

    /// Writes every row of a source.
    func write(_ source: borrowing Source, _ db: Database) throws {
        let count = count(source)
        guard count > 0 else { return }
        var rows = try SQLiteRows(db, insert)
        for i in 0..<count {
            for column in columns { column.put(source, i, into: &rows) }
            try rows.end()
        }
    }

    /// Every row of a source, to be written later.
    func cells(_ source: borrowing Source) -> Cells {
        var cells = Cells(insert: insert, width: columns.count)
        let count = count(source)
        cells.values.reserveCapacity(count * columns.count)
        for i in 0..<count {
            for column in columns { column.put(source, i, into: &cells) }
        }
        return cells
    }
}

/// A table or a view, whatever its rows come from.
protocol ColumnList: Sendable {
    var name: String { get }
    /// What a row is, in words.
    var row: String { get }
    var definitions: [ColumnDescription] { get }
}

/// Rows of one table that wait to be written.
struct Cells: CellSink, Sendable {
    enum Cell: Sendable {
        case null
        case whole(Int64)
        case number(Double)
        case text(String)
    }
    let insert: String
    let width: Int
    var values: [Cell] = []

    init(insert: String, width: Int) {
        self.insert = insert
        self.width = width
    }

    var rowCount: Int { values.count / width }

    mutating func add(_ value: Int64) { values.append(.whole(value)) }
    mutating func add(_ value: Double) { values.append(.number(value)) }
    mutating func add(_ value: String) { values.append(.text(value)) }
    mutating func addNull() { values.append(.null) }

    func write(_ db: Database) throws {
        var rows = try SQLiteRows(db, insert)
        for (i, cell) in values.enumerated() {
            switch cell {
            case .null: rows.addNull()
            case .whole(let value): rows.add(value)
            case .number(let value): rows.add(value)
            case .text(let value): rows.add(value)
            }
            if (i + 1) % width == 0 { try rows.end() }
        }
    }
}

/// A view over the tables: columns with the SQL that makes them.
struct RecordedView: ColumnList {
    let name: String
    let row: String
    let columns: [(definition: ColumnDescription, sql: String)]
    /// The tables it joins.
    let from: String

    var definitions: [ColumnDescription] { columns.map(\.definition) }

    var sql: String {
        let list = columns.map { "\($0.sql) AS \($0.definition.name)" }.joined(separator: ", ")
        return "CREATE VIEW \(name) AS SELECT \(list) FROM \(from)"
    }
}

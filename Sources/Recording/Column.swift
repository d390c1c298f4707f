/// One column of a recording: its name, what it counts and means, and where its value comes from.
///
/// Schema, insert statements, the check of a file that is read, and the tables of docs/run-folder.md are made from lists of
/// these: a column that is not in its table's list does not exist.
struct Column<Source: ~Copyable>: Sendable {
    /// The value of row `Int` of what is recorded. What it may return decides the SQL type and whether NULL is allowed.
    enum Value: Sendable {
        case text(@Sendable (borrowing Source, Int) -> String)
        case whole(@Sendable (borrowing Source, Int) -> Int64)
        case wholeOrNull(@Sendable (borrowing Source, Int) -> Int64?)
        case number(@Sendable (borrowing Source, Int) -> Double)
        case numberOrNull(@Sendable (borrowing Source, Int) -> Double?)
    }

    let definition: ColumnDescription
    let value: Value

    private init(_ definition: ColumnDescription, _ value: Value) {
        self.definition = definition
        self.value = value
    }

    /// Puts the value of one row where it belongs.
    func put<Sink: CellSink>(_ source: borrowing Source, _ row: Int, into sink: inout Sink) {
        switch value {
        case .text(let value): sink.add(value(source, row))
        case .whole(let value): sink.add(value(source, row))
        case .wholeOrNull(let value):
            if let value = value(source, row) { sink.add(value) } else { sink.addNull() }
        case .number(let value): sink.add(value(source, row))
        case .numberOrNull(let value):
            if let value = value(source, row) { sink.add(value) } else { sink.addNull() }
        }
    }

    static func text(
        _ name: String, _ unit: String, _ meaning: String,
        _ value: @escaping @Sendable (borrowing Source, Int) -> String
    ) -> Column {
        Column(ColumnDescription(name, .text, unit, meaning), .text(value))
    }

    static func whole(
        _ name: String, _ unit: String, _ meaning: String,
        _ value: @escaping @Sendable (borrowing Source, Int) -> Int64
    ) -> Column {
        Column(ColumnDescription(name, .whole, unit, meaning), .whole(value))
    }

    static func whole(
        _ name: String, _ unit: String, _ meaning: String, null: String,
        _ value: @escaping @Sendable (borrowing Source, Int) -> Int64?
    ) -> Column {
        Column(ColumnDescription(name, .whole, unit, meaning, null: null), .wholeOrNull(value))
    }

    static func number(
        _ name: String, _ unit: String, _ meaning: String,
        _ value: @escaping @Sendable (borrowing Source, Int) -> Double
    ) -> Column {
        Column(ColumnDescription(name, .number, unit, meaning), .number(value))
    }

    /// - Parameter null: why there may be no value. A value that is no number is none.
    static func number(
        _ name: String, _ unit: String, _ meaning: String, null: String,
        _ value: @escaping @Sendable (borrowing Source, Int) -> Double?
    ) -> Column {
        Column(ColumnDescription(name, .number, unit, meaning, null: null), .numberOrNull(value))
    }

    /// Milliseconds since 1970, UTC.
    static func milliseconds(
        _ meaning: String, _ value: @escaping @Sendable (borrowing Source, Int) -> Int64
    ) -> Column {
        Column(ColumnDescription("time_ms", .milliseconds, "ms since 1970, UTC", meaning), .whole(value))
    }

    /// The row's own number, by which other tables name it.
    static func key(_ meaning: String, _ value: @escaping @Sendable (borrowing Source, Int) -> Int64)
        -> Column
    {
        Column(ColumnDescription("id", .key, "number", meaning), .whole(value))
    }

    /// The number of a row of another table.
    static func id(
        _ name: String, of table: String, _ meaning: String,
        _ value: @escaping @Sendable (borrowing Source, Int) -> Int64
    ) -> Column {
        Column(ColumnDescription(name, .id(of: table), "id of `\(table)`", meaning), .whole(value))
    }

    static func id(
        _ name: String, of table: String, _ meaning: String, null: String,
        _ value: @escaping @Sendable (borrowing Source, Int) -> Int64?
    ) -> Column {
        Column(
            ColumnDescription(name, .id(of: table), "id of `\(table)`", meaning, null: null),
            .wholeOrNull(value))
    }
}

/// What a person or a reader must know of a column.
struct ColumnDescription: Sendable {
    enum Kind: Sendable, Hashable {
        case text, whole, number, milliseconds, key
        case id(of: String)
    }
    let name: String
    let kind: Kind
    let unit: String
    let meaning: String
    /// Why there may be no value; nil where there always is one.
    let null: String?

    init(_ name: String, _ kind: Kind, _ unit: String, _ meaning: String, null: String? = nil) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.meaning = meaning
        self.null = null
    }

    /// Its line of the statement that makes the table.
    var sql: String {
        switch kind {
        case .key: "\(name) INTEGER PRIMARY KEY"
        case .text: "\(name) TEXT NOT NULL"
        // A number that is none is kept as NULL and refused when it is read: it must not end a run's recording.
        case .number: "\(name) REAL"
        case .whole, .milliseconds, .id: "\(name) INTEGER" + (null == nil ? " NOT NULL" : "")
        }
    }
}

/// Where the values of a row go, in the order of the columns.
protocol CellSink {
    mutating func add(_ value: Int64)
    mutating func add(_ value: Double)
    mutating func add(_ value: String)
    mutating func addNull()
}

import Primitives

/// A small comma-separated table read by the names of its columns, which may stand in any order among others.
public struct ColumnTable: Sendable {
    public struct Row: Sendable {
        public var line: Int
        /// In the order the columns were asked for.
        public var texts: [String]
    }

    public let file: String
    public let columns: [String]
    public private(set) var rows: [Row] = []

    /// - Parameters:
    ///   - comments: lines that begin with `#` and are no rows.
    ///   - lastTakesRest: cells beyond the header's belong to its last column, commas and all.
    /// - Throws: `InputError` if the file cannot be read, a column is missing or a row has another number of cells.
    public init(
        _ file: String, columns: [String], comments: TableRows.Comments = .everywhere,
        lastTakesRest: Bool = false
    ) throws(InputError) {
        try self.init(
            try TableRows(path: file, comments: comments), columns: columns, lastTakesRest: lastTakesRest)
    }

    /// - Parameters:
    ///   - file: what errors name.
    ///   - lastTakesRest: cells beyond the header's belong to its last column, commas and all.
    /// - Throws: `InputError` for a column that is missing and a row of another length.
    public init(
        text: String, file: String, columns: [String], lastTakesRest: Bool = false
    ) throws(InputError) {
        try self.init(
            TableRows(text: text, path: file, comments: .everywhere), columns: columns,
            lastTakesRest: lastTakesRest)
    }

    private init(_ table: TableRows, columns: [String], lastTakesRest: Bool) throws(InputError) {
        file = table.path
        self.columns = columns
        guard let header = try table.next() else {
            throw InputError(
                file: file, found: "an empty file",
                allowed: "a header with the columns \(columns.joined(separator: ","))")
        }
        let names = header.texts
        let places = try columnPlaces(columns, in: header, of: table)
        while let row = try table.next() {
            var texts = row.texts
            // Tables put one behind the other bring their headers along.
            if texts == names { continue }
            if lastTakesRest && texts.count > names.count {
                let rest = texts[(names.count - 1)...].joined(separator: ", ")
                texts[(names.count - 1)...] = [rest]
            }
            guard texts.count == names.count else {
                throw table.error(
                    row, found: "\(texts.count) columns", allowed: "\(names.count), as in the header")
            }
            rows.append(Row(line: row.line, texts: places.map { texts[$0] }))
        }
    }

    /// A cell as a finite number.
    ///
    /// - Throws: `InputError` for a cell that is no finite number.
    public func number(_ row: Row, _ column: Int) throws(InputError) -> Double {
        guard let value = Double(row.texts[column]), value.isFinite else {
            throw InputError(
                file: file, line: row.line, key: columns[column], found: "`\(row.texts[column])`",
                allowed: "a number")
        }
        return value
    }

    /// Every row's cells as finite numbers, in the order the columns were asked for.
    ///
    /// - Throws: `InputError` for a cell that is no finite number.
    public func numbers() throws(InputError) -> [[Double]] {
        var all: [[Double]] = []
        for row in rows {
            var numbers: [Double] = []
            for i in columns.indices { numbers.append(try number(row, i)) }
            all.append(numbers)
        }
        return all
    }
}

/// Where the columns stand in a header.
///
/// A header that has none of them is not shown: the file is then none of its kind, and may be private.
///
/// - Throws: `InputError` for the first column that is missing or stands twice.
public func columnPlaces(
    _ columns: [String], in header: TableRow, of table: TableRows
) throws(InputError) -> [Int] {
    let names = header.texts
    let wanted = columns.joined(separator: ",")
    guard names.contains(where: columns.contains) else {
        throw table.error(
            header, found: "no header: none of the columns stands in it", allowed: "the columns \(wanted)")
    }
    var places: [Int] = []
    for name in columns {
        guard let place = names.firstIndex(of: name) else {
            var error = table.error(
                header, name, found: "the columns \(names.joined(separator: ","))",
                allowed: "the columns \(wanted)")
            error.nearest = nearestName(to: name, among: names)
            throw error
        }
        guard names.lastIndex(of: name) == place else {
            throw table.error(header, name, found: "the column twice", allowed: "each column once")
        }
        places.append(place)
    }
    return places
}

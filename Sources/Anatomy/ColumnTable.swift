import Foundation
import Primitives

/// A small comma-separated table read by the names of its columns, which may stand in any order among others.
public struct ColumnTable {
    public struct Row {
        var line: Int
        /// In the order the columns were asked for.
        var texts: [String]
    }

    let file: String
    let columns: [String]
    public private(set) var rows: [Row] = []

    /// - Throws: `InputError` if the file cannot be read, a column is missing or a row has another number of cells.
    public init(_ file: String, columns: [String]) throws {
        guard let data = FileManager.default.contents(atPath: file),
            let text = String(data: data, encoding: .utf8)
        else {
            throw InputError(
                file: file, found: "no readable text file",
                allowed: "a table with the columns \(columns.joined(separator: ","))")
        }
        try self.init(text: text, file: file, columns: columns)
    }

    /// - Parameter file: what errors name.
    public init(text: String, file: String, columns: [String]) throws {
        self.file = file
        self.columns = columns
        let wanted = columns.joined(separator: ",")
        var header: [String]?
        var places: [Int] = []
        for (i, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = raw.trimmingCharacters(in: .whitespacesAndNewlines.union(["\u{FEFF}"]))
            if line.isEmpty || line.hasPrefix("#") { continue }
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces.union(["\""]))
            }
            guard let names = header else {
                for name in columns {
                    guard let place = cells.firstIndex(of: name) else {
                        throw InputError(
                            file: file, line: i + 1, key: name,
                            found: "the columns \(cells.joined(separator: ", "))",
                            allowed: "the columns \(wanted)", nearest: nearestName(to: name, among: cells))
                    }
                    places.append(place)
                }
                header = cells
                continue
            }
            guard cells.count == names.count else {
                throw InputError(
                    file: file, line: i + 1, found: "\(cells.count) cells",
                    allowed: "\(names.count), as in the header")
            }
            rows.append(Row(line: i + 1, texts: places.map { cells[$0] }))
        }
        guard header != nil else {
            throw InputError(
                file: file, found: "an empty file", allowed: "a header with the columns \(wanted)")
        }
    }

    /// A cell as a finite number.
    func number(_ row: Row, _ column: Int) throws -> Double {
        guard let value = Double(row.texts[column]), value.isFinite else {
            throw InputError(
                file: file, line: row.line, key: columns[column], found: "`\(row.texts[column])`",
                allowed: "a number")
        }
        return value
    }

    /// Every row's cells as finite numbers, in the order the columns were asked for.
    public func numbers() throws -> [[Double]] {
        try rows.map { row in try columns.indices.map { try number(row, $0) } }
    }
}

import Primitives

/// One worked example of a rule.
public struct Example: Sendable {
    public enum Kind: String, Sendable {
        /// Must come out of the code a run uses.
        case rule
        /// Superseded, or arithmetic of a page.
        case document
    }
    public var id: String
    public var venue: String
    public var topic: String
    /// The dated rule it is about; empty for the one in force on 9 October 2025.
    public var revision: String
    public var kind: Kind
    public var inputs: [String: ExampleValue]
    public var expected: [String: ExampleValue]
    public var tolerance: Double
    public var line: Int
}

/// A table of worked examples: CSV with the columns below, inputs and expectations as JSON objects.
public enum ExampleFile {
    static let columns = [
        "id", "venue", "topic", "revision", "kind", "inputs", "expected", "tolerance", "source", "url",
    ]

    public static func read(_ text: String, file: String) throws(InputError) -> [Example] {
        let rows = try CSVText.rows(text, file: file)
        guard let header = rows.first else {
            throw InputError(file: file, found: "an empty file", allowed: columns.joined(separator: ","))
        }
        var places: [String: Int] = [:]
        for column in columns {
            guard let place = header.cells.firstIndex(of: column) else {
                if column == "source" || column == "url" { continue }
                throw InputError(
                    file: file, line: 1, key: column, found: excerpt(header.cells.joined(separator: ",")),
                    allowed: "a column `\(column)`",
                    nearest: nearestName(to: column, among: header.cells.filter { $0.utf8.count <= 60 }))
            }
            places[column] = place
        }
        var all: [Example] = []
        var ids: Set<String> = []
        for row in rows.dropFirst() {
            guard row.cells.count == header.cells.count else {
                throw InputError(
                    file: file, line: row.line, found: "\(row.cells.count) cells",
                    allowed: "\(header.cells.count) cells as in the header")
            }
            func cell(_ column: String) -> String { row.cells[places[column]!] }
            guard let kind = Example.Kind(rawValue: cell("kind")) else {
                throw InputError(
                    file: file, line: row.line, key: "kind", found: "`\(excerpt(cell("kind")))`",
                    allowed: "rule, document")
            }
            // `Double` alone would take `inf`, `nan` and `0x1p3`.
            guard ExactDecimal(cell("tolerance")) != nil, let tolerance = Double(cell("tolerance")),
                tolerance >= 0, tolerance.isFinite
            else {
                throw InputError(
                    file: file, line: row.line, key: "tolerance", found: "`\(excerpt(cell("tolerance")))`",
                    allowed: "a number from 0")
            }
            guard ids.insert(cell("id")).inserted else {
                throw InputError(
                    file: file, line: row.line, key: "id", found: "`\(excerpt(cell("id")))` again",
                    allowed: "each id once")
            }
            all.append(
                Example(
                    id: cell("id"), venue: cell("venue"), topic: cell("topic"), revision: cell("revision"),
                    kind: kind, inputs: try object(cell("inputs"), "inputs", row.line, file),
                    expected: try object(cell("expected"), "expected", row.line, file),
                    tolerance: tolerance, line: row.line))
        }
        return all
    }

    private static func object(
        _ json: String, _ column: String, _ line: Int, _ file: String
    ) throws(InputError) -> [String: ExampleValue] {
        do {
            return try ExampleJSON.object(json)
        } catch {
            throw InputError(
                file: file, line: line, key: column,
                found: "`\(excerpt(json))` (\(error.what), byte \(error.place + 1))", allowed: "a JSON object"
            )
        }
    }
}

/// Comma-separated text with quoted cells (RFC 4180).
enum CSVText {
    struct Row {
        var cells: [String]
        /// Of its first cell, from 1.
        var line: Int
    }

    static func rows(_ text: String, file: String) throws(InputError) -> [Row] {
        var rows: [Row] = []
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var line = 1
        var start = 1
        func finishCell() {
            cells.append(String(decoding: cell, as: UTF8.self))
            cell.removeAll(keepingCapacity: true)
        }
        func finishRow() {
            finishCell()
            if cells != [""] { rows.append(Row(cells: cells, line: start)) }
            cells.removeAll(keepingCapacity: true)
        }
        let bytes = Array(text.utf8)
        var i = 0
        while i < bytes.count {
            let c = bytes[i]
            if c == UInt8(ascii: "\n") { line += 1 }
            if isQuoted {
                if c != UInt8(ascii: "\"") {
                    cell.append(c)
                } else if i + 1 < bytes.count && bytes[i + 1] == c {
                    cell.append(c)
                    i += 1
                } else {
                    isQuoted = false
                }
            } else if c == UInt8(ascii: "\"") && cell.isEmpty {
                isQuoted = true
            } else if c == UInt8(ascii: ",") {
                finishCell()
            } else if c == UInt8(ascii: "\n") {
                finishRow()
                start = line
            } else if c != UInt8(ascii: "\r") {
                cell.append(c)
            }
            i += 1
        }
        if isQuoted {
            throw InputError(
                file: file, line: start, found: "a quoted cell without an end", allowed: "\" at its end")
        }
        if !cell.isEmpty || !cells.isEmpty { finishRow() }
        return rows
    }
}

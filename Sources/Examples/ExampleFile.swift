import InputFiles
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

    /// - Throws: `InputError` for a table without the columns of one.
    public static func read(_ text: String, file: String) throws(InputError) -> [Example] {
        let rows = try tableRows(text, file: file)
        guard let header = rows.first else {
            throw InputError(file: file, found: "an empty file", allowed: columns.joined(separator: ","))
        }
        guard header.cells.contains(where: columns.contains) else {
            throw InputError(
                file: file, line: header.line, found: "no header: none of the columns stands in it",
                allowed: columns.joined(separator: ","))
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
        for row in rows.dropFirst() where row.cells != header.cells {
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

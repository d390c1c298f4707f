import InputFiles
import Primitives
import Scenarios

/// A table of facts in the layout of our own: `fact,key,low,high,unit,role,source`, comment lines starting with #.
public enum FactFile {
    private static let columns = ["fact", "key", "low", "high", "unit", "role", "source"]
    /// Of the whole market and of one venue.
    private static var keys: [String] {
        Measures.keys
    }

    public static func read(_ file: String) throws -> [Fact] {
        // A source may have commas and stand last without quotes.
        let table = try ColumnTable(file, columns: columns, lastTakesRest: true)
        let facts = try table.rows.map { try fact($0.texts, file, $0.line) }
        guard !facts.isEmpty else {
            throw InputError(
                file: file, found: "no fact",
                allowed: "the line `\(columns.joined(separator: ","))` and a row a fact")
        }
        return facts
    }

    private static func fact(_ cells: [String], _ file: String, _ number: Int) throws -> Fact {
        guard keys.contains(cells[1]) else {
            throw InputError(
                file: file, line: number, key: "key", found: "`\(cells[1])`",
                allowed: keys.joined(separator: ", "), nearest: nearestName(to: cells[1], among: keys))
        }
        guard let low = Double(cells[2]), let high = Double(cells[3]), low.isFinite, high.isFinite,
            low <= high
        else {
            throw InputError(
                file: file, line: number, key: "low, high", found: "`\(cells[2])`, `\(cells[3])`",
                allowed: "two numbers, the first not above the second")
        }
        guard FactRow.roles.contains(cells[5]) else {
            throw InputError(
                file: file, line: number, key: "role", found: "`\(cells[5])`",
                allowed: FactRow.roles.joined(separator: ", "),
                nearest: nearestName(to: cells[5], among: FactRow.roles))
        }
        return Fact(
            name: cells[0], key: cells[1], low: low, high: high, unit: cells[4], role: cells[5],
            source: cells[6])
    }
}

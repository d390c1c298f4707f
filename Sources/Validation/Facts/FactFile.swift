import InputFiles
import Primitives

/// A table of facts: `fact,measure,low,high,unit,role,source`, comment lines starting with #.
public enum FactFile {
    private static let columns = ["fact", "measure", "low", "high", "unit", "role", "source"]

    /// - Parameter names: what the measures may name.
    /// - Throws: `InputError` naming file, line and column.
    public static func read(_ file: String, names: MeasureNames) throws -> [Fact] {
        try read(text: readText(file, atMost: 16 << 20, "a table of facts"), file: file, names: names)
    }

    /// - Parameters:
    ///   - file: what errors name.
    ///   - names: what the measures may name.
    /// - Throws: `InputError` naming file, line and column.
    public static func read(text: String, file: String, names: MeasureNames) throws(InputError) -> [Fact] {
        try refuseKeys(text, file)
        // A source may have commas and stand last without quotes.
        let table = try ColumnTable(text: text, file: file, columns: columns, lastTakesRest: true)
        var facts: [Fact] = []
        for row in table.rows {
            let fact = try fact(row, table, names)
            if facts.contains(where: { $0.name == fact.name }) {
                throw InputError(
                    file: file, line: row.line, key: "fact", found: "`\(fact.name)` a second time",
                    allowed: "each name once")
            }
            facts.append(fact)
        }
        guard !facts.isEmpty else {
            throw InputError(
                file: file, found: "no fact",
                allowed: "the line `\(columns.joined(separator: ","))` and a row a fact")
        }
        return facts
    }

    /// Facts were asked for by a key of their own once, and not by a measure.
    private static func refuseKeys(_ text: String, _ file: String) throws(InputError) {
        let table = TableRows(text: text, path: file, comments: .everywhere)
        guard let header = try table.next(), header.texts.contains("key"),
            !header.texts.contains("measure")
        else { return }
        throw table.error(
            header, "key", found: "the column `key` of earlier tables",
            allowed:
                "a column `measure` in its place, with what `undertow scenarios measures` lists: `fall_pct(asset=BTC)` where `btc_fall_pct` stood"
        )
    }

    private static func fact(
        _ row: ColumnTable.Row, _ table: ColumnTable, _ names: MeasureNames
    ) throws(InputError) -> Fact {
        func refuse(
            _ key: String, _ found: String, _ allowed: String, nearest: String? = nil
        ) -> InputError {
            InputError(
                file: table.file, line: row.line, key: key, found: found, allowed: allowed, nearest: nearest)
        }
        let cells = row.texts
        guard !cells[0].isEmpty else { throw refuse("fact", "no name", "a name") }
        let call = try MeasureCall(cells[1], file: table.file, line: row.line, names: names)
        guard let low = Double(cells[2]), let high = Double(cells[3]), low.isFinite, high.isFinite,
            low <= high
        else {
            throw refuse(
                "low, high", "`\(cells[2])`, `\(cells[3])`", "two numbers, the first not above the second")
        }
        let units = call.measure.unit.allowed
        guard units.contains(cells[4]) else {
            throw refuse(
                "unit", "`\(cells[4])`",
                "\(units.joined(separator: ", ")): what \(call.measure.name) is counted in",
                nearest: nearestName(to: cells[4], among: units))
        }
        guard FactRow.roles.contains(cells[5]) else {
            throw refuse(
                "role", "`\(cells[5])`", FactRow.roles.joined(separator: ", "),
                nearest: nearestName(to: cells[5], among: FactRow.roles))
        }
        return Fact(
            name: cells[0], measure: call, low: low, high: high, unit: cells[4], role: cells[5],
            source: cells[6])
    }
}

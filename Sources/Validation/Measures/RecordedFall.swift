import InputFiles
import Primitives

/// The recorded fall of one market, from the reference minute to the lowest trade of the event.
struct RecordedFall: Sendable {
    var venue: String
    var asset: String
    var fallPct: Double
    /// What somebody without a model would say of it: any number, larger for a deeper fall.
    var guess: Double

    /// - Parameter names: the assets and venues of the event, of which a row must be.
    /// - Throws: `InputError` naming file, line and column.
    static func read(_ file: String, names: MeasureNames) throws(InputError) -> [RecordedFall] {
        let table = try ColumnTable(
            text: names.tables[file]!, file: file, columns: ["venue", "asset", "fall_pct", "guess"])
        let assets = names.assets.map(\.name)
        var falls: [RecordedFall] = []
        for row in table.rows {
            for (column, what, known) in [(0, "a venue", names.venues), (1, "an asset", assets)] {
                let name = row.texts[column]
                guard !known.contains(name) else { continue }
                throw InputError(
                    file: file, line: row.line, key: table.columns[column], found: "`\(name)`",
                    allowed: "\(what) of the event; the row of one that it no longer has goes",
                    nearest: nearestName(to: name, among: known))
            }
            falls.append(
                RecordedFall(
                    venue: row.texts[0], asset: row.texts[1], fallPct: try table.number(row, 2),
                    guess: try table.number(row, 3)))
        }
        return falls
    }
}

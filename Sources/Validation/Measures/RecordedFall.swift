import InputFiles
import Primitives

/// The recorded fall of one market, from the reference minute to the lowest trade of the event.
struct RecordedFall: Sendable {
    var venue: String
    var asset: String
    var fallPct: Double
    /// What somebody without a model would say of it: any number, larger for a deeper fall.
    var guess: Double

    /// - Throws: `InputError` naming file, line and column.
    static func read(_ text: String, file: String) throws(InputError) -> [RecordedFall] {
        let table = try ColumnTable(
            text: text, file: file, columns: ["venue", "asset", "fall_pct", "guess"])
        var falls: [RecordedFall] = []
        for row in table.rows {
            falls.append(
                RecordedFall(
                    venue: row.texts[0], asset: row.texts[1], fallPct: try table.number(row, 2),
                    guess: try table.number(row, 3)))
        }
        return falls
    }
}

import InputFiles
import Primitives

/// The recorded volume of one coin over all venues, millions of dollars.
struct RecordedVolume: Sendable {
    var asset: String
    var perpetual: Double
    var spot: Double

    func usd(of market: String) -> Double { market == "spot" ? spot : perpetual }

    /// - Parameter names: the assets of the event, of which a row must be.
    /// - Throws: `InputError` naming file, line and column.
    static func read(_ file: String, names: MeasureNames) throws(InputError) -> [RecordedVolume] {
        let table = try ColumnTable(
            text: names.tables[file]!, file: file, columns: ["asset", "perpetual_usd_m", "spot_usd_m"])
        let assets = names.assets.map(\.name)
        var volumes: [RecordedVolume] = []
        for row in table.rows {
            let name = row.texts[0]
            guard assets.contains(name) else {
                throw InputError(
                    file: file, line: row.line, key: "asset", found: "`\(name)`",
                    allowed: "an asset of the event; the row of one that it no longer has goes",
                    nearest: nearestName(to: name, among: assets))
            }
            volumes.append(
                RecordedVolume(
                    asset: name, perpetual: try table.number(row, 1), spot: try table.number(row, 2)))
        }
        return volumes
    }
}

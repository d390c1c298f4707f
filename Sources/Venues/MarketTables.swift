import InputFiles
import Primitives
import Rules

/// Binance's markets as tables of our own: sizes, and the margin schedule in force on a day. Other venues' markets whose
/// figures are not known take them as an assumption.
struct MarketTables {
    private let markets: [[String]]
    private let columns: [String]
    private let schedules: [String: String]

    static let binance = MarketTables(
        markets: "binance-markets.csv", schedules: "binance-tiers.csv")

    private init(markets: String, schedules: String) {
        let rows = Self.rows(markets)
        columns = rows[0]
        self.markets = Array(rows.dropFirst())
        self.schedules = Dictionary(
            uniqueKeysWithValues: Self.rows(schedules).dropFirst().map { ($0[0], $0[1]) }
        )
    }

    /// The header and the rows of a table of our own: one that does not read is our bug.
    private static func rows(_ file: String) -> [[String]] {
        let table = TableRows(
            text: EmbeddedFiles.text(file)!, path: file, comments: .everywhere)
        var rows: [[String]] = []
        do {
            while let row = try table.next() { rows.append(row.texts) }
        } catch { preconditionFailure("\(error)") }
        return rows
    }

    var assets: [String] { markets.map { $0[0] } }

    /// When a market's tick and lot were read, or `assumed`.
    func sizes(_ asset: String) -> String? { row(asset)?[4] }

    /// The day of the margin schedule in force on `day`: the last table not after it, else the first.
    func tableDay(_ asset: String, on day: String) -> String? {
        guard let row = row(asset) else { return nil }
        return String(columns[column(row, day)].dropFirst("tiers_".count))
    }

    /// A market line with tick, lot, tiers and reference price.
    func line(_ asset: String, on day: String) -> String? {
        guard let row = row(asset), let tiers = schedules[row[column(row, day)]] else { return nil }
        let rows = tiers.split(separator: " ").filter { !$0.hasPrefix("cap:") }.joined(separator: ",")
        return "\(asset) tick=\(row[2]) lot=\(row[3]) tiers=\(rows) ref=\(row[1])"
    }

    private func row(_ asset: String) -> [String]? { markets.first { $0[0] == asset } }

    private func column(_ row: [String], _ day: String) -> Int {
        var chosen: Int?
        for (i, name) in columns.enumerated() where name.hasPrefix("tiers_") && !row[i].isEmpty {
            if chosen == nil || name.dropFirst(6) <= day { chosen = i }
        }
        return chosen ?? columns.count - 1
    }
}

import Foundation
import MarketData
import Primitives

/// What ships inside the executable: scenarios, price tables and facts.
public enum BuiltIn {
    public static let indexTables = ["btc-index-2025-10-10"]

    private static let scenarioFiles: [(name: String, bytes: [UInt8])] = [
        ("october-2025-btc", PackageResources.october_2025_btc_yaml),
        ("october-2025", PackageResources.october_2025_yaml),
        ("october-2025-calm", PackageResources.october_2025_calm_yaml),
        ("october-2025-6h", PackageResources.october_2025_6h_yaml),
        ("textbook-waterfall", PackageResources.textbook_waterfall_yaml),
        ("textbook-socialised", PackageResources.textbook_socialised_yaml),
    ]

    public static var scenarios: [String] { scenarioFiles.map(\.name) }

    /// The text of a built-in scenario.
    public static func scenario(_ name: String) -> String? {
        scenarioFiles.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The minute candles of a built-in table.
    static func candles(_ table: String) -> [Candle] {
        precondition(table == indexTables[0], "an unknown built-in table")
        return rows(PackageResources.btc_index_2025_10_10_csv).map { cells in
            let prices = cells.dropFirst().map { Double($0)! }
            return Candle(
                time: SimTime(iso8601: cells[0])!, open: prices[0], high: prices[1], low: prices[2],
                close: prices[3])
        }
    }

    /// Prices at which positions were entered, by hour.
    static func entryHistory() -> [(time: SimTime, usd: Double)] {
        rows(PackageResources.btc_history_2025_10_csv).map { (SimTime(iso8601: $0[0])!, Double($0[1])!) }
    }

    /// The rows of one of our own tables: comment lines start with #, one header line.
    static func rows(_ bytes: [UInt8]) -> [[String]] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    static var factBytes: [UInt8] { PackageResources.facts_october_2025_btc_csv }
    static var marketFactBytes: [UInt8] { PackageResources.facts_october_2025_csv }
    static var calmFactBytes: [UInt8] { PackageResources.facts_october_2025_calm_csv }
    static var claimBytes: [UInt8] { PackageResources.claims_october_2025_csv }
    static var controlBytes: [UInt8] { PackageResources.controls_october_2025_yaml }
    static var comparatorBytes: [UInt8] { PackageResources.comparators_csv }
    static var venueLowBytes: [UInt8] { PackageResources.venue_lows_2025_10_10_csv }
}

/// A recorded figure a result is set beside, with its source and whether it was used for tuning.
public struct Fact: Sendable {
    public var name: String
    /// The key of `RunSummary.comparable` it belongs to.
    public var key: String
    public var low: Double
    public var high: Double
    public var unit: String
    public var role: String
    public var source: String

    /// The facts of a scenario; empty where none are recorded.
    public static func of(scenario: String) -> [Fact] {
        guard scenario == "october-2025-btc" else { return [] }
        return BuiltIn.rows(BuiltIn.factBytes).map { cells in
            Fact(
                name: cells[0], key: cells[1], low: Double(cells[2])!, high: Double(cells[3])!,
                unit: cells[4],
                role: cells[5],
                source: cells[6...].joined(separator: ",").trimmingQuotes)
        }
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        String(drop { $0 == "\"" }.reversed().drop { $0 == "\"" }.reversed())
    }
}

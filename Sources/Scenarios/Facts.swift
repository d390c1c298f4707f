/// A recorded figure a result is set beside, with its source and whether it was used for tuning.
public struct Fact: Sendable {
    public var name: String
    /// The key of `RunSummary.comparable`, or of `Measures.keys` it belongs to.
    public var key: String
    public var low: Double
    public var high: Double
    public var unit: String
    public var role: String
    public var source: String

    public init(
        name: String, key: String, low: Double, high: Double, unit: String, role: String, source: String
    ) {
        self.name = name
        self.key = key
        self.low = low
        self.high = high
        self.unit = unit
        self.role = role
        self.source = source
    }

    /// The facts of a built-in event; empty where none are recorded.
    public static func of(scenario: String) -> [Fact] {
        guard let file = try? ScenarioFile(named: scenario).files["facts.csv"] else { return [] }
        return BuiltIn.rows(file.text, ["fact", "key", "low", "high", "unit", "role", "source"]).map {
            cells in
            Fact(
                name: cells[0], key: cells[1], low: Double(cells[2])!, high: Double(cells[3])!,
                unit: cells[4], role: cells[5], source: cells[6])
        }
    }
}

/// The fall of one market on 10 October 2025, from its price at 20:49 UTC to the day's low.
public struct RecordedFall: Sendable {
    public var venue: String
    public var asset: String
    public var fallPct: Double

    public static let all: [RecordedFall] = {
        guard let file = try? ScenarioFile(named: "october-2025").files["venue-lows.csv"] else { return [] }
        return BuiltIn.rows(file.text, ["venue", "asset", "fall_pct"]).map {
            RecordedFall(venue: $0[0], asset: $0[1], fallPct: Double($0[2])!)
        }
    }()
}

/// Coins of the built-in table by market value, from 1; stablecoins and staked coins are not in it.
public enum CoinRanks {
    public static let all = Dictionary(
        uniqueKeysWithValues: octoberAssets.filter { $0.kind == .coin }.map { ($0.name, $0.rank) })
}

/// Coins of each asset of a whole-market scenario on 1 October 2025.
public enum AssetSupply {
    public static let all = Dictionary(uniqueKeysWithValues: octoberAssets.map { ($0.name, $0.supply) })
}

private let octoberAssets: [AssetRow] = {
    (try? Scenario(ScenarioFile(named: "october-2025")).event.assets) ?? []
}()

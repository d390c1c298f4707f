/// Coins of the built-in table by market value, from 1; stablecoins and staked coins are not in it.
public enum CoinRanks {
    public static let all = Dictionary(
        uniqueKeysWithValues: AssetTable.rows().filter { $0.kind == .coin }.map { ($0.name, $0.rank) })
}

/// Coins of each asset of a whole-market scenario on 1 October 2025.
public enum AssetSupply {
    public static let all = Dictionary(
        uniqueKeysWithValues: AssetTable.rows().map { ($0.name, $0.supply) })
}

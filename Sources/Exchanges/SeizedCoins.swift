import Primitives

/// Coins of one asset that a keeper of a lending protocol has seized or bought and will sell.
public struct SeizedCoins: Sendable, Hashable {
    public var asset: AssetID
    public var coins: Double
    public init(asset: AssetID, coins: Double) {
        self.asset = asset
        self.coins = coins
    }
}

extension Exchanges {
    /// Hands coins to the keepers, who sell them when they next act.
    @_spi(World) public mutating func seize(_ coins: SeizedCoins) { seized.append(coins) }

    /// What the keepers are to sell, once.
    public mutating func takeSeized() -> [SeizedCoins] {
        if seized.isEmpty { return [] }
        defer { seized.removeAll() }
        return seized
    }
}

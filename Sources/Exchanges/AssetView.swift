import Primitives

/// What every agent can see of an asset besides its books. Prices in dollars, returns as fractions.
public struct AssetView: BitwiseCopyable, Sendable {
    /// The index: weighted median of the spot books' mids.
    public var index = 0.0
    /// Exponentially weighted volatility of the index over about a minute and over about ten, per square root of a second.
    public var volatility = 0.0
    public var slowVolatility = 0.0
    /// The logarithm of the index less its mean over about five minutes: below 0 while it falls.
    public var trend = 0.0
    /// What both are in an ordinary hour.
    public var calmVolatility = 0.0
    /// The logarithm of what public news says the asset is worth: everybody can read the news, nobody its full weight.
    public var fundamental = 0.0
    /// Change of `fundamental` in this step.
    public var fundamentalMove = 0.0
    /// By market value, from 1.
    public var rank: Int32 = 1
    /// Response to a move of the reference asset's.
    public var beta = 1.0
    /// Traded notional a day in ordinary times, as a share of the reference asset's.
    public var size = 1.0
    /// Redeemable at a known rate: a dollar token, a staked coin.
    public var isPegged = false
    public init() {}

    public func combine(into hash: inout StateHash) {
        hash.combine(index)
        hash.combine(volatility)
        hash.combine(slowVolatility)
        hash.combine(trend)
        hash.combine(calmVolatility)
        hash.combine(fundamental)
        hash.combine(fundamentalMove)
        hash.combine(Int(rank))
        hash.combine(beta)
        hash.combine(size)
        hash.combine(isPegged)
    }
}

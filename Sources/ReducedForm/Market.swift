/// What the reduced form is made of: two groups of coins on three groups of venues.
public enum Coins: Int, CaseIterable, Sendable {
    case bitcoin
    case alts
}
public enum VenueGroup: Int, CaseIterable, Sendable {
    /// Perpetuals margined in dollars.
    case offshore
    /// Spot for dollars: no leverage, where hedges are sold.
    case spot
    /// Perpetuals margined in the coin itself.
    case coinMargined
}

/// Every number of the reduced form; logarithms of price unless marked. Found by a random search of 16,000 points over four seeds
/// that looked at the fit bands of 10 October 2025 only: falls of Bitcoin and of alts by venue, liquidations, deleveraging,
/// trough, half regained. It is one point of many that do as well, and it falls too early (minute 8 against 20 to 45).
public struct ReducedFormParameters: Sendable {
    // MARK: News
    /// Fall of the fundamental, Bitcoin's, and the seconds in which it is understood.
    public var shock = 0.0191
    public var digestionSeconds = 240.0
    public var altBeta = 2.06
    /// Per √s in the fundamental.
    public var noise = 3e-5
    // MARK: Leverage
    /// Long open interest in dollars, by coins then venue group.
    public var openInterest = [[24e9, 0, 0.64e9], [53e9, 0, 0.53e9]]
    public var medianLeverage = [3.1, 1, 2.4]
    public var leverageLogSD = 0.9
    public var maintenance = [0.006, 0.015]
    /// Leverage of shorts over that of longs.
    public var shortLeverage = 0.7
    /// Drawdown of Bitcoin whose positions the day's earlier fall has removed.
    public var flushed = 0.012
    /// Share of positions with a stop, the drawdown it begins at and its mean beyond, over the coin's volatility.
    public var stopShare = 0.17
    public var stopStart = 0.05
    public var stopMean = 0.04
    // MARK: Makers
    /// Calm depth, dollars per unit log price on all venues.
    public var depth = [42e9, 25e9]
    public var depthShares = [0.72, 0.268, 0.012]
    public var volatilityExponent = 1.49
    /// Share of presence that grave news takes, and the seconds in which it does.
    public var newsCut = 0.917
    public var newsCutSeconds = 842.0
    public var leastPresence = 0.006
    public var presenceSeconds = 60.0
    public var volatilitySeconds = 60.0
    /// Dollars the makers together can lose, the power of presence in what is left, seconds an inventory is held.
    public var capital = 2.06e9
    public var capitalExponent = 2.2
    public var inventorySeconds = 156.0
    /// 1 / s with all makers there, and the part that needs none.
    public var resilience = 0.045
    public var resilienceWithoutMakers = 0.025
    public var referenceSeconds = 2800.0
    public var anchorSeconds = 2400.0
    /// How far alts' quotes follow Bitcoin's unexplained moves, times beta.
    public var crossQuoting = 0.56
    /// Share of flow in alts hedged in Bitcoin.
    public var hedgeShare = 0.38
    // MARK: Value buyers
    /// Resting bids within 10 % (Bitcoin's; the volatility multiple's for alts) of fundamental, dollars on all venues.
    public var bids = [3.0e9, 1.56e9]
    public var bidShares = [0.86, 0.137, 0.003]
    public var bidPower = 1.85
    /// Volatility of a group over Bitcoin's.
    public var volatility = [1.0, 1.7]
    // MARK: Clearing
    public var executionPerSecond = 0.11
    /// Price concession of forced orders, a second.
    public var concession = 0.00145
    /// Seconds until what does not fill is taken over, and the fund's dollars before winners pay.
    public var patienceSeconds = 49.0
    public var fund = 0.35e9
    /// Of what winners lose by deleveraging, the share that was a hedge and is sold on spot.
    public var hedgedWinners = 0.12
    // MARK: Collateral
    /// How far an offshore alt account's trigger moves with its own book's lag behind the mean of books: collateral valued there.
    public var ownBookCollateral = 0.6
    /// How much of the drawdown a coin-margined account loses a second time, on its collateral.
    public var coinCollateral = 0.35
    // MARK: Venues
    /// Dollars of arbitrage between venues per unit of gap and second, over depth; its capital over calm depth.
    public var arbitrageSpeed = 0.05
    public var arbitrageCapital = 0.044
    public init() {}
}

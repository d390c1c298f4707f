import Primitives

/// How market makers of the whole market behave: the same figures for every asset and every minute. What differs by
/// asset (volatility, traded volume, beta) was measured before the event.
public struct MakerParameters: Sendable {
    /// Notional of Bitcoin quoted within 1 % a side on all books together when calm, and how it falls with volume.
    public var depth1PctUSD = 100e6
    public var depthExponent = 0.75
    /// Net flow that moves the quotes of all of Bitcoin's books by one log unit, and how it falls with volume.
    public var absorptionUSD = 100e9
    public var absorptionExponent = 0.98
    /// How much of the answer to a book's flow is made on every book of the asset.
    public var commonShare = 0.7
    public var halfSpreadBp = 0.5
    public var referenceVolatility = 6.5e-5
    /// The largest inventory of a book over its 1 % depth.
    public var inventoryLimit = 3.0
    /// 1 / s: decay of the answer to flow when all makers are there, and the part of it that needs none of them.
    public var resilience = 0.038
    public var resilienceWithoutMakers = 0.07
    /// Minutes in which the makers' reference follows the price, and returns to what news says.
    public var referenceMinutes = 47.0
    public var anchorMinutes = 40.0
    /// How far quotes of other coins follow a move of Bitcoin's that news does not explain, times beta.
    public var crossQuoting = 0.56
    /// Presence falls as (1.6 × calm volatility / volatility)^exponent.
    public var volatilityExponent = 0.8
    /// After grave news: the share of presence that goes while the market stays unsettled, and how fast.
    public var newsCut = 0.92
    public var newsCutMinutes = 25.0
    public var settlingMinutes = 40.0
    /// Presence on coin-margined books falls as the coin's price since the start to this power: collateral there is the coin.
    public var coinCollateralExponent = 0.0
    /// In which makers take the moves of now for the usual ones.
    public var accustomedMinutes = 1e5
    public var returnMinutes = 20.0
    /// Small books are cut first: exponents grow with the logarithm of the rank.
    public var priority = 0.23
    public var leastPresence = 0.01
    public var presenceSeconds = 60.0
    /// Capital that all firms together can lose, and how presence falls with what is left of it.
    public var capitalUSD = 2.1e9
    public var capitalExponent = 2.2
    public var firms = 4
    /// Of calm presence that hangs on no firm's capital.
    public var uncommittedShare = 0.0
    /// How much of what people bring a maker counts on.
    public var flowHorizonSeconds = 20.0
    /// In how many minutes of a settled market lost capital is put in anew, all but 1 / e of it.
    public var capitalReturnMinutes = 60.0
    /// What makers know of patient orders: within 5 % of Bitcoin's value, and how it falls with volume and grows with distance.
    public var patientAt5PctUSD = 900e6
    public var patientDeepness = 1.5
    public var patientExponent = 2.4
    /// One pool of capital a firm over all assets and venues; otherwise one per asset.
    public var sharesCapital = true
    /// Depth late on a Friday relative to an ordinary hour.
    public var lateFriday = 0.75
    /// A withdrawal without news, for the control run: the share of presence that leaves at the news' time.
    public var withdrawalWithoutNews = 0.0
    public var withdrawalTime: SimTime?
    public init() {}
}

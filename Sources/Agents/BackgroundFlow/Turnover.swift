import Exchanges
import Primitives
import RealModule

/// How much changes hands for reasons of people's own, in both directions: of every book
///
///     calm turnover × min(most, (volatility / (1.5 × calm volatility))^slope)     dollars a second
///
/// and that of a calm market up to one and a half times its volatility: with a turnover that answers to every flicker of a
/// calm market, calm days are five times as volatile as they were.
/// Turnover of 14 recorded markets on 10 October 2025 grew with volatility to a power of .5 to 1.2, up to 4 to 10 times the
/// ordinary on spot and 21 to 37 times on coin-margined books (docs/decisions/0011-a-market-that-trades.md).
struct Turnover: Sendable {
    /// By book, dollars a second.
    let calm: [Double]
    private var slope: Double
    private var mostPerpetual: Double
    private var mostSpot: Double
    /// A market that sleeps still trades.
    private static let least = 0.2
    /// Up to so many times its usual volatility a market is calm.
    private static let calmRange = 1.5

    init(_ opening: AgentOpening) {
        self.init(calm: opening.bookIDs.map { opening.turnoverUSD($0) / 86_400 })
        take(opening.settings)
    }

    mutating func take(_ settings: any Settings) {
        slope = settings.number("flow.volatility_slope")
        mostPerpetual = settings.number("flow.most_times_perpetual")
        mostSpot = settings.number("flow.most_times_spot")
    }

    init(calm: [Double], slope: Double = 0.8, mostPerpetual: Double = 30, mostSpot: Double = 10) {
        self.calm = calm
        self.slope = slope
        self.mostPerpetual = mostPerpetual
        self.mostSpot = mostSpot
    }

    /// The largest multiple of calm there can be.
    var most: Double { max(mostPerpetual, mostSpot) }

    /// The mean distance at which people wait for a price, as a fraction: a part of what volatility moves it meanwhile. By the
    /// slow measure: a book whose middle flickers is not further away for it.
    static func distance(_ view: AssetView, seconds: Double) -> Double {
        min(0.02, max(0.0015, 0.15 * view.slowVolatility * seconds.squareRoot()))
    }

    /// The multiple of calm turnover now.
    func times(_ view: AssetView, isSpot: Bool) -> Double {
        let times = max(view.volatility, view.slowVolatility) / max(view.calmVolatility, 1e-12)
        let nervous = times > 1 ? max(1, times / Self.calmRange) : times
        return min(isSpot ? mostSpot : mostPerpetual, max(Self.least, Double.power(nervous, slope)))
    }
}

/// Which way people lean: they follow a move while it goes on, and buy what is cheaper than news says. The buyers' share is
///
///     1/2 + follow × clamp(trend in calm five minutes / 10, -1, 1) + lean × (days of calm volatility below the news' worth)
///         - elsewhere × clamp(book over index / twice the distance at which orders wait, -1, 1)
///
/// and never beyond .2 and .8. Takers on recorded markets sold .03 to .63 of their volume net in the cliff and bought .05 to
/// .35 net after it.
struct Lean: Sendable {
    var follow = 0.0
    var value = 0.0
    /// Who can buy on several venues buys on the cheapest.
    var elsewhere = 0.0
    private static let range = 0.2...0.8

    init(_ settings: any Settings) {
        follow = settings.number("flow.follow")
        value = settings.number("flow.lean")
        elsewhere = settings.number("flow.elsewhere")
    }

    init(follow: Double = 0, value: Double = 0, elsewhere: Double = 0) {
        self.follow = follow
        self.value = value
        self.elsewhere = elsewhere
    }

    /// - Parameter price: the book's, in dollars.
    func buyers(_ view: AssetView, at price: Double) -> Double {
        guard view.calmVolatility > 0, view.index > 0, price > 0 else { return 0.5 }
        let away = view.fundamental - Double.log(price)
        let dearer = (price / view.index - 1) / (2 * Turnover.distance(view, seconds: 30))
        let days = away / (view.calmVolatility * 86_400.0.squareRoot())
        let moves = view.trend / (view.calmVolatility * 300.0.squareRoot())
        let share =
            0.5 + follow * max(-1, min(1, moves / 10)) + value * days
            - elsewhere * max(-1, min(1, dearer))
        return min(Self.range.upperBound, max(Self.range.lowerBound, share))
    }
}

extension AgentOpening {
    /// Traded on a book in an ordinary day, dollars.
    func turnoverUSD(_ book: BookID) -> Double {
        let asset = assets[books[book].asset]
        return asset.volumeUSD * settings.number("flow.volume_multiple") * turnoverShares[book]
    }
}

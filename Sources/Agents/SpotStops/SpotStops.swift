import Exchanges
import OrderBook
import Primitives
import RealModule

/// Holders of coins on spot venues who leave when the price falls too far: stop orders resting at distances that follow an
/// exponential law, sold at market once the index has passed them, each order no further than a limit through the touch.
public struct SpotStops: Strategy {
    /// The stops on one spot book.
    public struct Stops: Sendable {
        public var book: BookID
        public var account: AccountID
        /// Coins for sale if the price fell to nothing.
        public var coins: Double
        public init(book: BookID, account: AccountID, coins: Double) {
            self.book = book
            self.account = account
            self.coins = coins
        }
    }

    public struct Parameters: Sendable {
        /// The nearest stop below the price at the start, and how much further the others are on average; of a coin as
        /// volatile as Bitcoin.
        public var start = 0.05
        public var mean = 0.05
        /// How far through the touch one order may fill.
        public var limit = 0.02
        public init() {}
    }

    public let name = "spot stops"
    private let parameters: Parameters
    private let stops: [Stops]
    private let references: [Double]
    private let scales: [Double]
    var lowest: [Double]
    /// By book: coins set off and not yet sold.
    var waiting: [Double]
    /// Worth of what was sold so far, dollars.
    public internal(set) var soldUSD = 0.0

    public init(_ parameters: Parameters, _ stops: [Stops], _ exchanges: borrowing Exchanges) {
        self.parameters = parameters
        self.stops = stops
        var references: [Double] = []
        var scales: [Double] = []
        for stop in stops {
            let view = exchanges.views[exchanges.place(stop.book).asset]
            references.append(view.index)
            scales.append(
                max(
                    0.3, view.calmVolatility / max(exchanges.views[exchanges.reference].calmVolatility, 1e-12)
                ))
        }
        self.references = references
        self.scales = scales
        lowest = references
        waiting = Array(repeating: 0, count: stops.count)
    }

    public mutating func act(_ exchanges: inout Exchanges) {
        for (i, stop) in stops.enumerated() {
            let index = exchanges.views[exchanges.place(stop.book).asset].index
            if index < lowest[i] {
                waiting[i] += stop.coins * (share(i, index) - share(i, lowest[i]))
                lowest[i] = index
            }
            if waiting[i] > 0 { sell(i, &exchanges) }
        }
    }

    /// The share of a book's stops that are above a price.
    private func share(_ i: Int, _ price: Double) -> Double {
        let beyond = 1 - price / references[i] - parameters.start * scales[i]
        return beyond <= 0 ? 0 : 1 - Double.exp(-beyond / (parameters.mean * scales[i]))
    }

    private mutating func sell(_ i: Int, _ exchanges: inout Exchanges) {
        let book = stops[i].book
        let unit = exchanges.unit(book)
        let lots = Int64(waiting[i] * unit.lotsPerCoin)
        guard lots > 0, let bid = exchanges.bestBid(book) else { return }
        let limit = PriceProtection(fraction: parameters.limit).limit(.sell, bid, Ticks(1))
        let filled = exchanges.submit(
            book,
            NewOrder(
                .sell, Lots(lots), at: limit, account: stops[i].account, timeInForce: .immediateOrCancel,
                selfTrade: .cancelMaker)
        ).filled
        waiting[i] -= unit.coins(filled)
        soldUSD += unit.coins(filled) * unit.usd(bid)
    }

    public func combine(into hash: inout StateHash) {
        for price in lowest { hash.combine(price) }
        for coins in waiting { hash.combine(coins) }
        hash.combine(soldUSD)
    }
}

extension SpotStops: Agent {
    public static let keys = [
        SettingKey(
            "holders.stop_volume_share", .number(0...10),
            "coins behind stops on spot venues, over the coin's day of volume there, times the venue's stop_share",
            default: "0"),
        SettingKey(
            "holders.stop_start_pct", .number(0...90),
            "nearest spot stop, times the coin's volatility over the reference asset's", default: "5"),
        SettingKey(
            "holders.stop_mean_pct", .number(0.01...90), "further than that, on average, likewise",
            default: "5"
        ),
    ]

    /// A share of the coin's day of volume, by the venue's part of its spot liquidity.
    public static func make(_ opening: AgentOpening, _ exchanges: inout Exchanges) -> SpotStops? {
        let s = opening.settings
        let volumeShare = s.number("holders.stop_volume_share")
        guard volumeShare > 0 else { return nil }
        var parameters = Parameters()
        parameters.start = s.number("holders.stop_start_pct") / 100
        parameters.mean = s.number("holders.stop_mean_pct") / 100
        var stops: [Stops] = []
        for e in exchanges.venueIDs where exchanges.isSpot(e) && opening.exchanges[e].stopShare > 0 {
            let venue = opening.exchanges[e]
            let wallet = exchanges.openAccount(e)
            for book in opening.books(of: e) {
                let a = opening.books[book].asset
                let asset = opening.assets[a]
                guard asset.isCoin else { continue }
                let spots = exchanges.booksOfAsset[a].filter { opening.books[$0].isSpot }
                let part =
                    opening.liquidityShares[book]
                    / spots.reduce(0) { $0 + opening.liquidityShares[$1] }
                let coins = asset.volumeUSD * venue.stopShare * volumeShare * part / asset.priceUSD
                let lots = exchanges.depositCoins(coins, to: wallet, book)
                stops.append(Stops(book: book, account: wallet, coins: exchanges.unit(book).coins(lots)))
            }
        }
        return SpotStops(parameters, stops, exchanges)
    }
}

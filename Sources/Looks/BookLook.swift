import Clearing
import Exchanges
import Market
import OrderBook
import Primitives
import Venues

/// One side of a ladder; dollars and coins.
public struct Level: Codable, Sendable, Equatable {
    public var price: Double
    public var usd: Double
}

/// What rests in a book now.
public struct BookLook: Codable, Sendable, Equatable {
    public var time: String
    public var venue: String
    public var asset: String
    public var isSpot: Bool
    /// The best first.
    public var bids: [Level]
    public var asks: [Level]
    public var index: Double
    public var mark: Double?
    public var lastTrade: Double?
    public var fundingRate: Double?
    public var bidsWithin1PctUsd: Double
    public var asksWithin1PctUsd: Double
    public var boughtUsd: Double
    public var soldUsd: Double
    /// What market orders of some sizes would pay now, if nobody answered.
    public var sweeps: [Sweep]

    /// An order that takes what rests.
    public struct Sweep: Codable, Sendable, Equatable {
        public var isSale: Bool
        public var usd: Double
        /// Less where the side does not have as much.
        public var filledUsd: Double
        public var averagePrice: Double
        public var lastPrice: Double
        /// Of the average from the best price, basis points, a cost.
        public var costBasisPoints: Double
    }
}

extension BookLook {
    /// Nil where there is no such book.
    public init?(_ number: Int, of world: borrowing World, levels: Int = 25) {
        guard (0..<world.exchanges.bookIDs.count).contains(number) else { return nil }
        let book = BookID(number)
        let place = world.exchanges.place(book)
        let unit = world.exchanges.unit(book)
        time = world.now.description
        venue = world.exchanges.names[place.exchange]
        asset = world.exchanges.assets[place.asset]
        isSpot = place.isSpot
        func side(_ side: Side) -> [Level] {
            world.exchanges.levels(book, side, limit: .max).map { level in
                let price = unit.usd(level.price)
                let coins = Double(level.lots.count) / unit.lotsPerCoin
                return Level(price: price, usd: unit.isInverse ? coins : coins * price)
            }
        }
        let (bought, offered) = (side(.buy), side(.sell))
        sweeps = [1e6, 1e7, 5e7, 2e8].flatMap {
            [Sweep(true, $0, bought), Sweep(false, $0, offered)].compactMap { $0 }
        }
        bids = Array(bought.prefix(levels))
        asks = Array(offered.prefix(levels))
        index = world.exchanges.views[place.asset].index.shown
        lastTrade = world.exchanges.lastTrade(book).map { unit.usd($0) }
        if !place.isSpot {
            let venue = place.exchange
            mark = unit.usd(world.exchanges.perps[venue].house.mark(place.market))
            fundingRate = world.exchanges.perps[venue].fundingRate(place.market).value
        }
        bidsWithin1PctUsd = world.exchanges.depthUSD(book, .buy, withinBasisPoints: 100)
        asksWithin1PctUsd = world.exchanges.depthUSD(book, .sell, withinBasisPoints: 100)
        let volume = world.exchanges.volume(book)
        (boughtUsd, soldUsd) = (Double(volume.bought) / 1e6, Double(volume.sold) / 1e6)
    }
}

extension BookLook.Sweep {
    /// Nil where nothing rests.
    init?(_ isSale: Bool, _ usd: Double, _ side: [Level]) {
        guard let best = side.first?.price, best > 0 else { return nil }
        var (left, coins, last) = (usd, 0.0, best)
        for level in side where left > 0 && level.price > 0 {
            let part = min(left, level.usd)
            coins += part / level.price
            left -= part
            last = level.price
        }
        guard coins > 0 else { return nil }
        (self.isSale, self.usd, filledUsd, lastPrice) = (isSale, usd, usd - left, last)
        averagePrice = (usd - left) / coins
        costBasisPoints = abs(averagePrice / best - 1) * 10_000
    }
}

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
            world.exchanges.levels(book, side, limit: levels).map { level in
                let price = unit.usd(level.price)
                let coins = Double(level.lots.count) / unit.lotsPerCoin
                return Level(price: price, usd: unit.isInverse ? coins : coins * price)
            }
        }
        bids = side(.buy)
        asks = side(.sell)
        index = world.exchanges.views[place.asset].index
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

/// One margin account now. Dollars; of a coin-margined venue coins at the mark.
public struct AccountLook: Codable, Sendable, Equatable {
    public var time: String
    public var venue: String
    public var account: Int
    /// How many alike it stands for.
    public var standsFor: Int
    public var equityUsd: Double
    public var maintenanceUsd: Double
    public var notionalUsd: Double
    public var positions: [Position]
    /// For the whole story from a shell.
    public var command: String

    public struct Position: Codable, Sendable, Equatable {
        public var asset: String
        /// Signed coins (of an inverse contract dollars).
        public var size: Double
        public var notionalUsd: Double
        public var unrealisedUsd: Double
        public var mark: Double
        public var liquidationPrice: Double?
        public var isIsolated: Bool
    }
}

extension AccountLook {
    /// Nil where there is no such venue or account.
    public init?(_ venue: String, _ number: Int, of world: borrowing World) {
        guard let p = world.exchanges.perpetualIDs.first(where: { world.exchanges.names[$0] == venue }),
            (0..<world.exchanges.perps[p].house.accountIDs.count).contains(number)
        else { return nil }
        let id = AccountID(number)
        let units = world.exchanges.settlementUnits(p)
        time = world.now.description
        self.venue = venue
        account = number
        standsFor = Int(world.exchanges.perps[p].house.account(id).members)
        equityUsd = world.exchanges.equityUSD(p, id)
        (maintenanceUsd, notionalUsd) = (0, 0)
        positions = []
        let coins = world.exchanges.assetsByMarket()[p.index]
        for scope in world.exchanges.perps[p].house.scopes(of: id) {
            let margin = world.exchanges.perps[p].house.margin(scope)
            maintenanceUsd += Double(margin.maintenance.micros) / units
            notionalUsd += Double(margin.notional.micros) / units
            for position in world.exchanges.perps[p].house.openPositions(scope) {
                let held = world.exchanges.perps[p].house.position(position)
                guard Int(held.market) < coins.count else { continue }
                let unit = world.exchanges.perps[p].house.unit(held.market)
                positions.append(
                    Position(
                        asset: world.exchanges.assets[coins[Int(held.market)]],
                        size: Double(held.lots.count) / unit.lotsPerCoin,
                        notionalUsd: Double(world.exchanges.perps[p].house.notional(position).micros) / units,
                        unrealisedUsd: Double(world.exchanges.perps[p].house.unrealised(position).micros)
                            / units,
                        mark: unit.usd(world.exchanges.perps[p].house.mark(held.market)),
                        liquidationPrice: world.exchanges.perps[p].house.liquidationPrice(position).map {
                            $0 / unit.ticksPerUSD
                        },
                        isIsolated: held.isolated))
            }
        }
        command = "undertow explain RUN --account \(venue):\(number)"
    }
}

/// What fails at which price of an asset on the perpetual venues, if nothing else moves and nobody answers: a bar a per cent.
public struct TriggerLook: Codable, Sendable, Equatable {
    public var time: String
    public var asset: String
    /// From the mark, per cent; -1 is the first per cent down.
    public var bars: [Bar]

    public struct Bar: Codable, Sendable, Equatable {
        public var pct: Int
        public var usd: Double
        public var accounts: Int
    }
}

extension TriggerLook {
    /// Looks at every open position of the asset once.
    public init?(_ asset: String, of world: borrowing World, pct: Int = 40) {
        guard let a = world.exchanges.assetIDs.first(where: { world.exchanges.assets[$0] == asset }) else {
            return nil
        }
        time = world.now.description
        self.asset = asset
        var usd = [Double](repeating: 0, count: 2 * pct + 1)
        var accounts = [Int](repeating: 0, count: 2 * pct + 1)
        for book in world.exchanges.booksOfAsset[a] {
            let place = world.exchanges.place(book)
            if place.isSpot { continue }
            let p = place.exchange
            let mark = Double(world.exchanges.perps[p].house.mark(place.market).count)
            let units = world.exchanges.settlementUnits(p)
            guard mark > 0 else { continue }
            for position in 1..<world.exchanges.perps[p].house.positionEnd {
                let held = world.exchanges.perps[p].house.position(position)
                guard held.market == place.market, held.lots != .zero,
                    let price = world.exchanges.perps[p].house.liquidationPrice(position)
                else { continue }
                let move = (price / mark - 1) * 100
                guard abs(move) < Double(pct), (move < 0) == (held.lots > .zero) else { continue }
                let bar = Int(move < 0 ? move.rounded(.down) : move.rounded(.up)) + pct
                usd[bar] += Double(world.exchanges.perps[p].house.notional(position).micros) / units
                accounts[bar] += Int(world.exchanges.perps[p].house.account(held.account).members)
            }
        }
        bars = usd.indices.filter { usd[$0] > 0 }.map {
            Bar(pct: $0 - pct, usd: usd[$0], accounts: accounts[$0])
        }
    }
}

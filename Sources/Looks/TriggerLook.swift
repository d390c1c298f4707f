import Clearing
import Exchanges
import Market
import Primitives
import Venues

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

import Clearing
import Desk
import Primitives
import Venues

/// At which price of its own market each position's scope fails, every other mark as it is: exact, from the real accounts.
public struct LiquidationMap: Sendable {
    /// One per cent of the mark, of one market and side.
    public struct Step: Sendable, Encodable {
        public var venue: String
        public var symbol: String
        public var side: String
        /// Per cent of the mark: -10 holds what fails from -9 to -10, a rise from 9 to 10 is 10; 0 fails now.
        public var movePct: Int
        public var priceUsd: Double
        /// Dollars at the mark.
        public var notionalUsd: Double
        public var positions: Int

        enum CodingKeys: String, CodingKey {
            case venue, symbol, side, positions
            case movePct = "move_pct"
            case priceUsd = "price_usd"
            case notionalUsd = "notional_usd"
        }
    }
    public var steps: [Step] = []
    /// Dollars of positions that no move from -99 to 60 per cent fails.
    public var safeUsd = 0.0
}

extension StressedBook {
    public mutating func liquidationMap() -> LiquidationMap {
        var map = LiquidationMap()
        for l in 0..<ledgers.count {
            let unit = ledgers[l].usdPerUnit()
            var sums: [Int: [Int: (usd: Double, count: Int)]] = [:]
            for p in 1..<max(1, ledgers[l].venue.house.positionEnd) {
                let position = ledgers[l].venue.house.position(p)
                guard position.lots != .zero, ledgers[l].owners[position.account.index] >= 0,
                    Int(position.market) < ledgers[l].markets.count
                else { continue }
                let usd = abs(Double(ledgers[l].venue.house.notional(p).micros)) * unit
                let mark = Double(ledgers[l].venue.house.mark(position.market).count)
                guard let tick = ledgers[l].venue.house.liquidationTick(p) else {
                    map.safeUsd += usd
                    continue
                }
                let move = (Double(tick.count) / mark - 1) * 100
                guard move > -99, move <= 60 else {
                    map.safeUsd += usd
                    continue
                }
                let step = Int(move < 0 ? move.rounded(.down) : move.rounded(.up))
                let key = Int(position.market) * 2 + (position.lots > .zero ? 0 : 1)
                var sum = sums[key, default: [:]][step] ?? (0, 0)
                sum.usd += usd
                sum.count += 1
                sums[key, default: [:]][step] = sum
            }
            for (key, steps) in sums.sorted(by: { $0.key < $1.key }) {
                let market = ledgers[l].markets[key / 2]
                for (step, sum) in steps.sorted(by: { $0.key < $1.key }) {
                    map.steps.append(
                        .init(
                            venue: ledgers[l].name, symbol: book.markets[market.inBook].symbol,
                            side: key % 2 == 0 ? "long" : "short", movePct: step,
                            priceUsd: market.mark.double * (1 + Double(step) / 100), notionalUsd: sum.usd,
                            positions: sum.count))
                }
            }
        }
        return map
    }
}

extension StressedBook {
    /// By place of a position in the book: the first price of its own market at which its scope fails, dollars; nil where none
    /// that can be counted does.
    public mutating func liquidationPrices() -> [Int: Double?] {
        var places: [String: Int] = [:]
        for (i, p) in book.positions.enumerated() {
            places["\(p.account)\n\(p.venue)\n\(p.symbol)\n\(p.side)"] = i
        }
        var found: [Int: Double?] = [:]
        for l in 0..<ledgers.count {
            for p in 1..<max(1, ledgers[l].venue.house.positionEnd) {
                let position = ledgers[l].venue.house.position(p)
                let owner = ledgers[l].owners[position.account.index]
                guard position.lots != .zero, owner >= 0, Int(position.market) < ledgers[l].markets.count
                else { continue }
                let market = book.markets[ledgers[l].markets[Int(position.market)].inBook]
                let side = position.lots > .zero ? AccountBook.Side.long : .short
                guard let place = places["\(names[Int(owner)])\n\(market.venue)\n\(market.symbol)\n\(side)"]
                else { continue }
                let ticks = ledgers[l].venue.house.liquidationPrice(p)
                let scale = ledgers[l].markets[Int(position.market)].quanta.ticksPerUSD
                found[place] = .some(ticks.map { $0 / scale })
            }
        }
        return found
    }
}

import Desk
import Primitives

/// How much of a market a few accounts hold, side by side.
public struct Concentration: Sendable, Encodable {
    public var venue: String
    public var symbol: String
    public var side: String
    /// Dollars at the mark.
    public var openUsd: Double
    public var positions: Int
    public var largestAccount: String
    /// Shares of the side, 0 to 1.
    public var largestShare: Double
    public var fiveShare: Double
    /// Herfindahl-Hirschman index: the sum of squared shares; 1 / positions where all are alike.
    public var hhi: Double

    enum CodingKeys: String, CodingKey {
        case venue, symbol, side, positions, hhi
        case openUsd = "open_usd"
        case largestAccount = "largest_account"
        case largestShare = "largest_share"
        case fiveShare = "five_share"
    }

    /// Every market and side of a book, the largest first.
    static func all(_ book: AccountBook) -> [Concentration] {
        struct Place: Hashable {
            var market: Int
            var side: AccountBook.Side
        }
        struct Name: Hashable {
            var venue: String
            var symbol: String
        }
        var places: [Name: Int] = [:]
        for (m, market) in book.markets.enumerated() {
            places[Name(venue: market.venue, symbol: market.symbol)] = m
        }
        var held: [Place: [(usd: Double, row: Int)]] = [:]
        for (row, position) in book.positions.enumerated() {
            guard let m = places[Name(venue: position.venue, symbol: position.symbol)] else { continue }
            let market = book.markets[m]
            let size = position.size.double * market.contractSize.double
            let usd = market.contract == .linear ? size * market.mark.double : size
            held[Place(market: m, side: position.side), default: []].append((usd, row))
        }
        return held.map { place, parts in
            let sorted = parts.sorted { ($1.usd, $0.row) < ($0.usd, $1.row) }
            let sum = parts.reduce(0) { $0 + $1.usd }
            let market = book.markets[place.market]
            return Concentration(
                venue: market.venue, symbol: market.symbol, side: place.side.rawValue, openUsd: sum,
                positions: parts.count, largestAccount: book.positions[sorted[0].row].account,
                largestShare: sorted[0].usd / sum,
                fiveShare: sorted.prefix(5).reduce(0) { $0 + $1.usd } / sum,
                hhi: parts.reduce(0) { $0 + ($1.usd / sum) * ($1.usd / sum) })
        }.sorted { ($1.openUsd, $0.venue, $0.symbol, $0.side) < ($0.openUsd, $1.venue, $1.symbol, $1.side) }
    }
}

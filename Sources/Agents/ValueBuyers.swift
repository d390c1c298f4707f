import Clearing
import OrderBook
import Primitives
import RealModule
import Venues

/// Capital that buys what this venue sells below the rest of the market, and sells above it: resting orders
/// whose cumulative size grows with the displacement from the index,
///
///     demand(d) = demand at 5 % × (d / 5 %)^exponent,
///
/// one order each time the demand has grown by one piece, from 0.3 % to 25 % from the index, at most
/// `mostPieces` a side. Without a demand that grows with displacement a crash is nothing or everything
///. What is taken comes back only slowly, and all of it is bounded by the account's collateral.
public struct ValueBuyers {
    public struct Parameters: Sendable {
        public var demandAt5PctUSD: Double
        public var exponent: Double
        public var refillSeconds: Double
        public init(demandAt5PctUSD: Double, exponent: Double, refillSeconds: Double) {
            self.demandAt5PctUSD = demandAt5PctUSD
            self.exponent = exponent
            self.refillSeconds = refillSeconds
        }
    }

    private static let mostPieces = 400
    private static let nearest = 0.003
    private static let farthest = 0.25

    let parameters: Parameters
    let market: Int32
    private let pieceUSD: Double
    /// How far from the index each piece rests, rising.
    private let distances: [Double]
    private var quotes: Quotes
    private var anchor = 0.0
    /// By quote: the share of a whole piece that is there, and the lots last seen.
    private var filled: [Double]
    private var last: [Lots]

    /// - Parameter largestOrderUSD: the venue's limit on one order.
    public init(_ parameters: Parameters, account: Int32, market: Int32, largestOrderUSD: Double) {
        self.parameters = parameters
        self.market = market
        let piece = min(largestOrderUSD * 0.8, parameters.demandAt5PctUSD / 20)
        pieceUSD = piece
        var found: [Double] = []
        if piece > 0 {
            for k in 1...Self.mostPieces {
                let demand = Double(k) * piece / parameters.demandAt5PctUSD
                let distance = max(Self.nearest, 0.05 * Double.pow(demand, 1 / parameters.exponent))
                if distance > Self.farthest { break }
                found.append(distance)
            }
        }
        distances = found
        quotes = Quotes(count: found.count * 2, account: account, market: market)
        filled = Array(repeating: 1, count: found.count * 2)
        last = Array(repeating: .zero, count: found.count * 2)
    }

    /// Refills slowly and follows the index once it has moved by a quarter per cent.
    public mutating func act(_ index: IndexView, seconds dt: Double, _ venue: inout Venue) {
        let unit = venue.rulebook.markets[Int(market)].spec.unit
        if abs(index.price / max(anchor, 1e-9) - 1) > 0.0025 { anchor = index.price }
        let back = 1 - Double.exp(-dt / parameters.refillSeconds)
        for (k, distance) in distances.enumerated() {
            for side in [Side.buy, .sell] {
                let i = k * 2 + Int(side.rawValue)
                let price = unit.nearestTick(anchor * (1 + (side == .buy ? -distance : distance)))
                let full = unit.lots(worth: pieceUSD, at: price)
                guard full > .zero else { continue }
                let remaining = quotes.remaining(i, venue)
                if remaining < last[i] {
                    filled[i] = min(filled[i], Double(remaining.count) / Double(full.count))
                }
                filled[i] += (1 - filled[i]) * back
                let wanted = Lots(Int64(Double(full.count) * filled[i]))
                quotes.set(i, side, wanted, at: price, remaining: remaining, &venue)
                last[i] = quotes.remaining(i, venue)
            }
        }
    }
}

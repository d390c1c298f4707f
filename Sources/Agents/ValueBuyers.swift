import Clearing
import OrderBook
import Primitives
import Venues

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Capital that buys what this venue sells below the rest of the market, and sells above it: resting orders
/// whose cumulative size grows with the displacement from the index,
///
///     demand(d) = demand at 5 % × (d / 5 %)^exponent,   d from 0.5 % to 25 %.
///
/// Without a demand that grows with displacement a crash is nothing or everything (`models.md` 9). What is taken
/// comes back only slowly, and all of it is bounded by the accounts' collateral.
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

    private static let distances: [Double] = [
        0.005, 0.0075, 0.01, 0.0125, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12,
        0.15,
        0.2, 0.25,
    ]
    let parameters: Parameters
    let market: Int32
    private var quotes: Quotes
    private var anchor = 0.0
    private var filled: [Double]

    public init(_ parameters: Parameters, account: Int32, market: Int32) {
        self.parameters = parameters
        self.market = market
        quotes = Quotes(count: Self.distances.count * 2, account: account, market: market)
        filled = Array(repeating: 1, count: Self.distances.count * 2)
    }

    /// Refills slowly and follows the index once it has moved by a quarter per cent.
    public mutating func act(_ index: IndexView, seconds dt: Double, _ venue: inout Venue) {
        let unit = venue.rulebook.markets[Int(market)].spec.unit
        if abs(index.price / max(anchor, 1e-9) - 1) > 0.0025 { anchor = index.price }
        let back = 1 - exp(-dt / parameters.refillSeconds)
        var nearer = 0.0
        for (k, distance) in Self.distances.enumerated() {
            let cumulative = parameters.demandAt5PctUSD * pow(distance / 0.05, parameters.exponent)
            for side in [Side.buy, .sell] {
                let i = k * 2 + Int(side.rawValue)
                let price = unit.nearestTick(anchor * (1 + (side == .buy ? -distance : distance)))
                let full = unit.lots(worth: cumulative - nearer, at: price)
                let remaining = quotes.remaining(i, venue)
                if full > .zero && remaining < last[i] {
                    filled[i] = min(filled[i], Double(remaining.count) / Double(full.count))
                }
                filled[i] += (1 - filled[i]) * back
                let wanted = Lots(Int64(Double(full.count) * filled[i]))
                quotes.set(i, side, wanted, at: price, remaining: remaining, &venue)
                last[i] = quotes.remaining(i, venue)
            }
            nearer = cumulative
        }
    }

    private var last = [Lots](repeating: .zero, count: Self.distances.count * 2)
}

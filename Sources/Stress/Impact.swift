import Anatomy
import Primitives

/// How far forced sales move the price of a coin beyond the shock.
public enum Impact: Sendable, Equatable {
    case none
    /// The same law for every coin.
    case law(ImpactLaw)
    /// The given depth of each coin's books: dollars to be sold down to a fall, in logarithms, cheapest last; and to be bought.
    case book([String: DepthCurve])

    /// The same with a part of all depth gone, per cent: of the square root law it is the volume that shrinks.
    func thinned(by lossPct: Double) -> Impact {
        let left = 1 - lossPct / 100
        func scaled(_ side: DepthCurve.Side) -> DepthCurve.Side {
            .init(levels: side.levels.map { ($0.distance, $0.usd * left) })
        }
        return switch self {
        case .none: .none
        case .law(.linear(let depth)): .law(.linear(depth: depth * left))
        case .law(.squareRoot(let y, let sigma, let volume, let child)):
            .law(.squareRoot(prefactor: y, volatility: sigma, volume: volume * left, childOrder: child))
        case .book(let curves):
            .book(curves.mapValues { DepthCurve(bids: scaled($0.bids), asks: scaled($0.asks)) })
        }
    }

    /// The fall in logarithms; negative is a rise.
    ///
    /// - Parameter sold: dollars sold less bought, at the marks before the shock.
    func fall(of coin: String, sold: Double) -> Double {
        if sold == 0 { return 0 }
        let size = abs(sold)
        switch self {
        case .none: return 0
        case .law(let law): return sold > 0 ? law.impact(of: size) : -law.impact(of: size)
        case .book(let curves):
            guard let curve = curves[coin] else { return 0 }
            return sold > 0 ? curve.bids.fall(size) : -curve.asks.fall(size)
        }
    }
}

/// What rests in books, as dollars to be traded until the price has moved so far.
public struct DepthCurve: Sendable, Equatable {
    public struct Side: Sendable, Equatable {
        /// Distance in logarithms, and dollars up to and with it; rising.
        var levels: [(distance: Double, usd: Double)] = []

        /// The distance of the level that the last dollar meets; beyond the book that of its last level.
        func fall(_ usd: Double) -> Double {
            levels.first { $0.usd >= usd }?.distance ?? levels.last?.distance ?? 0
        }

        public static func == (a: Side, b: Side) -> Bool {
            a.levels.elementsEqual(b.levels) { $0.distance == $1.distance && $0.usd == $1.usd }
        }
    }
    var bids = Side()
    var asks = Side()
}

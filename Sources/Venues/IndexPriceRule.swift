import Primitives

/// A spot price that enters an index.
public struct IndexSource: Sendable {
    public var price: Double
    public var weight: Double
    /// Seconds since the source last spoke.
    public var silentSeconds: Double

    public init(price: Double, weight: Double, silentSeconds: Double = 0) {
        self.price = price
        self.weight = weight
        self.silentSeconds = silentSeconds
    }
}

/// A spot venue of an index and its share of the whole, as a rulebook states them.
public struct IndexWeight: Sendable, Hashable {
    public var venue: String
    public var weight: Double
}

/// How a venue makes one index price of many sources, and what it does about sources that are off or silent.
public enum IndexPriceRule: Sendable, Hashable {
    /// Weighted mean; a source further than `outlier` from the median counts nothing, with more than one such source
    /// the median is taken (Binance).
    case meanWithoutOutliers(outlier: Double, silentSeconds: Double)
    /// Weighted mean of the sources within `outlier` of the median, however many are left out (BitMEX); the median where
    /// none is near it.
    case meanOfNear(outlier: Double, silentSeconds: Double)
    /// Weighted mean of prices clamped to within `clamp` of the median; two sources equally, one as it is (OKX).
    case meanOfClamped(clamp: Double, silentSeconds: Double)
    /// Weighted median (Hyperliquid, dYdX with equal weights).
    case weightedMedian(silentSeconds: Double)

    /// Nil when every source is silent or without a positive price: the venue keeps its last index.
    public func price(_ all: [IndexSource]) -> Double? {
        let sources = all.filter {
            $0.price > 0 && $0.price.isFinite && $0.weight > 0 && $0.silentSeconds <= silence
        }
        guard let first = sources.first else { return nil }
        let middle = median(sources.map(\.price))
        switch self {
        case .meanWithoutOutliers(let outlier, _):
            let good = sources.filter { abs($0.price - middle) <= outlier * middle }
            return sources.count - good.count > 1 ? middle : Self.mean(good)
        case .meanOfNear(let outlier, _):
            let near = sources.filter { abs($0.price - middle) <= outlier * middle }
            return near.isEmpty ? middle : Self.mean(near)
        case .meanOfClamped(let clamp, _):
            if sources.count == 1 { return first.price }
            if sources.count == 2 { return (sources[0].price + sources[1].price) / 2 }
            return Self.mean(
                sources.map {
                    var kept = $0
                    kept.price = min(max($0.price, middle * (1 - clamp)), middle * (1 + clamp))
                    return kept
                })
        case .weightedMedian:
            return Venues.weightedMedian(sources.map { ($0.price, $0.weight) })
        }
    }

    private var silence: Double {
        switch self {
        case .meanWithoutOutliers(_, let s), .meanOfNear(_, let s), .meanOfClamped(_, let s),
            .weightedMedian(let s):
            s
        }
    }

    private static func mean(_ sources: [IndexSource]) -> Double {
        sources.reduce(0) { $0 + $1.price * $1.weight } / sources.reduce(0) { $0 + $1.weight }
    }
}

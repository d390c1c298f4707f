import Primitives

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a mark price is made from at one moment, in ticks.
public struct PriceInputs: Sendable {
    /// The venue's oracle (index) price.
    public var oracle: Double
    public var bestBid: Double?
    public var bestAsk: Double?
    public var lastTrade: Double?
    /// The median of perpetual mids on other venues; nil where none is known.
    public var externalPerp: Double?

    public init(oracle: Double, bestBid: Double?, bestAsk: Double?, lastTrade: Double?, externalPerp: Double?)
    {
        self.oracle = oracle
        self.bestBid = bestBid
        self.bestAsk = bestAsk
        self.lastTrade = lastTrade
        self.externalPerp = externalPerp
    }
}

/// How a venue makes its mark price.
public enum MarkPriceRule: Sendable {
    /// The oracle itself.
    case oracle
    case hyperliquid(HyperliquidMark)

    mutating func update(_ inputs: PriceInputs, at time: SimTime) -> Double {
        switch self {
        case .oracle: return inputs.oracle
        case .hyperliquid(var mark):
            let price = mark.update(inputs, at: time)
            self = .hyperliquid(mark)
            return price
        }
    }
}

/// Hyperliquid's mark: the median of
///  1. oracle + 150 s EMA of (mid - oracle),
///  2. median(best bid, best ask, last trade),
///  3. the weighted median of other venues' perpetual mids;
/// with exactly two of them, a 30 s EMA of the second is the third.
///
/// Source: hyperliquid docs, "Robust price indices" (A); the EMA is continuous-time (B).
public struct HyperliquidMark: Sendable {
    private var basis = TimeWeightedEMA(seconds: 150)
    private var local = TimeWeightedEMA(seconds: 30)

    public init() {}

    public mutating func update(_ inputs: PriceInputs, at time: SimTime) -> Double {
        var components: [Double] = []
        if let bid = inputs.bestBid, let ask = inputs.bestAsk {
            components.append(inputs.oracle + basis.update((bid + ask) / 2 - inputs.oracle, at: time))
        } else if let value = basis.value {
            components.append(inputs.oracle + value)
        }
        let book = [inputs.bestBid, inputs.bestAsk, inputs.lastTrade].compactMap { $0 }
        var localEMA = local.value
        if !book.isEmpty {
            let median = Self.median(book)
            components.append(median)
            localEMA = local.update(median, at: time)
        }
        if let external = inputs.externalPerp { components.append(external) }
        if components.count == 2, let localEMA { components.append(localEMA) }
        return components.isEmpty ? inputs.oracle : Self.median(components)
    }

    /// The middle value; of an even count the mean of the two in the middle.
    public static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

/// A continuous-time exponential average: numerator = numerator × exp(-dt/tau) + sample × dt, and the same for
/// the denominator.
struct TimeWeightedEMA: Sendable {
    let seconds: Double
    private var numerator = 0.0
    private var denominator = 0.0
    private var last: SimTime?

    init(seconds: Double) { self.seconds = seconds }

    var value: Double? { denominator > 0 ? numerator / denominator : nil }

    mutating func update(_ sample: Double, at time: SimTime) -> Double {
        // The first sample counts as one second's worth.
        let dt = last.map { time.seconds(since: $0) } ?? 1
        last = time
        let decay = exp(-dt / seconds)
        numerator = numerator * decay + sample * dt
        denominator = denominator * decay + dt
        return denominator > 0 ? numerator / denominator : sample
    }
}

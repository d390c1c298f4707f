import Primitives

/// What a mark price is made from at one moment, in ticks.
public struct PriceInputs: Sendable {
    /// The venue's oracle (index) price.
    public var oracle: Double
    public var bestBid: Double?
    public var bestAsk: Double?
    public var lastTrade: Double?
    /// The median of perpetual mids on other venues; nil where none is known.
    public var externalPerp: Double?
    /// The last funding rate and the hours to the next payment.
    public var fundingRate = 0.0
    public var hoursToFunding = 0.0

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
    /// Binance, Bybit: the median of a funding leg, a basis leg and the last trade.
    case median(MedianMark)
    /// OKX: index plus a moving average of the basis.
    case movingBasis(MovingAverage)
    /// Deribit: index plus a moving basis within a band.
    case banded(BandedMark)
    /// BitMEX: the index and what is left of the funding rate.
    case fundingBasis(FundingBasisMark)

    mutating func update(_ inputs: PriceInputs, at time: SimTime) -> Double {
        // Taken out before it is changed, or its samples would be copied at every update.
        switch self {
        case .oracle: return inputs.oracle
        case .fundingBasis(let mark): return mark.price(inputs)
        case .hyperliquid(var mark):
            self = .oracle
            let price = mark.update(inputs, at: time)
            self = .hyperliquid(mark)
            return price
        case .median(var mark):
            self = .oracle
            let price = mark.update(inputs, at: time)
            self = .median(mark)
            return price
        case .movingBasis(var average):
            self = .oracle
            if let mid = inputs.mid { average.add(mid - inputs.oracle, at: time) }
            self = .movingBasis(average)
            return inputs.oracle + (average.value ?? 0)
        case .banded(var mark):
            self = .oracle
            let price = mark.update(inputs, at: time)
            self = .banded(mark)
            return price
        }
    }
}

extension MarkPriceRule {
    /// Adds the averages that the next mark is made from.
    func combine(into hash: inout StateHash) {
        switch self {
        case .oracle, .fundingBasis: break
        case .hyperliquid(let mark): mark.combine(into: &hash)
        case .median(let mark): mark.combine(into: &hash)
        case .movingBasis(let average): average.combine(into: &hash)
        case .banded(let mark): mark.combine(into: &hash)
        }
    }
}

extension PriceInputs {
    /// Nil unless both sides of the book have an order.
    var mid: Double? {
        guard let bestBid, let bestAsk else { return nil }
        return (bestBid + bestAsk) / 2
    }
}

/// The middle value; of an even count the mean of the two in the middle. `values` must not be empty.
public func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The value at which half of the weight is reached, counted from the lowest; where the halves meet exactly, the mean of
/// the two values there.
public func weightedMedian(_ values: [(value: Double, weight: Double)]) -> Double {
    let sorted = values.sorted { $0.value < $1.value }
    let half = sorted.reduce(0) { $0 + $1.weight } / 2
    var sum = 0.0
    for (i, item) in sorted.enumerated() {
        sum += item.weight
        if sum == half && i + 1 < sorted.count { return (item.value + sorted[i + 1].value) / 2 }
        if sum >= half { return item.value }
    }
    return sorted.last?.value ?? .nan
}

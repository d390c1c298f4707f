import Primitives

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

    public static func component1(oracle: Double, basis: Double) -> Double { oracle + basis }

    /// Weights of other venues' perpetual mids: Binance, OKX, Bybit, Gate, MEXC.
    public static let externalWeights = [3.0, 2, 2, 1, 1]

    public mutating func update(_ inputs: PriceInputs, at time: SimTime) -> Double {
        var components: [Double] = []
        if let bid = inputs.bestBid, let ask = inputs.bestAsk {
            let average = basis.update((bid + ask) / 2 - inputs.oracle, at: time)
            components.append(Self.component1(oracle: inputs.oracle, basis: average))
        } else if let value = basis.value {
            components.append(Self.component1(oracle: inputs.oracle, basis: value))
        }
        let book = [inputs.bestBid, inputs.bestAsk, inputs.lastTrade].compactMap { $0 }
        var localEMA = local.value
        if !book.isEmpty {
            let middle = median(book)
            components.append(middle)
            localEMA = local.update(middle, at: time)
        }
        if let external = inputs.externalPerp { components.append(external) }
        if components.count == 2, let localEMA { components.append(localEMA) }
        return components.isEmpty ? inputs.oracle : median(components)
    }

    func combine(into hash: inout StateHash) {
        basis.combine(into: &hash)
        local.combine(into: &hash)
    }
}

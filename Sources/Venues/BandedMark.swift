import Primitives

/// Deribit's mark: index + EMA of (fair price - index), kept within a band around the index. The fair price is the book's
/// mid here; the band's width is not in the public text.
public struct BandedMark: Sendable {
    private var basis: TimeWeightedEMA
    public let band: Double

    public init(emaSeconds: Double, band: Double) {
        basis = TimeWeightedEMA(seconds: emaSeconds)
        self.band = band
    }

    public mutating func update(_ inputs: PriceInputs, at time: SimTime) -> Double {
        var premium = basis.value ?? 0
        if let mid = inputs.mid { premium = basis.update(mid - inputs.oracle, at: time) }
        let widest = band * inputs.oracle
        return inputs.oracle + min(max(premium, -widest), widest)
    }

    func combine(into hash: inout StateHash) { basis.combine(into: &hash) }

    /// The rule of 2016 to 2019: the last trade, kept within the best bid and ask.
    public static func legacy(last: Double, bid: Double, ask: Double) -> Double { min(max(last, bid), ask) }
}

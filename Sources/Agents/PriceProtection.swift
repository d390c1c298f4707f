import Primitives

/// A venue's limit on how far from the mark a market order may fill.
public struct PriceProtection: Sendable {
    public var fraction: Double
    public init(fraction: Double) { self.fraction = fraction }

    /// The limit of an order, no wider than the most extreme price the market has.
    func limit(_ side: Side, _ mark: Ticks, _ extreme: Ticks) -> Ticks {
        let price = Double(mark.count) * (side == .sell ? 1 - fraction : 1 + fraction)
        return side == .sell
            ? max(extreme, Ticks(max(1, Int(price))))
            : min(extreme, Ticks(Int(min(price, Double(Int32.max)))))
    }
}

/// How a liquidation or bankruptcy price is shown.
public enum LiquidationPricePrint {
    /// To the tick above for a long and below for a short: the trader sees the price a little too near (Bybit).
    public static func awayFromRisk(_ price: Double, tick: Double, isLong: Bool) -> Double {
        let steps = price / tick
        // A price that is on a tick but for the last bits stays there.
        let nearest = steps.rounded()
        if abs(steps - nearest) < 1e-9 * max(1, abs(nearest)) { return nearest * tick }
        return (isLong ? steps.rounded(.up) : steps.rounded(.down)) * tick
    }
}

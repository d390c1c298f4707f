/// What a ledger counts: the unit of every `Money` on it.
///
/// The one place where amounts of a ledger become figures with a currency, and the other way round. A venue that margins in
/// a coin counts fractions of that coin, every other one millionths of a dollar; a `Money` alone does not say which.
public enum Settlement: Sendable, Hashable {
    /// US dollars (or a stablecoin taken at one), in millionths.
    case dollars
    /// A coin, in units of 10^-decimals.
    case coin(String, decimals: Int)

    /// `USD`, or the coin.
    public var currency: String {
        switch self {
        case .dollars: "USD"
        case .coin(let coin, _): coin
        }
    }

    public var isCoin: Bool { if case .coin = self { true } else { false } }

    /// Ledger units in one dollar or one coin.
    public var unitsPerOne: Int64 {
        guard case .coin(_, let decimals) = self else { return 1_000_000 }
        return (0..<decimals).reduce(1) { units, _ in units * 10 }
    }

    /// A ledger amount in dollars or coins.
    public func amount(_ money: Money) -> Double { Double(money.micros) / Double(unitsPerOne) }

    /// Ledger units in one dollar.
    ///
    /// - Parameter coinUSD: dollars of a coin; a ledger of dollars does not look at it.
    public func unitsPerDollar(coinUSD: @autoclosure () -> Double) -> Double {
        isCoin ? Double(unitsPerOne) / max(coinUSD(), 1e-12) : 1e6
    }
}

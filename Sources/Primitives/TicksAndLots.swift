/// A price as a whole number of a market's ticks.
@frozen
public struct Ticks: Hashable, Comparable, Sendable, BitwiseCopyable {
    public var count: Int32
    @inlinable @inline(__always) public init(_ count: Int32) { self.count = count }
    @inlinable @inline(__always) public init(_ count: Int) { self.count = Int32(count) }
    @inlinable @inline(__always)
    public static func < (a: Ticks, b: Ticks) -> Bool { a.count < b.count }
}

/// A size as a whole number of a market's lots. Signed where it is a position (+ long, - short).
@frozen
public struct Lots: Hashable, Comparable, Sendable, BitwiseCopyable, AdditiveArithmetic {
    public var count: Int64
    @inlinable @inline(__always) public init(_ count: Int64) { self.count = count }
    @inlinable @inline(__always) public init(_ count: Int) { self.count = Int64(count) }
    @inlinable public static var zero: Lots { Lots(Int64(0)) }
    @inlinable public var magnitude: Lots { Lots(abs(count)) }
    @inlinable @inline(__always)
    public static func < (a: Lots, b: Lots) -> Bool { a.count < b.count }
    @inlinable @inline(__always)
    public static func + (a: Lots, b: Lots) -> Lots { Lots(a.count + b.count) }
    @inlinable @inline(__always)
    public static func - (a: Lots, b: Lots) -> Lots { Lots(a.count - b.count) }
    @inlinable @inline(__always)
    public static prefix func - (a: Lots) -> Lots { Lots(-a.count) }
}

/// The side of an order.
@frozen
public enum Side: UInt8, Hashable, Sendable, BitwiseCopyable {
    case buy = 0
    case sell = 1

    @inlinable public var opposite: Side { self == .buy ? .sell : .buy }
    /// +1 for a buy, -1 for a sell.
    @inlinable public var sign: Int64 { self == .buy ? 1 : -1 }
}

/// What the lots of a market are worth at a price.
///
/// Amounts are in the smallest unit of the market's settlement currency: micro-dollars, or a fixed fraction of a coin
/// for an inverse contract. A linear contract's `tick × lot` is a whole number of them, so that the notional of every
/// fill is exact; an inverse contract's notional is a quotient, rounded towards zero for both sides alike.
public struct ContractUnit: Hashable, Sendable, BitwiseCopyable {
    /// Linear: micro-dollars per tick and lot. Inverse: settlement units × ticks per lot, that is the notional of a lot
    /// at a price of one tick.
    public var microsPerTickLot: Int64
    /// The contract is a fixed amount of dollars, margined and settled in the coin.
    public var isInverse: Bool
    /// Ticks in one US dollar of price.
    public var ticksPerUSD: Double
    /// Lots in one coin; for an inverse contract, lots in one US dollar.
    public var lotsPerCoin: Double

    public init(
        microsPerTickLot: Int64, ticksPerUSD: Double, lotsPerCoin: Double, isInverse: Bool = false
    ) {
        self.microsPerTickLot = microsPerTickLot
        self.ticksPerUSD = ticksPerUSD
        self.lotsPerCoin = lotsPerCoin
        self.isInverse = isInverse
    }

    /// The factor of `signedValue`: negative for an inverse contract.
    @inlinable public var factor: Int64 { isInverse ? -microsPerTickLot : microsPerTickLot }

    /// Notional of `lots` at `price`, signed like the lots.
    @inlinable @inline(__always)
    public func notional(_ lots: Lots, at price: Ticks) -> Money {
        let value = signedValue(lots.count, at: price.count, factor: factor)
        return Money(micros: isInverse ? -value : value)
    }

    /// Millionths of a dollar of positive lots: what they fetched, of an inverse contract their face value.
    @inlinable @inline(__always)
    public func dollarMicros(of lots: Lots, worth notional: Money) -> Int64 {
        isInverse ? Int64((Double(lots.count) / lotsPerCoin * 1e6).rounded()) : notional.micros
    }

    /// The average price of positive lots that fetched `notional`, to the tick below.
    public func price(of lots: Lots, worth notional: Money) -> Ticks {
        let factor = microsPerTickLot
        let price =
            isInverse
            ? mulDivDown(lots.count, factor, max(notional.micros, 1))
            : notional.micros / (lots.count * factor)
        return Ticks(Int(min(price, Int64(Int32.max))))
    }

    /// The entry price that a cost basis stands for, in ticks, not rounded: the harmonic mean of an inverse contract's
    /// fills.
    public func averagePrice(_ lots: Lots, cost: Money) -> Double {
        isInverse
            ? Double(lots.count) * Double(factor) / Double(cost.micros)
            : Double(cost.micros) / (Double(lots.count) * Double(factor))
    }

    @inlinable public func usd(_ price: Ticks) -> Double { Double(price.count) / ticksPerUSD }
    /// The tick nearest to a price in dollars, at least one.
    @inlinable public func nearestTick(_ usd: Double) -> Ticks {
        Ticks(Swift.max(1, Int((usd * ticksPerUSD).rounded())))
    }
    @inlinable public func coins(_ lots: Lots) -> Double { Double(lots.count) / lotsPerCoin }
    /// The whole lots in an amount of dollars at a price, rounded down; at most 2^41, which no market accepts.
    @inlinable public func lots(worth usd: Double, at price: Ticks) -> Lots {
        let lots =
            isInverse ? usd * lotsPerCoin : usd * 1e6 / (Double(price.count) * Double(microsPerTickLot))
        return Lots(Int64(Swift.max(0, Swift.min(lots, 2_199_023_255_552))))
    }
}

/// What signed lots are worth at a price, in the sense that profit is the change of value:
///
///     linear   lots × price × factor
///     inverse  lots × factor / price, factor negative: the long's debt in coins, which shrinks as the price rises
///
/// Towards zero, so that the two sides of a trade are worth the same.
@inlinable @inline(__always)
public func signedValue(_ lots: Int64, at price: Int32, factor: Int64) -> Int64 {
    factor > 0 ? lots * Int64(price) * factor : mulDivTowardsZero(lots, factor, Int64(price))
}

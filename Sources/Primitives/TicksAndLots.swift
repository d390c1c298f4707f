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

/// What one tick and one lot of a market are worth.
///
/// `tick × lot` is a whole number of micro-dollars, so that the notional of every fill is exact.
public struct ContractUnit: Hashable, Sendable, BitwiseCopyable {
    /// Micro-dollars per tick and lot.
    public var microsPerTickLot: Int64
    /// Ticks in one US dollar of price.
    public var ticksPerUSD: Double
    /// Lots in one coin.
    public var lotsPerCoin: Double

    public init(microsPerTickLot: Int64, ticksPerUSD: Double, lotsPerCoin: Double) {
        self.microsPerTickLot = microsPerTickLot
        self.ticksPerUSD = ticksPerUSD
        self.lotsPerCoin = lotsPerCoin
    }

    /// Signed notional of `lots` at `price`, exact.
    @inlinable @inline(__always)
    public func notional(_ lots: Lots, at price: Ticks) -> Money {
        Money(micros: lots.count * Int64(price.count) * microsPerTickLot)
    }

    @inlinable public func usd(_ price: Ticks) -> Double { Double(price.count) / ticksPerUSD }
    /// The tick nearest to a price in dollars, at least one.
    @inlinable public func nearestTick(_ usd: Double) -> Ticks {
        Ticks(Swift.max(1, Int((usd * ticksPerUSD).rounded())))
    }
    @inlinable public func coins(_ lots: Lots) -> Double { Double(lots.count) / lotsPerCoin }
    /// The whole lots in an amount of dollars at a price, rounded down; at most 2^41, which no market accepts.
    @inlinable public func lots(worth usd: Double, at price: Ticks) -> Lots {
        let lots = usd * 1e6 / (Double(price.count) * Double(microsPerTickLot))
        return Lots(Int64(Swift.max(0, Swift.min(lots, 2_199_023_255_552))))
    }
}

/// An exact amount in the smallest unit of the ledger it is on: millionths of a dollar, or of a coin-margined venue a fixed
/// fraction of the coin. Which one, and how it becomes a figure, is the ledger's `Settlement`.
///
/// Arithmetic traps on overflow: a wrapped balance would be worse than a stopped run. There is no conversion
/// from `Double` on the path to a balance; `dollars` exists for display and for agents' decisions only, of ledgers of dollars.
@frozen
public struct Money: Hashable, Comparable, Sendable, BitwiseCopyable, AdditiveArithmetic {
    /// Signed ledger units: micro-dollars on a ledger of dollars.
    public var micros: Int64

    @inlinable @inline(__always)
    public init(micros: Int64) { self.micros = micros }

    /// Whole dollars, exact.
    @inlinable
    public init(usd: Int64) { micros = usd * 1_000_000 }

    @inlinable public static var zero: Money { Money(micros: 0) }

    /// Dollars as a float, of a ledger of dollars only: any other is asked through its `Settlement`.
    @inlinable public var dollars: Double { Double(micros) / 1_000_000 }

    @inlinable @inline(__always)
    public static func + (a: Money, b: Money) -> Money { Money(micros: a.micros + b.micros) }
    @inlinable @inline(__always)
    public static func - (a: Money, b: Money) -> Money { Money(micros: a.micros - b.micros) }
    @inlinable @inline(__always)
    public static prefix func - (a: Money) -> Money { Money(micros: -a.micros) }
    @inlinable @inline(__always)
    public static func += (a: inout Money, b: Money) { a.micros += b.micros }
    @inlinable @inline(__always)
    public static func -= (a: inout Money, b: Money) { a.micros -= b.micros }
    @inlinable @inline(__always)
    public static func < (a: Money, b: Money) -> Bool { a.micros < b.micros }

    /// The distance from zero.
    @inlinable public var magnitude: Money { Money(micros: abs(micros)) }

    /// `self` × `rate`, rounded towards minus infinity.
    @inlinable public func timesDown(_ rate: Rate) -> Money {
        Money(micros: mulDivDown(micros, rate.pico, Rate.one.pico))
    }
    /// `self` × `rate`, rounded towards plus infinity.
    @inlinable public func timesUp(_ rate: Rate) -> Money {
        Money(micros: mulDivUp(micros, rate.pico, Rate.one.pico))
    }
}

extension Money: CustomStringConvertible {
    /// The exact decimal, e.g. `-12.345678`, of a ledger of dollars.
    public var description: String {
        let whole = micros.magnitude / 1_000_000
        let part = String(micros.magnitude % 1_000_000)
        return (micros < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: 6 - part.count) + part
    }
}

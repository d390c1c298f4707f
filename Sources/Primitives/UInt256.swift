/// An unsigned integer of 256 bits, the word of the lending contracts.
///
/// Operators trap on overflow, as checked contract arithmetic reverts. A product followed by a division keeps all
/// 512 bits between the two, so that only the named rounding loses anything. All-zero bytes are zero.
@frozen
public struct UInt256: Hashable, Sendable, BitwiseCopyable {
    public var high: UInt128
    public var low: UInt128

    @inlinable @inline(__always)
    public init(high: UInt128, low: UInt128) { (self.high, self.low) = (high, low) }

    /// The value of any integer that is not negative; traps on a negative one.
    @inlinable @inline(__always)
    public init(_ value: some BinaryInteger) { (high, low) = (0, UInt128(value)) }

    @inlinable public static var zero: UInt256 { UInt256(high: 0, low: 0) }
    @inlinable public static var one: UInt256 { UInt256(high: 0, low: 1) }
    @inlinable public static var max: UInt256 { UInt256(high: .max, low: .max) }
    @inlinable public var isZero: Bool { high == 0 && low == 0 }

    /// 10 to the power of `exponent` (0...77; traps above).
    public static func powerOf10(_ exponent: Int) -> UInt256 {
        var result = UInt256.one
        for _ in 0..<exponent { result = result * 10 }
        return result
    }
}

extension UInt256: ExpressibleByIntegerLiteral {
    @inlinable @inline(__always)
    public init(integerLiteral value: UInt128) { (high, low) = (0, value) }
}

extension UInt256: Comparable {
    @inlinable @inline(__always)
    public static func < (a: UInt256, b: UInt256) -> Bool {
        a.high == b.high ? a.low < b.low : a.high < b.high
    }
}

extension UInt256 {
    @inlinable @inline(__always)
    public static func + (a: UInt256, b: UInt256) -> UInt256 {
        let (low, carry) = a.low.addingReportingOverflow(b.low)
        return UInt256(high: a.high + b.high + (carry ? 1 : 0), low: low)
    }

    @inlinable @inline(__always)
    public static func - (a: UInt256, b: UInt256) -> UInt256 {
        let (low, borrow) = a.low.subtractingReportingOverflow(b.low)
        return UInt256(high: a.high - b.high - (borrow ? 1 : 0), low: low)
    }

    @inlinable
    public static func * (a: UInt256, b: UInt256) -> UInt256 {
        let product = a.multipliedFullWidth(by: b)
        precondition(product.high.isZero, "a product left 256 bits")
        return product.low
    }

    /// Rounded down; traps on division by zero.
    @inlinable
    public static func / (a: UInt256, b: UInt256) -> UInt256 {
        a.quotientAndRemainder(dividingBy: b).quotient
    }

    @inlinable
    public static func % (a: UInt256, b: UInt256) -> UInt256 {
        a.quotientAndRemainder(dividingBy: b).remainder
    }

    @inlinable public static func += (a: inout UInt256, b: UInt256) { a = a + b }
    @inlinable public static func -= (a: inout UInt256, b: UInt256) { a = a - b }

    /// `self` - `other`, or zero if `other` is larger.
    @inlinable
    public func minusOrZero(_ other: UInt256) -> UInt256 { self > other ? self - other : .zero }

    /// The product, or nil if it leaves 256 bits.
    @inlinable
    public func timesOrNil(_ other: UInt256) -> UInt256? {
        let product = multipliedFullWidth(by: other)
        return product.high.isZero ? product.low : nil
    }

    /// The whole product: `high` × 2^256 + `low`.
    @inlinable
    public func multipliedFullWidth(by b: UInt256) -> (high: UInt256, low: UInt256) {
        let lowest = UInt256.product(low, b.low)
        if high == 0 && b.high == 0 {
            return (.zero, lowest)
        }
        let left = UInt256.product(high, b.low)
        let right = UInt256.product(low, b.high)
        let highest = UInt256.product(high, b.high)
        let (middle, carryOne) = lowest.high.addingReportingOverflow(left.low)
        let (second, carryTwo) = middle.addingReportingOverflow(right.low)
        var top = highest
        top += UInt256(high: 0, low: left.high)
        top += UInt256(high: 0, low: right.high)
        top += UInt256(high: 0, low: (carryOne ? 1 : 0) + (carryTwo ? 1 : 0))
        return (top, UInt256(high: second, low: lowest.low))
    }

    /// The whole product of two halves, from words of 64 bits: the library's version is generic and slower.
    @inlinable @inline(__always)
    static func product(_ a: UInt128, _ b: UInt128) -> UInt256 {
        let (a1, a0) = (UInt64(truncatingIfNeeded: a >> 64), UInt64(truncatingIfNeeded: a))
        let (b1, b0) = (UInt64(truncatingIfNeeded: b >> 64), UInt64(truncatingIfNeeded: b))
        let lowest = UInt128(a0) &* UInt128(b0)
        let left = UInt128(a1) &* UInt128(b0) &+ (lowest >> 64)
        let right = UInt128(a0) &* UInt128(b1) &+ UInt128(UInt64(truncatingIfNeeded: left))
        let high = UInt128(a1) &* UInt128(b1) &+ (left >> 64) &+ (right >> 64)
        return UInt256(high: high, low: right << 64 | UInt128(UInt64(truncatingIfNeeded: lowest)))
    }

    @inlinable
    public func quotientAndRemainder(
        dividingBy divisor: UInt256
    ) -> (quotient: UInt256, remainder: UInt256) {
        if high == 0 && divisor.high == 0 {
            let (q, r) = low.quotientAndRemainder(dividingBy: divisor.low)
            return (UInt256(high: 0, low: q), UInt256(high: 0, low: r))
        }
        return divisor.high == 0
            ? dividedShort(by: divisor.low) : UInt256.divide(high: .zero, low: self, by: divisor)
    }

    /// self × `factor` / `divisor` in 512 bits, rounded down. Traps if the quotient leaves 256 bits.
    @inlinable
    public func mulDivDown(_ factor: UInt256, _ divisor: UInt256) -> UInt256 {
        mulDiv(factor, divisor).quotient
    }

    /// self × `factor` / `divisor` in 512 bits, rounded up. Traps if the quotient leaves 256 bits.
    @inlinable
    public func mulDivUp(_ factor: UInt256, _ divisor: UInt256) -> UInt256 {
        let (quotient, remainder) = mulDiv(factor, divisor)
        return remainder.isZero ? quotient : quotient + .one
    }

    /// floor((self × `factor` + floor(`divisor` / 2)) / `divisor`) in 512 bits: the half-up rounding of wad, ray
    /// and percentage arithmetic. Traps if the quotient leaves 256 bits.
    @inlinable
    public func mulDivHalfUp(_ factor: UInt256, _ divisor: UInt256) -> UInt256 {
        let (quotient, remainder) = mulDiv(factor, divisor)
        return remainder >= divisor - divisor / 2 ? quotient + .one : quotient
    }

    /// self / `divisor`, rounded up.
    @inlinable
    public func dividedUp(by divisor: UInt256) -> UInt256 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder.isZero ? quotient : quotient + .one
    }

    @inlinable
    func mulDiv(_ factor: UInt256, _ divisor: UInt256) -> (quotient: UInt256, remainder: UInt256) {
        let product = multipliedFullWidth(by: factor)
        return product.high.isZero
            ? product.low.quotientAndRemainder(dividingBy: divisor)
            : UInt256.divide(high: product.high, low: product.low, by: divisor)
    }
}

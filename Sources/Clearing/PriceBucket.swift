import Primitives

/// Buckets of prices, each about 2^-`precision` wide relative to the price, exact in integers.
///
/// The bucket of a price is its binary exponent followed by its first `precision` mantissa bits: monotone,
/// so that prices need no logarithm, and as fine for a coin that fell 99.9 % as before its fall.
public struct PriceBucket: Sendable {
    let precision: Int32

    public init(precision: Int32) { self.precision = precision }

    @inline(__always)
    public func index(_ price: Int32) -> Int32 {
        let p = max(price, 1)
        let exponent = 31 &- Int32(p.leadingZeroBitCount)
        if exponent <= precision { return p }
        let shift = exponent &- precision
        return (shift &<< precision) &+ (p &>> shift)
    }

    /// Buckets needed for prices up to `maxTicks`.
    public func count(maxTicks: Int32) -> Int { Int(index(maxTicks)) + 2 }
}

import Primitives

/// The fixed-point scales of the lending contracts.
extension UInt256 {
    /// 10^18: one, in amounts and factors.
    @inlinable public static var wad: UInt256 { 1_000_000_000_000_000_000 }
    /// 10^27: one, in rates and indices.
    @inlinable public static var ray: UInt256 { 1_000_000_000_000_000_000_000_000_000 }
    /// 10^45 = wad × ray: one, in Maker's internal money.
    @inlinable public static var rad: UInt256 { .wad * .ray }
    /// 10^4: one, in basis points.
    @inlinable public static var bps: UInt256 { 10_000 }
}

/// The 365 days by which every one of these protocols annualises.
@usableFromInline let secondsPerYear: UInt256 = 31_536_000

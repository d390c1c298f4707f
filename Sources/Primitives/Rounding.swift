/// `a` × `b` / `divisor` in 128 bits, rounded towards minus infinity. Traps if the quotient leaves Int64.
@inlinable @inline(__always)
public func mulDivDown(_ a: Int64, _ b: Int64, _ divisor: Int64) -> Int64 {
    // A 64-bit division is several times faster than a 128-bit one and nearly always enough.
    let (small, overflow) = a.multipliedReportingOverflow(by: b)
    if !overflow {
        let (quotient, remainder) = small.quotientAndRemainder(dividingBy: divisor)
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
    let product = Int128(a) * Int128(b)
    let (quotient, remainder) = product.quotientAndRemainder(dividingBy: Int128(divisor))
    return Int64(remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient)
}

/// `a` × `b` / `divisor` in 128 bits, rounded towards plus infinity. Traps if the quotient leaves Int64.
@inlinable @inline(__always)
public func mulDivUp(_ a: Int64, _ b: Int64, _ divisor: Int64) -> Int64 {
    let (small, overflow) = a.multipliedReportingOverflow(by: b)
    if !overflow {
        let (quotient, remainder) = small.quotientAndRemainder(dividingBy: divisor)
        return remainder != 0 && (remainder < 0) == (divisor < 0) ? quotient + 1 : quotient
    }
    let product = Int128(a) * Int128(b)
    let (quotient, remainder) = product.quotientAndRemainder(dividingBy: Int128(divisor))
    return Int64(remainder != 0 && (remainder < 0) == (divisor < 0) ? quotient + 1 : quotient)
}

/// `a` × `b` / `divisor` in 128 bits, rounded towards zero: for moving a share of a cost basis, where the
/// remainder stays behind and is therefore never lost. Traps if the quotient leaves Int64.
@inlinable @inline(__always)
public func mulDivTowardsZero(_ a: Int64, _ b: Int64, _ divisor: Int64) -> Int64 {
    let (small, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? Int64(Int128(a) * Int128(b) / Int128(divisor)) : small / divisor
}

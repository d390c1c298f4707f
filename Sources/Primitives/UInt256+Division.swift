extension UInt256 {
    /// Sixty-four bits of the number, the lowest first.
    @inline(__always)
    func limb(_ i: Int) -> UInt64 {
        let half = i < 2 ? low : high
        return UInt64(truncatingIfNeeded: i & 1 == 0 ? half : half >> 64)
    }

    @inline(__always)
    init(limbs l: UnsafeMutablePointer<UInt64>) {
        low = UInt128(l[1]) << 64 | UInt128(l[0])
        high = UInt128(l[3]) << 64 | UInt128(l[2])
    }

    /// (`high` × 2^256 + `low`) / `divisor` by long division in digits of 64 bits (Knuth, The Art of Computer
    /// Programming 2, 4.3.1, algorithm D). Traps if the divisor is zero or the quotient leaves 256 bits.
    @usableFromInline
    static func divide(
        high: UInt256, low: UInt256, by divisor: UInt256
    ) -> (quotient: UInt256, remainder: UInt256) {
        precondition(high < divisor, divisor.isZero ? "division by zero" : "a quotient left 256 bits")
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 20) { memory in
            let u = memory.baseAddress!
            let v = u + 9
            let q = u + 14
            for i in 0..<4 { (u[i], u[i + 4], v[i], q[i]) = (low.limb(i), high.limb(i), divisor.limb(i), 0) }
            u[8] = 0
            var digits = 4
            while v[digits - 1] == 0 { digits -= 1 }
            var used = 8
            while used > 0 && u[used - 1] == 0 { used -= 1 }
            if used < digits { return (.zero, low) }
            if digits == 1 {
                var remainder: UInt64 = 0
                for i in stride(from: used - 1, through: 0, by: -1) {
                    let (quotient, rest) = v[0].dividingFullWidth((remainder, u[i]))
                    if i < 4 { q[i] = quotient }
                    remainder = rest
                }
                return (UInt256(limbs: q), UInt256(remainder))
            }
            let shift = UInt64(v[digits - 1].leadingZeroBitCount)
            shiftLeft(v, digits, shift)
            shiftLeft(u, used + 1, shift)
            for j in stride(from: used - digits, through: 0, by: -1) {
                let digit = quotientDigit(u + j, v, digits)
                if j < 4 { q[j] = digit }
            }
            for i in 0..<4 {
                v[i] = i < digits ? u[i] >> shift | (shift == 0 ? 0 : u[i + 1] << (64 - shift)) : 0
            }
            return (UInt256(limbs: q), UInt256(limbs: v))
        }
    }

    private static func shiftLeft(_ x: UnsafeMutablePointer<UInt64>, _ count: Int, _ shift: UInt64) {
        guard shift > 0 else { return }
        for i in stride(from: count - 1, to: 0, by: -1) { x[i] = x[i] << shift | x[i - 1] >> (64 - shift) }
        x[0] <<= shift
    }

    /// One digit of the quotient: estimated from the two leading digits, then corrected; leaves the remainder in
    /// `u`.
    private static func quotientDigit(
        _ u: UnsafeMutablePointer<UInt64>, _ v: UnsafeMutablePointer<UInt64>, _ n: Int
    ) -> UInt64 {
        var estimate: UInt64
        var rest: UInt64
        var restOverflowed = false
        if u[n] >= v[n - 1] {
            estimate = .max
            (rest, restOverflowed) = u[n - 1].addingReportingOverflow(v[n - 1])
        } else {
            (estimate, rest) = v[n - 1].dividingFullWidth((u[n], u[n - 1]))
        }
        while !restOverflowed {
            let product = estimate.multipliedFullWidth(by: v[n - 2])
            if product.high < rest || (product.high == rest && product.low <= u[n - 2]) { break }
            estimate -= 1
            (rest, restOverflowed) = rest.addingReportingOverflow(v[n - 1])
        }
        var borrow: UInt64 = 0
        for i in 0..<n {
            let product = estimate.multipliedFullWidth(by: v[i])
            let (subtrahend, carry) = product.low.addingReportingOverflow(borrow)
            let (difference, under) = u[i].subtractingReportingOverflow(subtrahend)
            u[i] = difference
            borrow = product.high &+ (carry ? 1 : 0) &+ (under ? 1 : 0)
        }
        let (top, under) = u[n].subtractingReportingOverflow(borrow)
        u[n] = top
        if !under { return estimate }
        var carry: UInt64 = 0
        for i in 0..<n {
            let sum = UInt128(u[i]) + UInt128(v[i]) + UInt128(carry)
            u[i] = UInt64(truncatingIfNeeded: sum)
            carry = UInt64(truncatingIfNeeded: sum >> 64)
        }
        u[n] &+= carry
        return estimate - 1
    }
}

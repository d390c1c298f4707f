import RealModule

/// A source of 64 random bits and the distributions drawn from it.
///
/// `log`, `exp`, `cos` and `pow` are libm's: bytes repeat on one platform, not necessarily across libms.
public protocol RandomSource {
    mutating func next() -> UInt64
}

extension RandomSource {
    /// Uniform on [0, 1), 53 bits.
    @inlinable public mutating func uniform() -> Double { Double(next() &>> 11) * 0x1p-53 }

    /// Uniform on [low, high).
    @inlinable public mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * uniform()
    }

    /// Uniform on 0..<bound, by rejection (no modulo bias).
    @inlinable public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "an integer below \(bound) does not exist")
        let n = UInt64(bound)
        let threshold = (0 &- n) % n
        while true {
            let (high, low) = next().multipliedFullWidth(by: n)
            if low >= threshold { return Int(high) }
        }
    }

    /// True with probability `p`.
    @inlinable public mutating func chance(_ p: Double) -> Bool { uniform() < p }

    /// Exponential with the given mean.
    public mutating func exponential(mean: Double) -> Double { -mean * Double.log(1 - uniform()) }

    /// Standard normal (Box and Muller 1958; one of the pair is used, so a draw costs two words always).
    public mutating func normal() -> Double {
        let radius = (-2 * Double.log(1 - uniform())).squareRoot()
        return radius * Double.cos(2 * Double.pi * uniform())
    }

    /// Lognormal with the given median and standard deviation of the logarithm.
    public mutating func logNormal(median: Double, logSD: Double) -> Double {
        median * Double.exp(logSD * normal())
    }

    /// Pareto: P(X > x) = (minimum / x)^shape.
    public mutating func pareto(minimum: Double, shape: Double) -> Double {
        minimum * Double.pow(1 - uniform(), -1 / shape)
    }

    /// Poisson with the given mean: products of uniforms below 30 (Knuth), split in halves above
    /// (a sum of independent Poissons is Poisson), so that the cost is linear and nothing is approximated.
    public mutating func poisson(mean: Double) -> Int {
        var remaining = mean
        var count = 0
        while remaining > 30 {
            count += poisson(mean: 30)
            remaining -= 30
        }
        let limit = Double.exp(-remaining)
        var product = uniform()
        while product > limit {
            count += 1
            product *= uniform()
        }
        return count
    }
}

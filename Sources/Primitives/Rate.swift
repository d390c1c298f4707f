/// A dimensionless rate in units of 1e-12: fees, margin rates, funding rates.
@frozen
public struct Rate: Hashable, Comparable, Sendable, BitwiseCopyable {
    /// The rate × 1e12.
    public var pico: Int64

    @inlinable public init(pico: Int64) { self.pico = pico }

    public static let zero = Rate(pico: 0)
    public static let one = Rate(pico: 1_000_000_000_000)

    /// Basis points, exact: `Rate(basisPoints: 45, per: 10)` is 4.5 bp.
    public init(basisPoints: Int64, per divisor: Int64 = 1) {
        self.init(pico: mulDivTowardsZero(basisPoints, 100_000_000, divisor))
    }

    /// `numerator` / `denominator`, rounded towards plus infinity (a margin rate is never understated).
    public init(_ numerator: Int64, over denominator: Int64) {
        self.init(pico: mulDivUp(numerator, Rate.one.pico, denominator))
    }

    /// The nearest representable rate; for values that arrive as decimal text or come from a model.
    public init(nearest value: Double) { self.init(pico: Int64((value * 1e12).rounded())) }

    @inlinable public var value: Double { Double(pico) / 1e12 }
    @inlinable public static func < (a: Rate, b: Rate) -> Bool { a.pico < b.pico }
    @inlinable public static func + (a: Rate, b: Rate) -> Rate { Rate(pico: a.pico + b.pico) }
    @inlinable public static func - (a: Rate, b: Rate) -> Rate { Rate(pico: a.pico - b.pico) }
    @inlinable public static prefix func - (a: Rate) -> Rate { Rate(pico: -a.pico) }
}

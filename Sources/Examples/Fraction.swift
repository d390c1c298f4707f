import Primitives

/// An exact quotient of two whole numbers of 256 bits, in lowest terms; operations that leave them give nil.
struct Fraction: Sendable, Equatable {
    private(set) var isNegative: Bool
    let numerator: UInt256
    let denominator: UInt256

    private init(isNegative: Bool, _ numerator: UInt256, over denominator: UInt256) {
        let shared = Self.commonDivisor(numerator, denominator)
        self.isNegative = isNegative && !numerator.isZero
        self.numerator = numerator / shared
        self.denominator = denominator / shared
    }

    private static func commonDivisor(_ a: UInt256, _ b: UInt256) -> UInt256 {
        var (a, b) = (a, b)
        while !b.isZero { (a, b) = (b, a % b) }
        return a
    }

    /// In units of 10^-decimals, without the sign; nil beyond 256 bits.
    func magnitude(decimals: Int, _ cut: ExactDecimal.Cut) -> UInt256? {
        let unit = UInt256.powerOf10(decimals)
        // The quotient fits if the upper half of the product is below the divisor; one more is left for rounding up.
        guard numerator.multipliedFullWidth(by: unit).high < denominator else { return nil }
        let value = numerator.mulDivDown(unit, denominator)
        guard value < .max else { return nil }
        return cut == .down ? value : numerator.mulDivHalfUp(unit, denominator)
    }
}

extension Fraction: ExpressionArithmetic {
    init?(_ decimal: ExactDecimal) {
        guard decimal.exponent >= -77, let whole = decimal.magnitude(decimals: max(0, -decimal.exponent))
        else {
            return nil
        }
        self.init(
            isNegative: decimal.isNegative, whole, over: .powerOf10(max(0, -decimal.exponent)))
    }

    var negated: Fraction { Fraction(isNegative: !isNegative, numerator, over: denominator) }

    func plus(_ other: Fraction) -> Fraction? {
        guard let a = numerator.timesOrNil(other.denominator),
            let b = other.numerator.timesOrNil(denominator),
            let bottom = denominator.timesOrNil(other.denominator)
        else { return nil }
        if isNegative == other.isNegative {
            guard a <= .max - b else { return nil }
            return Fraction(isNegative: isNegative, a + b, over: bottom)
        }
        return a >= b
            ? Fraction(isNegative: isNegative, a - b, over: bottom)
            : Fraction(isNegative: other.isNegative, b - a, over: bottom)
    }

    func times(_ other: Fraction) -> Fraction? {
        // In lowest terms crosswise, so that only what does not fit is lost.
        let left = Fraction(isNegative: false, numerator, over: other.denominator)
        let right = Fraction(isNegative: false, other.numerator, over: denominator)
        guard let top = left.numerator.timesOrNil(right.numerator),
            let bottom = left.denominator.timesOrNil(right.denominator)
        else { return nil }
        return Fraction(isNegative: isNegative != other.isNegative, top, over: bottom)
    }

    func over(_ other: Fraction) -> Fraction? {
        guard !other.numerator.isZero else { return nil }
        return times(Fraction(isNegative: other.isNegative, other.denominator, over: other.numerator))
    }
}

import Primitives

/// A decimal number with every digit it was written with.
struct ExactDecimal: Hashable, Sendable {
    private(set) var isNegative = false
    /// Most significant first, no zero at either end; none for zero.
    private(set) var digits: [UInt8] = []
    /// The power of ten of the last digit.
    private(set) var exponent = 0

    /// The most digits, and the largest power of ten either way, that a number may be written with.
    static let mostDigits = 2_000

    /// What the last digit kept becomes when others are cut.
    enum Cut { case down, nearest }

    /// Digits with at most one point, a sign before them and a power of ten (`e-18`) after them if need be; nil for
    /// anything else.
    init?(_ text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        if let e = rest.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            let power = rest[(e + 1)...]
            guard power.count <= 6, let value = Int(String(decoding: power, as: UTF8.self)) else {
                return nil
            }
            exponent = value
            rest = rest[..<e]
        }
        var hasPoint = false
        for c in rest {
            if c == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if c >= 48, c <= 57, digits.count < Self.mostDigits {
                digits.append(c - 48)
                if hasPoint { exponent -= 1 }
            } else {
                return nil
            }
        }
        guard !digits.isEmpty, abs(exponent) <= 2 * Self.mostDigits else { return nil }
        normalise()
    }

    /// A whole number of units of 10^-decimals.
    init(_ units: UInt256, decimals: Int = 0, isNegative: Bool = false) {
        digits = units.description.utf8.map { $0 - 48 }
        exponent = -decimals
        self.isNegative = isNegative
        normalise()
    }

    private mutating func normalise() {
        digits.removeFirst(digits.firstIndex { $0 != 0 } ?? digits.count)
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty { (exponent, isNegative) = (0, false) }
    }

    var isZero: Bool { digits.isEmpty }
    var isWhole: Bool { exponent >= 0 }

    /// The distance from zero in units of 10^-decimals; nil beyond 256 bits.
    func magnitude(decimals: Int, _ cut: Cut = .down) -> UInt256? {
        let places = exponent + decimals
        if places >= 0 {
            guard digits.count + places <= 78 else { return isZero ? .zero : nil }
            return UInt256(text(digits + [UInt8](repeating: 0, count: places)))
        }
        guard -places <= digits.count else { return .zero }
        let kept = digits.dropLast(-places)
        guard kept.count <= 78, let value = UInt256(text(Array(kept))) else { return nil }
        let roundsUp = cut == .nearest && digits[kept.count] >= 5
        return roundsUp ? value + .one : value
    }

    /// In units of 10^-decimals, the nearest whole number of them; nil beyond 64 bits.
    func units(decimals: Int) -> Int64? {
        guard let value = magnitude(decimals: decimals, .nearest), value <= UInt256(Int64.max) else {
            return nil
        }
        return isNegative ? -Int64(value.low) : Int64(value.low)
    }

    private func text(_ digits: [UInt8]) -> String {
        digits.isEmpty ? "0" : String(decoding: digits.map { $0 + 48 }, as: UTF8.self)
    }

    /// All digits, without a power of ten.
    var description: String {
        let sign = isNegative ? "-" : ""
        if exponent >= 0 { return sign + text(digits + [UInt8](repeating: 0, count: exponent)) }
        let whole = digits.count + exponent
        if whole > 0 { return sign + text(Array(digits[..<whole])) + "." + text(Array(digits[whole...])) }
        return sign + "0." + String(repeating: "0", count: -whole) + text(digits)
    }
}

extension ExactDecimal {
    /// How far two numbers lie apart.
    func distance(to other: ExactDecimal) -> ExactDecimal {
        var (a, b, low) = aligned(other)
        if isNegative == other.isNegative {
            if b.reversed().lexicographicallyPrecedes(a.reversed()) == false { swap(&a, &b) }
            var borrow: UInt8 = 0
            for i in a.indices {
                let less = b[i] + borrow
                borrow = a[i] < less ? 1 : 0
                a[i] = a[i] + 10 * borrow - less
            }
        } else {
            var carry: UInt8 = 0
            for i in a.indices {
                let sum = a[i] + b[i] + carry
                carry = sum / 10
                a[i] = sum % 10
            }
            if carry > 0 { a.append(carry) }
        }
        var result = self
        (result.isNegative, result.digits, result.exponent) = (false, a.reversed(), low)
        result.normalise()
        return result
    }

    /// Whether a number from zero is at most another.
    func isAtMost(_ other: ExactDecimal) -> Bool {
        let (a, b, _) = aligned(other)
        return !b.reversed().lexicographicallyPrecedes(a.reversed())
    }

    /// Digits of both, the least significant first, of one length and one power of ten.
    private func aligned(_ other: ExactDecimal) -> (a: [UInt8], b: [UInt8], exponent: Int) {
        let low = min(exponent, other.exponent)
        func shifted(_ n: ExactDecimal) -> [UInt8] {
            [UInt8](repeating: 0, count: n.exponent - low) + n.digits.reversed()
        }
        var (a, b) = (shifted(self), shifted(other))
        let length = max(a.count, b.count)
        a += [UInt8](repeating: 0, count: length - a.count)
        b += [UInt8](repeating: 0, count: length - b.count)
        return (a, b, low)
    }
}

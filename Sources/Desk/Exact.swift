import Primitives

/// A decimal number exactly as it was written: never a `Double` on the way to a balance.
public struct Exact: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number is `digits` × 10^-`places`; no trailing zeros, so that equal numbers are equal.
    public let digits: Int128
    public let places: Int

    public static let zero = Exact(digits: 0, places: 0)
    public static let one = Exact(digits: 1, places: 0)

    public init(digits: Int128, places: Int) {
        var (digits, places) = (digits, places)
        while digits != 0 && digits % 10 == 0 {
            digits /= 10
            places -= 1
        }
        self.digits = digits
        self.places = digits == 0 ? 0 : places
    }

    public init(_ whole: Int) { self.init(digits: Int128(whole), places: 0) }

    /// Digits with at most one point, a sign, an exponent: `-12.50`, `1e-7`. Nil for anything else, for more than 34 digits and
    /// for 10^18 or more.
    public init?(_ text: some Sequence<UInt8>) {
        var digits: Int128 = 0
        var (places, exponent, count, figures) = (0, 0, 0, 0)
        var (isNegative, isSmall, hasPoint, hasExponent, hasSign) = (false, false, false, false, false)
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where hasExponent:
                exponent = exponent * 10 + Int(byte &- 48)
                if exponent > 60 { return nil }
                figures += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if count > 0 || byte != 48 { count += 1 }
                if count > 34 { return nil }
                digits = digits * 10 + Int128(byte &- 48)
                if hasPoint { places += 1 }
                figures += 1
            case UInt8(ascii: ".") where !hasPoint && !hasExponent: hasPoint = true
            case UInt8(ascii: "-")
            where hasExponent ? figures == 0 && !hasSign : figures == 0 && !hasPoint && !hasSign,
                UInt8(ascii: "+")
            where hasExponent ? figures == 0 && !hasSign : figures == 0 && !hasPoint && !hasSign:
                hasSign = true
                if byte == UInt8(ascii: "-") {
                    if hasExponent { isSmall = true } else { isNegative = true }
                }
            case UInt8(ascii: "e") where figures > 0 && !hasExponent,
                UInt8(ascii: "E") where figures > 0 && !hasExponent:
                (hasExponent, hasSign, figures) = (true, false, 0)
            default: return nil
            }
        }
        guard figures > 0 else { return nil }
        self.init(digits: isNegative ? -digits : digits, places: places + (isSmall ? exponent : -exponent))
        guard self.places >= -24, self.places <= 60, magnitude < Exact(digits: 1, places: -24) else {
            return nil
        }
    }

    public init?(_ text: String) { self.init(text.utf8) }

    public var isNegative: Bool { digits < 0 }
    public var isZero: Bool { digits == 0 }
    public var magnitude: Exact { digits < 0 ? -self : self }
    /// For display and for choices that need no exactness.
    public var double: Double {
        var value = Double(digits)
        var left = places
        while left > 0 {
            let step = min(left, 22)
            value /= Self.powers[step]
            left -= step
        }
        while left < 0 {
            let step = min(-left, 22)
            value *= Self.powers[step]
            left += step
        }
        return value
    }
    private static let powers: [Double] = (0...22).reduce(into: [1.0]) { list, n in
        if n > 0 { list.append(list[n - 1] * 10) }
    }

    /// The number in units of 10^-`places`, to the nearest, halves away from zero; nil beyond 64 bits.
    public func units(_ places: Int) -> (value: Int64, isExact: Bool)? {
        var value = digits
        var left = places - self.places
        if left > 38 || left < -76 { return digits == 0 ? (0, true) : left < 0 ? (0, false) : nil }
        while left > 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
            left -= 1
        }
        var isExact = true
        if left < 0 {
            // All but the last digit are cut, the last one is rounded.
            while left < -1 {
                if value % 10 != 0 { isExact = false }
                value /= 10
                left += 1
            }
            let last = value % 10
            if last != 0 { isExact = false }
            value = value / 10 + (last >= 5 ? 1 : last <= -5 ? -1 : 0)
        }
        guard let small = Int64(exactly: value) else { return nil }
        return (small, isExact)
    }

    /// The number in units of 10^-`places`, cut; of numbers that are not negative, `places` at most 18.
    public func wide(_ places: Int) -> UInt256 {
        precondition(!isNegative && places <= 18)
        let left = places - self.places
        let whole = UInt256(UInt128(digits))
        // 34 figures and 24 zeros behind them are as many as a number may have.
        return left >= 0 ? whole * .powerOf10(left) : left < -70 ? .zero : whole / .powerOf10(-left)
    }

    /// At most eighteen figures, so that a product of two fits: relatively exact to 10^-18.
    private var short: Exact {
        var (digits, places) = (self.digits, self.places)
        while digits.magnitude >= 1_000_000_000_000_000_000 {
            digits /= 10
            places -= 1
        }
        return Exact(digits: digits, places: places)
    }

    public static func * (a: Exact, b: Exact) -> Exact {
        let (product, overflow) = a.digits.multipliedReportingOverflow(by: b.digits)
        if !overflow { return Exact(digits: product, places: a.places + b.places) }
        let (a, b) = (a.short, b.short)
        return Exact(digits: a.digits * b.digits, places: a.places + b.places)
    }

    /// So many figures at most, cut towards zero.
    public func rounded(figures: Int) -> Exact {
        var (digits, places) = (self.digits, self.places)
        let most = (0..<figures).reduce(Int128(1)) { value, _ in value * 10 }
        while digits.magnitude >= most.magnitude {
            digits /= 10
            places -= 1
        }
        return Exact(digits: digits, places: places)
    }

    private static func aligned(_ a: Exact, _ b: Exact) -> (Int128, Int128, Int)? {
        let places = max(a.places, b.places)
        func raise(_ x: Exact) -> Int128? {
            var value = x.digits
            for _ in 0..<min(40, places - x.places) {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                value = product
            }
            return value
        }
        guard let x = raise(a), let y = raise(b) else { return nil }
        return (x, y, places)
    }

    public static func + (a: Exact, b: Exact) -> Exact {
        if a.isZero { return b }
        if b.isZero { return a }
        if let (x, y, places) = aligned(a, b) {
            let (sum, overflow) = x.addingReportingOverflow(y)
            if !overflow { return Exact(digits: sum, places: places) }
        }
        // More figures than there are: eighteen of each are added.
        let (c, d) = (a.short, b.short)
        if let (x, y, places) = aligned(c, d) {
            let (sum, overflow) = x.addingReportingOverflow(y)
            if !overflow { return Exact(digits: sum, places: places) }
        }
        // So far apart that the smaller has no figure of the larger.
        return a.magnitude > b.magnitude ? a : b
    }
    public static func - (a: Exact, b: Exact) -> Exact { a + -b }
    public static prefix func - (a: Exact) -> Exact { Exact(digits: -a.digits, places: a.places) }
    public static func < (a: Exact, b: Exact) -> Bool {
        if a.digits.signum() != b.digits.signum() { return a.digits < b.digits }
        guard let (x, y, _) = aligned(a, b) else { return a.double < b.double }
        return x < y
    }

    public var description: String {
        if places <= 0 { return "\(digits)" + (digits == 0 ? "" : String(repeating: "0", count: -places)) }
        let text = String(digits.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - text.count)) + text
        return (digits < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
    }
}

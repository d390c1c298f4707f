/// A price or a quantity exactly as an exchange wrote it: up to 18 decimals, below 10^18.
///
/// Two texts of one number, such as `1.50` and `1.5`, are equal.
public struct FeedNumber: Hashable, Comparable, Sendable {
    /// The number times 10^18.
    public let scaled: Int128

    /// Decimals kept.
    public static let decimals = 18
    public static let zero = FeedNumber(scaled: 0)

    public init(scaled: Int128) { self.scaled = scaled }

    /// Nil for text that is no number, and for one that would not be exact here.
    public init?(_ text: String) {
        var text = text
        guard let read = text.withUTF8({ FeedNumber(bytes: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = read
    }

    public static func < (a: FeedNumber, b: FeedNumber) -> Bool { a.scaled < b.scaled }

    /// The nearest double, for estimates and drawings.
    public var double: Double { Double(scaled) / 1e18 }

    static let one: Int128 = 1_000_000_000_000_000_000
}

extension FeedNumber {
    /// Decimal digits with an optional sign, point and exponent; nothing else.
    init?(bytes: UnsafeRawBufferPointer) {
        var i = 0
        let negative = bytes.first == 0x2D
        if negative { i = 1 }
        var digits: Int128 = 0
        var (seen, kept, decimals, pastPoint) = (false, 0, 0, false)
        while i < bytes.count {
            let c = bytes[i]
            if c >= 0x30 && c <= 0x39 {
                seen = true
                let digit = Int128(c - 0x30)
                if kept > 0 || digit > 0 {
                    kept += 1
                    // Zeros at the end may go on for ever; anything else must fit.
                    guard kept <= 36 || (pastPoint && digit == 0) else { return nil }
                }
                if kept <= 36 {
                    digits = digits * 10 + digit
                    if pastPoint { decimals += 1 }
                }
            } else if c == 0x2E && !pastPoint {
                pastPoint = true
            } else {
                break
            }
            i += 1
        }
        guard seen, let exponent = Self.exponent(bytes, from: i) else { return nil }
        guard let scaled = Self.scale(digits, by: Self.decimals - decimals + exponent) else { return nil }
        self.init(scaled: negative ? -scaled : scaled)
    }

    /// 0 where there is none, nil where what follows is no exponent.
    private static func exponent(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count else { return 0 }
        guard bytes[start] | 0x20 == 0x65 else { return nil }
        var i = start + 1
        guard i < bytes.count else { return nil }
        let negative = bytes[i] == 0x2D
        if negative || bytes[i] == 0x2B { i += 1 }
        guard i < bytes.count, bytes.count - i <= 3 else { return nil }
        var value = 0
        while i < bytes.count {
            guard bytes[i] >= 0x30 && bytes[i] <= 0x39 else { return nil }
            value = value * 10 + Int(bytes[i] - 0x30)
            i += 1
        }
        return negative ? -value : value
    }

    /// Nil where digits would be lost or the number would not fit.
    private static func scale(_ digits: Int128, by power: Int) -> Int128? {
        var value = digits
        if value == 0 { return 0 }
        if power >= 0 && power <= 18 && value < one {
            value *= powers[power]
        } else if power < 0 {
            for _ in 0..<(-power) {
                let (quotient, rest) = value.quotientAndRemainder(dividingBy: 10)
                guard rest == 0 else { return nil }
                value = quotient
            }
        } else {
            for _ in 0..<power {
                value *= 10
                guard value < one * one else { return nil }
            }
        }
        return value < one * one ? value : nil
    }

    private static let powers: [Int128] = (0...18).map { power in
        var value: Int128 = 1
        for _ in 0..<power { value *= 10 }
        return value
    }
}

extension FeedNumber: CustomStringConvertible {
    /// Without zeros at the end.
    public var description: String {
        let (whole, part) = scaled.magnitude.quotientAndRemainder(dividingBy: UInt128(Self.one))
        var text = (scaled < 0 ? "-" : "") + String(whole)
        guard part > 0 else { return text }
        let digits = String(part)
        var decimals = String(repeating: "0", count: Self.decimals - digits.count) + digits
        while decimals.last == "0" { decimals.removeLast() }
        text += "." + decimals
        return text
    }
}

extension FeedNumber: Codable {
    /// - Throws: `DecodingError` for text that is no number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = FeedNumber(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a decimal number")
        }
        self = value
    }

    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UInt256: CustomStringConvertible {
    /// Decimal digits.
    public var description: String {
        var rest = self
        var text = ""
        let chunk: UInt256 = 10_000_000_000_000_000_000
        while rest >= chunk {
            let (quotient, part) = rest.quotientAndRemainder(dividingBy: chunk)
            let digits = String(part.low)
            text = String(repeating: "0", count: 19 - digits.count) + digits + text
            rest = quotient
        }
        return String(rest.low) + text
    }

    /// Parses decimal digits; nil for anything else and beyond 256 bits.
    public init?(_ text: some StringProtocol) {
        guard !text.isEmpty else { return nil }
        var value = UInt256.zero
        for c in text.utf8 {
            guard c >= 48, c <= 57, let tenfold = value.timesOrNil(10) else { return nil }
            let digit = UInt256(c - 48)
            guard tenfold <= .max - digit else { return nil }
            value = tenfold + digit
        }
        self = value
    }

    /// Parses an amount such as "522.5" into base units of `decimals` places: 522.5 with 18 places is
    /// 522500000000000000000. Nil for anything but digits with at most one point between them, for more places
    /// than there are, and beyond 256 bits.
    public init?(exactDecimal text: some StringProtocol, decimals: Int) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        if parts.count == 2 && fraction.isEmpty { return nil }
        guard fraction.utf8.count <= decimals else { return nil }
        self.init(
            String(whole) + String(fraction) + String(repeating: "0", count: decimals - fraction.utf8.count))
    }
}

extension UInt256 {
    /// The value of a floating-point number that is a whole number from 0 to below 2^128; nil for any other.
    public init?(exactly value: Double) {
        guard let whole = UInt128(exactly: value) else { return nil }
        self.init(whole)
    }
}

extension Double {
    /// A floating-point number within one unit in its last place: for display and for filing, never for a balance.
    ///
    /// From words of 64 bits: the conversion of `UInt128` is generic and a hundred times slower.
    public init(_ value: UInt256) {
        let low = Double(value.limb(1)) * 0x1p64 + Double(value.limb(0))
        let high = Double(value.limb(3)) * 0x1p64 + Double(value.limb(2))
        self = high * 0x1p128 + low
    }
}

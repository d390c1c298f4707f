import Lending
import Primitives

extension ExampleInputs {
    /// An amount in base units of so many places, exact as printed; excess places of a computed figure are cut.
    mutating func amount(_ key: String, decimals: Int) throws(Unsupported) -> UInt256 {
        try UInt256(example: try number(key), decimals: decimals, key)
    }

    /// A whole number written as digits.
    mutating func digits(_ key: String) throws(Unsupported) -> UInt256 {
        if case .number(let value) = try value(key) {
            guard let whole = UInt256(exactly: value) else {
                throw Unsupported("`\(key)` is no whole number")
            }
            return whole
        }
        guard let whole = UInt256(try text(key)) else { throw Unsupported("`\(key)` is no whole number") }
        return whole
    }
}

extension UInt256 {
    init(example value: Double, decimals: Int, _ key: String) throws(Unsupported) {
        guard let exact = UInt256(example: value, decimals: decimals) else {
            throw Unsupported("`\(key)`: \(value) with \(decimals) places")
        }
        self = exact
    }

    /// The shortest decimal that is this double, in base units.
    init?(example value: Double, decimals: Int) {
        guard value >= 0, value.isFinite else { return nil }
        if value == value.rounded(), let whole = UInt256(exactly: value) {
            self = whole * UInt256.powerOfTen(decimals)
            return
        }
        var text = "\(value)"
        if let e = text.firstIndex(of: "e") {
            // 1e-06 and 1.5e+20 as plain digits.
            guard let exponent = Int(text[text.index(after: e)...]) else { return nil }
            let parts = text[..<e].split(separator: ".").map(String.init)
            let digits = parts.joined()
            let point = parts[0].count + exponent
            if point <= 0 {
                text = "0." + String(repeating: "0", count: -point) + digits
            } else if point >= digits.count {
                text = digits + String(repeating: "0", count: point - digits.count)
            } else {
                text = "\(digits.prefix(point)).\(digits.dropFirst(point))"
            }
        }
        let parts = text.split(separator: ".")
        guard parts.count == 2 else {
            self.init(exactDecimal: text, decimals: decimals)
            return
        }
        self.init(exactDecimal: "\(parts[0]).\(parts[1].prefix(decimals))", decimals: decimals)
    }

    static func powerOfTen(_ exponent: Int) -> UInt256 {
        (0..<exponent).reduce(UInt256(1)) { value, _ in value * UInt256(10) }
    }

    /// In whole tokens.
    func tokens(_ decimals: Int) -> ExampleValue {
        .number(Double(self) / Double(UInt256.powerOfTen(decimals)))
    }
}

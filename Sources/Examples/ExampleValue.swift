import Primitives

/// A value of an example's inputs or expectations.
public enum ExampleValue: Sendable, Hashable {
    case number(ExampleNumber)
    case flag(Bool)
    case text(String)
    case list([ExampleValue])
    case map([String: ExampleValue])
    case null
}

/// A number of an example: the text it was written with and the double nearest to it.
public struct ExampleNumber: Sendable, Hashable {
    public let text: String
    public let double: Double
    /// Nil for what no decimal number is (`NaN`) and for more digits than a number may have.
    let decimal: ExactDecimal?
    /// Comes from whole units, with every digit; others come from floating point.
    let isExact: Bool

    /// As it was written.
    init(written text: String) {
        self.text = text
        decimal = ExactDecimal(text)
        double = Double(text) ?? .nan
        isExact = true
    }

    init(_ decimal: ExactDecimal) {
        text = decimal.description
        self.decimal = decimal
        double = Double(text) ?? .nan
        isExact = true
    }

    init(_ value: Double) {
        text = value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
        double = value
        decimal = nil
        isExact = false
    }

    /// Every digit counts: a whole number written out, or more digits than a double has. Others may be the shortest
    /// text of a double.
    private var countsEveryDigit: Bool {
        guard let decimal else { return false }
        return decimal.digits.count > 17 || text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 || $0 == 45 }
    }

    /// Whether `got` is this number within `tolerance`: to the digit where both are exact, else but for the last bits of a
    /// double.
    func isMet(by got: ExampleNumber, tolerance: Double, isText: Bool = false) -> Bool {
        if got.isExact, isText || countsEveryDigit, let a = decimal, let b = got.decimal,
            let most = ExactDecimal("\(tolerance)")
        {
            return a.distance(to: b).isAtMost(most)
        }
        return abs(double - got.double) <= tolerance + 2 * max(double.ulp, got.double.ulp)
    }
}

extension ExampleValue {
    static func number(_ value: Double) -> ExampleValue { .number(ExampleNumber(value)) }
    static func numbers(_ values: [Double]) -> ExampleValue { .list(values.map { .number($0) }) }
    /// A whole number, every digit of it.
    static func whole(_ value: Int64) -> ExampleValue {
        .number(ExampleNumber(ExactDecimal(UInt256(value.magnitude), isNegative: value < 0)))
    }
    /// Dollars or coins of a ledger in millionths, or in units of so many places.
    static func money(_ value: Money, decimals: Int = 6) -> ExampleValue {
        .number(
            ExampleNumber(
                ExactDecimal(
                    UInt256(value.micros.magnitude), decimals: decimals, isNegative: value.micros < 0)))
    }

    /// Whether `got` is this value: numbers within `tolerance`, all else equal. Digits in quotes are a number.
    func isMet(by got: ExampleValue, tolerance: Double) -> Bool {
        switch (self, got) {
        case (.number(let a), .number(let b)): return a.isMet(by: b, tolerance: tolerance)
        case (.list(let a), .list(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isMet(by: $1, tolerance: tolerance) }
        case (.text(let text), .number(let b)):
            let a = ExampleNumber(written: text)
            return a.decimal != nil && a.isMet(by: b, tolerance: tolerance, isText: true)
        default: return self == got
        }
    }

    /// In quotes where the expected digits are, as contracts' amounts are often written.
    func written(as expected: ExampleValue) -> ExampleValue {
        if case .text = expected, case .number(let number) = self { .text(number.text) } else { self }
    }

    /// The first number in it that is not finite.
    var infinite: Double? {
        switch self {
        case .number(let number): number.double.isFinite ? nil : number.double
        case .list(let items): items.lazy.compactMap(\.infinite).first
        default: nil
        }
    }
}

extension ExampleValue {
    /// As JSON, numbers with the digits they have.
    public var json: String {
        switch self {
        case .number(let number): number.double.isFinite ? number.text : Self.quoted(number.text)
        case .flag(let flag): flag ? "true" : "false"
        case .text(let text): Self.quoted(text)
        case .list(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
        case .map(let map): Self.object(map.mapValues(\.json))
        case .null: "null"
        }
    }

    /// A JSON object of values that are JSON already, its keys sorted.
    public static func object(_ fields: [String: String]) -> String {
        "{" + fields.keys.sorted().map { quoted($0) + ":" + fields[$0]! }.joined(separator: ",") + "}"
    }

    public static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            case "\r": json += "\\r"
            case "\t": json += "\\t"
            case _ where scalar.value < 32:
                let hex = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}

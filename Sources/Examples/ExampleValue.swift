/// A value of an example's inputs or expectations.
public enum ExampleValue: Sendable, Hashable {
    case number(Double)
    case flag(Bool)
    case text(String)
    case list([ExampleValue])
    case map([String: ExampleValue])
    case null
}

extension ExampleValue: Codable {
    public init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let value = try? box.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? box.decode(Double.self) {
            self = .number(value)
        } else if let value = try? box.decode(String.self) {
            self = .text(value)
        } else if let value = try? box.decode([ExampleValue].self) {
            self = .list(value)
        } else {
            self = .map(try box.decode([String: ExampleValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        switch self {
        case .number(let value): try box.encode(value)
        case .flag(let value): try box.encode(value)
        case .text(let value): try box.encode(value)
        case .list(let value): try box.encode(value)
        case .map(let value): try box.encode(value)
        case .null: try box.encodeNil()
        }
    }
}

extension ExampleValue {
    public static func numbers(_ values: [Double]) -> ExampleValue { .list(values.map { .number($0) }) }

    /// Whether `got` is this value: numbers within `tolerance` (absolute, and the last bits of a double), all else equal.
    func isMet(by got: ExampleValue, tolerance: Double) -> Bool {
        switch (self, got) {
        case (.number(let a), .number(let b)):
            return abs(a - b) <= tolerance + 2 * max(a.ulp, b.ulp)
        case (.list(let a), .list(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isMet(by: $1, tolerance: tolerance) }
        case (.text(let a), .text(let b)):
            if let x = Double(a), let y = Double(b), tolerance > 0 { return abs(x - y) <= tolerance }
            return a == b
        default: return self == got
        }
    }
}

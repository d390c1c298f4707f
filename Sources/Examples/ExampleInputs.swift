import Primitives

/// Why a row cannot be judged: a field that the code has no rule for.
public struct Unsupported: Error, Sendable {
    public var reason: String
    init(_ reason: String) { self.reason = reason }
}

/// The inputs of one example, which remember what was read: whatever no rule has read makes the row unsupported.
struct ExampleInputs {
    private let values: [String: ExampleValue]
    private(set) var read: Set<String> = []

    init(_ values: [String: ExampleValue]) { self.values = values }

    var unread: [String] { values.keys.filter { !read.contains($0) }.sorted() }

    func has(_ key: String) -> Bool { values[key] != nil }

    mutating func value(_ key: String) throws(Unsupported) -> ExampleValue {
        read.insert(key)
        guard let value = values[key] else { throw Unsupported("no input `\(key)`") }
        return value
    }

    /// A number, or a text that is one or an expression of the row's other numbers.
    mutating func number(_ key: String) throws(Unsupported) -> Double {
        switch try value(key) {
        case .number(let number): return number
        case .text(let text):
            var expression = Expression(text)
            if let value = expression.value({ if case .number(let n)? = values[$0] { n } else { nil } }) {
                return value
            }
            throw Unsupported("`\(key)`: the expression `\(text)`")
        default: throw Unsupported("`\(key)` is no number")
        }
    }

    mutating func number(_ key: String, default other: Double) throws(Unsupported) -> Double {
        has(key) ? try number(key) : other
    }

    /// An amount of dollars or coins in millionths.
    mutating func money(_ key: String) throws(Unsupported) -> Money {
        let amount = try number(key)
        guard abs(amount) < 9e12 else {
            throw Unsupported("`\(key)`: \(amount) is more than the ledger holds")
        }
        return Money(micros: Int64((amount * 1e6).rounded()))
    }

    /// A rate, leverage or ratio.
    mutating func rate(_ key: String) throws(Unsupported) -> Rate {
        let value = try number(key)
        guard abs(value) < 9e6 else { throw Unsupported("`\(key)`: \(value) as a rate") }
        return Rate(nearest: value)
    }

    mutating func text(_ key: String) throws(Unsupported) -> String {
        guard case .text(let text) = try value(key) else { throw Unsupported("`\(key)` is no text") }
        return text
    }

    mutating func flag(_ key: String) throws(Unsupported) -> Bool {
        guard case .flag(let flag) = try value(key) else {
            throw Unsupported("`\(key)` is neither true nor false")
        }
        return flag
    }

    /// One of some texts, or the row is unsupported.
    mutating func choice(_ key: String, _ allowed: [String]) throws(Unsupported) -> String {
        let text = try text(key)
        guard allowed.contains(text) else {
            throw Unsupported("`\(key)`: `\(text)` is none of \(allowed.joined(separator: ", "))")
        }
        return text
    }

    mutating func numbers(_ key: String) throws(Unsupported) -> [Double] {
        guard case .list(let list) = try value(key) else { throw Unsupported("`\(key)` is no list") }
        var all: [Double] = []
        for item in list {
            guard case .number(let number) = item else { throw Unsupported("`\(key)` is no list of numbers") }
            all.append(number)
        }
        return all
    }

    mutating func rows(_ key: String) throws(Unsupported) -> [[ExampleValue]] {
        guard case .list(let list) = try value(key) else { throw Unsupported("`\(key)` is no list") }
        var all: [[ExampleValue]] = []
        for item in list {
            guard case .list(let row) = item else { throw Unsupported("`\(key)` is no list of lists") }
            all.append(row)
        }
        return all
    }

    mutating func numberRows(_ key: String) throws(Unsupported) -> [[Double]] {
        var all: [[Double]] = []
        for row in try rows(key) {
            var numbers: [Double] = []
            for item in row {
                guard case .number(let number) = item else { throw Unsupported("`\(key)` holds no numbers") }
                numbers.append(number)
            }
            all.append(numbers)
        }
        return all
    }

    /// Objects by name, each as inputs of its own.
    mutating func objects(_ key: String) throws(Unsupported) -> [(name: String, fields: ExampleInputs)] {
        guard case .map(let map) = try value(key) else { throw Unsupported("`\(key)` is no object") }
        var all: [(name: String, fields: ExampleInputs)] = []
        for name in map.keys.sorted() {
            guard case .map(let fields) = map[name]! else {
                throw Unsupported("`\(key).\(name)` is no object")
            }
            all.append((name, ExampleInputs(fields)))
        }
        return all
    }

    mutating func object(_ key: String) throws(Unsupported) -> ExampleInputs {
        guard case .map(let map) = try value(key) else { throw Unsupported("`\(key)` is no object") }
        return ExampleInputs(map)
    }

    mutating func map(_ key: String) throws(Unsupported) -> [String: ExampleValue] {
        guard case .map(let map) = try value(key) else { throw Unsupported("`\(key)` is no object") }
        return map
    }

    /// 1 for `long`, -1 for `short`.
    mutating func sign(_ key: String = "side") throws(Unsupported) -> Double {
        try choice(key, ["long", "short"]) == "long" ? 1 : -1
    }

    /// Marks a nested object's own fields as read or names the first that was not.
    func finish(_ key: String) throws(Unsupported) {
        if let field = unread.first { throw Unsupported("input `\(key).\(field)`") }
    }

    /// A remark that says nothing to the rule.
    mutating func ignore(_ key: String) { read.insert(key) }
}

/// Sums and products of numbers and of other inputs by name.
struct Expression {
    private let bytes: [UInt8]
    private var i = 0

    init(_ text: String) { bytes = Array(text.utf8.filter { $0 != UInt8(ascii: " ") }) }

    mutating func value(_ named: (String) -> Double?) -> Double? {
        guard let value = sum(named), i == bytes.count else { return nil }
        return value
    }

    private mutating func sum(_ named: (String) -> Double?) -> Double? {
        guard var left = product(named) else { return nil }
        while i < bytes.count, bytes[i] == UInt8(ascii: "+") || bytes[i] == UInt8(ascii: "-") {
            let isPlus = bytes[i] == UInt8(ascii: "+")
            i += 1
            guard let right = product(named) else { return nil }
            left = isPlus ? left + right : left - right
        }
        return left
    }

    private mutating func product(_ named: (String) -> Double?) -> Double? {
        guard var left = atom(named) else { return nil }
        while i < bytes.count, bytes[i] == UInt8(ascii: "*") || bytes[i] == UInt8(ascii: "/") {
            let isTimes = bytes[i] == UInt8(ascii: "*")
            i += 1
            guard let right = atom(named) else { return nil }
            left = isTimes ? left * right : left / right
        }
        return left
    }

    private mutating func atom(_ named: (String) -> Double?) -> Double? {
        guard i < bytes.count else { return nil }
        if bytes[i] == UInt8(ascii: "(") {
            i += 1
            guard let value = sum(named), i < bytes.count, bytes[i] == UInt8(ascii: ")") else { return nil }
            i += 1
            return value
        }
        if bytes[i] == UInt8(ascii: "-") {
            i += 1
            return atom(named).map { -$0 }
        }
        let start = i
        while i < bytes.count, !"+-*/()".utf8.contains(bytes[i]) {
            i += 1
            // The sign of an exponent belongs to its number.
            if i < bytes.count, bytes[i] == UInt8(ascii: "-"), bytes[i - 1] == UInt8(ascii: "e"),
                bytes[start] >= 48, bytes[start] <= 57
            {
                i += 1
            }
        }
        let word = String(decoding: bytes[start..<i], as: UTF8.self)
        return Double(word) ?? named(word)
    }
}

/// What an expression is worked out in: exact fractions for amounts, doubles for all else.
protocol ExpressionArithmetic {
    init?(_ decimal: ExactDecimal)
    var negated: Self { get }
    func plus(_ other: Self) -> Self?
    func times(_ other: Self) -> Self?
    /// Nil for division by zero.
    func over(_ other: Self) -> Self?
}

extension Double: ExpressionArithmetic {
    init?(_ decimal: ExactDecimal) {
        guard let value = Double(decimal.description) else { return nil }
        self = value
    }
    var negated: Double { -self }
    func plus(_ other: Double) -> Double? { self + other }
    func times(_ other: Double) -> Double? { self * other }
    func over(_ other: Double) -> Double? { other == 0 ? nil : self / other }
}

/// Sums and products of numbers and of other inputs by name; a number before `wei` counts 10^-18.
struct Expression<Number: ExpressionArithmetic> {
    private let words: [Substring]
    private var i = 0
    private var depth = 0

    init(_ text: String) { words = Self.words(text) }

    /// Names in it.
    var names: [String] { words.filter { $0.first!.isLetter && $0 != "wei" }.map(String.init) }

    /// Operators, brackets, numbers with the sign of their exponent, names.
    private static func words(_ text: String) -> [Substring] {
        var words: [Substring] = []
        var start = text.startIndex
        func finish(_ end: String.Index) {
            if start < end { words.append(text[start..<end]) }
        }
        for i in text.indices {
            let c = text[i]
            let word = text[start..<i]
            let isNumber = word.first.map { $0.isNumber || $0 == "." } ?? false
            if c == " " || "*/()".contains(c)
                || "+-".contains(c) && !(isNumber && word.last!.lowercased() == "e")
            {
                finish(i)
                if c != " " { words.append(text[i...i]) }
                start = text.index(after: i)
            } else if c.isLetter, isNumber, c.lowercased() != "e" {
                // `1wei`
                finish(i)
                start = i
            }
        }
        finish(text.endIndex)
        return words
    }

    mutating func value(_ named: (String) -> Number?) -> Number? {
        guard let value = sum(named), i == words.count else { return nil }
        return value
    }

    private mutating func take(_ word: String) -> Bool {
        guard i < words.count, words[i] == word else { return false }
        i += 1
        return true
    }

    private mutating func sum(_ named: (String) -> Number?) -> Number? {
        guard var left = product(named) else { return nil }
        while i < words.count {
            let isPlus = take("+")
            guard isPlus || take("-") else { break }
            guard let right = product(named), let sum = left.plus(isPlus ? right : right.negated) else {
                return nil
            }
            left = sum
        }
        return left
    }

    private mutating func product(_ named: (String) -> Number?) -> Number? {
        guard var left = atom(named) else { return nil }
        while i < words.count {
            let isTimes = take("*")
            guard isTimes || take("/") else { break }
            guard let right = atom(named), let result = isTimes ? left.times(right) : left.over(right) else {
                return nil
            }
            left = result
        }
        return left
    }

    private mutating func atom(_ named: (String) -> Number?) -> Number? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 64, i < words.count else { return nil }
        if take("(") {
            guard let value = sum(named), take(")") else { return nil }
            return value
        }
        if take("-") { return atom(named)?.negated }
        let word = words[i]
        i += 1
        guard let decimal = ExactDecimal(word) else { return named(String(word)) }
        guard let number = Number(decimal) else { return nil }
        guard take("wei") else { return number }
        return Number(ExactDecimal("1e-18")!).flatMap { number.times($0) }
    }
}

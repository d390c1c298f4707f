import Primitives

/// The inputs of one example, which remember what was read: whatever no rule has read makes the row unsupported.
///
/// Every figure is asked for with the range its rule can take. What lies outside is refused by name, so that no arithmetic
/// behind this door meets a figure it cannot hold.
struct ExampleInputs {
    private let values: [String: ExampleValue]
    /// Where the fields are, for messages: `positions.BTCUSDT.`.
    private let path: String
    private(set) var read: Set<String> = []

    init(_ values: [String: ExampleValue], path: String = "") {
        self.values = values
        self.path = path
    }

    /// What figures may be where a rule says nothing narrower.
    static let largest = 1e15
    static let smallest = 1e-12

    var unread: [String] { values.keys.filter { !read.contains($0) }.sorted() }

    func has(_ key: String) -> Bool { values[key] != nil }

    mutating func value(_ key: String) throws(Refusal) -> ExampleValue {
        read.insert(key)
        guard let value = values[key] else { throw .unsupported("no input `\(named(key))`") }
        return value
    }

    /// A remark that says nothing to the rule.
    mutating func ignore(_ key: String) { read.insert(key) }

    /// All fields of a nested object have been read, or the first that was not is named.
    func finish() throws(Refusal) {
        if let field = unread.first { throw .unsupported("input `\(named(field))`") }
    }

    /// A field with the objects it lies in, for messages.
    private func named(_ key: String) -> String { excerpt(path + key) }

    func refuse(_ key: String, found: String, allowed: String) -> Refusal {
        .figure(named(key), found: excerpt(found), allowed: allowed)
    }

    /// What a field holds, for messages.
    func found(_ key: String) -> String { values[key].map(\.json) ?? "nothing" }

    private func wrongKind(_ key: String, _ kind: String) -> Refusal {
        .unsupported("`\(named(key))` is no \(kind)")
    }
}

// MARK: Texts, flags, lists, objects

extension ExampleInputs {
    mutating func text(_ key: String) throws(Refusal) -> String {
        guard case .text(let text) = try value(key) else { throw wrongKind(key, "text") }
        return text
    }

    mutating func flag(_ key: String) throws(Refusal) -> Bool {
        guard case .flag(let flag) = try value(key) else {
            throw .unsupported("`\(named(key))` is neither true nor false")
        }
        return flag
    }

    /// One of some texts, or the row is unsupported.
    mutating func choice(_ key: String, _ allowed: [String]) throws(Refusal) -> String {
        let text = try text(key)
        guard allowed.contains(text) else {
            throw .unsupported(
                "`\(named(key))`: `\(excerpt(text))` is none of \(allowed.joined(separator: ", "))")
        }
        return text
    }

    /// 1 for `long`, -1 for `short`.
    mutating func sign(_ key: String = "side") throws(Refusal) -> Double {
        try choice(key, ["long", "short"]) == "long" ? 1 : -1
    }

    /// A list that is not empty, its items as fields `0`, `1`, ….
    mutating func list(_ key: String) throws(Refusal) -> ExampleInputs {
        guard case .list(let list) = try value(key) else { throw wrongKind(key, "list") }
        guard !list.isEmpty else { throw refuse(key, found: "an empty list", allowed: "at least one item") }
        return ExampleInputs(list: list, path: named(key) + ".")
    }

    private init(list: [ExampleValue], path: String) {
        self.init(
            Dictionary(uniqueKeysWithValues: list.enumerated().map { ("\($0)", $1) }), path: path)
    }

    /// The rows of a list of lists, each with so many items as fields `0`, `1`, ….
    mutating func rows(_ key: String, of count: Int) throws(Refusal) -> [ExampleInputs] {
        var list = try list(key)
        var rows: [ExampleInputs] = []
        for i in list.indices {
            guard case .list(let row) = try list.value(i), row.count == count else {
                throw .unsupported("`\(named(key))` without rows of \(count)")
            }
            rows.append(ExampleInputs(list: row, path: "\(list.path)\(i)."))
        }
        return rows
    }

    mutating func numbers(
        _ key: String, in range: ClosedRange<Double> = -largest...largest
    ) throws(Refusal) -> [Double] {
        var list = try list(key)
        var all: [Double] = []
        for i in list.indices { all.append(try list.number(i, in: range)) }
        return all
    }

    mutating func object(_ key: String) throws(Refusal) -> ExampleInputs {
        guard case .map(let map) = try value(key) else { throw wrongKind(key, "object") }
        return ExampleInputs(map, path: named(key) + ".")
    }

    /// Objects by name, each as inputs of its own.
    mutating func objects(_ key: String) throws(Refusal) -> [(name: String, fields: ExampleInputs)] {
        var map = try object(key)
        var all: [(name: String, fields: ExampleInputs)] = []
        for name in map.names { all.append((name, try map.object(name))) }
        return all
    }

    var names: [String] { values.keys.sorted() }
    /// The fields of a list, in its order.
    var indices: [String] { (0..<values.count).map { "\($0)" } }
}

// MARK: Figures

extension ExampleInputs {
    /// A figure as it is written, or an expression of other figures of the row.
    private enum Figure {
        case decimal(ExactDecimal, double: Double)
        case expression(String)
    }

    private mutating func figure(_ key: String) throws(Refusal) -> Figure {
        let number: ExampleNumber
        switch try value(key) {
        case .number(let written): number = written
        case .text(let text):
            number = ExampleNumber(written: text)
            if number.decimal == nil {
                let isNone = ["", "nan", "inf", "infinity"].contains(
                    text.lowercased().trimming { "+- ".contains($0) })
                guard !isNone else { throw refuse(key, found: "`\(text)`", allowed: "a number") }
                guard text.utf8.count <= 1_000 else { throw wrongKind(key, "number") }
                return .expression(text)
            }
        default: throw wrongKind(key, "number")
        }
        guard let decimal = number.decimal else {
            throw refuse(
                key, found: number.text, allowed: "a number of at most \(ExactDecimal.mostDigits) digits")
        }
        return .decimal(decimal, double: number.double)
    }

    private func check(
        _ key: String, _ value: Double, _ range: ClosedRange<Double>
    ) throws(Refusal) {
        guard range.contains(value) else {
            throw refuse(
                key, found: found(key), allowed: "\(range.lowerBound.short) to \(range.upperBound.short)")
        }
    }

    /// A number, or a text that is one or an expression of the row's other numbers.
    mutating func number(
        _ key: String, in range: ClosedRange<Double> = -largest...largest
    ) throws(Refusal) -> Double {
        let result: Double
        switch try figure(key) {
        case .decimal(_, let double): result = double
        case .expression(let text):
            var expression = Expression<Double>(text)
            var terms = values.compactMapValues { if case .number(let n) = $0 { n.double } else { nil } }
            terms[key] = nil
            for name in expression.names where terms[name] != nil { read.insert(name) }
            guard let value = expression.value({ terms[$0] }) else {
                throw .unsupported("`\(named(key))`: the expression `\(excerpt(text))`")
            }
            result = value
        }
        try check(key, result, range)
        return result
    }

    mutating func number(
        _ key: String, default other: Double, in range: ClosedRange<Double> = -largest...largest
    ) throws(Refusal) -> Double {
        has(key) ? try number(key, in: range) : other
    }

    /// A price, a size or whatever else has no meaning at zero.
    mutating func positive(_ key: String, atMost most: Double = largest) throws(Refusal) -> Double {
        try number(key, in: Self.smallest...most)
    }

    /// A signed size of a position, not zero.
    mutating func size(_ key: String) throws(Refusal) -> Double {
        let size = try number(key)
        guard abs(size) >= Self.smallest else {
            throw refuse(
                key, found: found(key), allowed: "a size of \(Self.smallest.short) or more, either way")
        }
        return size
    }

    /// A leverage, whole or not.
    mutating func leverage(_ key: String = "leverage") throws(Refusal) -> Double {
        try number(key, in: 0.1...10_000)
    }

    /// A share or a margin rate: 0 to 1.
    mutating func share(_ key: String, default other: Double? = nil) throws(Refusal) -> Double {
        if let other, !has(key) { return other }
        return try number(key, in: 0...1)
    }

    /// A number in exact arithmetic, an expression of the row's other figures in fractions.
    private mutating func exact(
        _ key: String, decimals: Int, _ cut: ExactDecimal.Cut
    ) throws(Refusal) -> (isNegative: Bool, magnitude: UInt256?) {
        switch try figure(key) {
        case .decimal(let decimal, _):
            return (decimal.isNegative, decimal.magnitude(decimals: decimals, cut))
        case .expression(let text):
            guard let value = try fraction(key, text, inside: []) else {
                throw .unsupported("`\(named(key))`: the expression `\(excerpt(text))`")
            }
            return (value.isNegative, value.magnitude(decimals: decimals, cut))
        }
    }

    /// - Parameter outer: the names whose expressions this one stands in: none may hold itself.
    private mutating func fraction(
        _ key: String, _ text: String, inside outer: Set<String>
    ) throws(Refusal) -> Fraction? {
        var expression = Expression<Fraction>(text)
        var terms: [String: Fraction] = [:]
        let around = outer.union([key])
        for name in expression.names where has(name) && !around.contains(name) && terms[name] == nil {
            switch try figure(name) {
            case .decimal(let decimal, _): terms[name] = Fraction(decimal)
            case .expression(let text): terms[name] = try fraction(name, text, inside: around)
            }
        }
        return expression.value { terms[$0] }
    }

    /// An amount in base units of so many places; what lies beyond the last place is cut, for no contract holds it.
    mutating func amount(
        _ key: String, decimals: Int, in range: ClosedRange<Double> = 0...largest,
        _ cut: ExactDecimal.Cut = .down
    ) throws(Refusal) -> UInt256 {
        let (isNegative, magnitude) = try exact(key, decimals: decimals, cut)
        let units = magnitude ?? .max
        let value = Double(units) / Double(UInt256.powerOf10(decimals))
        // The bounds are doubles: a figure on them passes.
        guard magnitude != nil, !isNegative, value <= range.upperBound,
            value >= range.lowerBound * (1 - 1e-15)
        else {
            throw refuse(
                key, found: found(key), allowed: "\(range.lowerBound.short) to \(range.upperBound.short)")
        }
        return units
    }

    /// An amount that must not be zero once it is in base units.
    mutating func amountAboveZero(
        _ key: String, decimals: Int, atMost most: Double = largest
    ) throws(Refusal) -> UInt256 {
        let units = try amount(key, decimals: decimals, in: 0...most)
        guard !units.isZero else {
            throw refuse(key, found: found(key), allowed: "1e-\(decimals) to \(most.short)")
        }
        return units
    }

    /// A whole number of base units.
    mutating func digits(
        _ key: String, in range: ClosedRange<UInt256>
    ) throws(Refusal) -> UInt256 {
        guard case .decimal(let decimal, _) = try figure(key), decimal.isWhole, !decimal.isNegative,
            let whole = decimal.magnitude(decimals: 0), range.contains(whole)
        else {
            throw refuse(
                key, found: found(key),
                allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return whole
    }

    /// A whole number of either sign.
    mutating func whole(
        _ key: String, in range: ClosedRange<Int64>
    ) throws(Refusal) -> Int64 {
        guard case .decimal(let decimal, _) = try figure(key), decimal.isWhole,
            let whole = decimal.units(decimals: 0), range.contains(whole)
        else {
            throw refuse(
                key, found: found(key),
                allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return whole
    }

    mutating func whole(
        _ key: String, default other: Int64, in range: ClosedRange<Int64>
    ) throws(Refusal) -> Int64 {
        has(key) ? try whole(key, in: range) : other
    }

    /// The nearest whole number of units of 10^-decimals, of either sign.
    mutating func units(
        _ key: String, decimals: Int, in range: ClosedRange<Double>
    ) throws(Refusal) -> Int64 {
        let (isNegative, magnitude) = try exact(key, decimals: decimals, .nearest)
        let units = magnitude.flatMap { $0 <= UInt256(Int64.max) ? Int64($0.low) : nil }
        let unit = Double(UInt256.powerOf10(decimals))
        guard let units, range.contains((isNegative ? -Double(units) : Double(units)) / unit) else {
            throw refuse(
                key, found: found(key), allowed: "\(range.lowerBound.short) to \(range.upperBound.short)")
        }
        return isNegative ? -units : units
    }

    /// Two figures multiplied, as the nearest whole number of units of 10^-decimals.
    mutating func product(_ a: String, _ b: String, decimals: Int) throws(Refusal) -> Money {
        var product: Fraction?
        if case .decimal(let x, _) = try figure(a), case .decimal(let y, _) = try figure(b) {
            product = Fraction(x).flatMap { x in Fraction(y).flatMap { x.times($0) } }
        }
        guard let product, let units = product.magnitude(decimals: decimals, .nearest),
            units <= UInt256(3_000_000_000_000_000_000)
        else {
            throw refuse(
                b, found: found(b), allowed: "a product with `\(a)` of at most 3e18 units of 1e-\(decimals)")
        }
        let micros = Int64(units.low)
        return Money(micros: product.isNegative ? -micros : micros)
    }

    /// Dollars or coins in millionths. Three of the largest still add up in 64 bits.
    mutating func money(
        _ key: String, in range: ClosedRange<Double> = -3e12...3e12
    ) throws(Refusal) -> Money {
        Money(micros: try units(key, decimals: 6, in: range))
    }

    /// A rate or ratio.
    mutating func rate(_ key: String, in range: ClosedRange<Double> = 0...1) throws(Refusal) -> Rate {
        Rate(pico: try units(key, decimals: 12, in: range))
    }
}

extension Double {
    /// For messages: `1`, `1e+30`, `0.1`.
    var short: String { self == rounded() && abs(self) < 1e16 ? "\(Int64(self))" : "\(self)" }
}

extension String {
    fileprivate func trimming(_ isSpace: (Character) -> Bool) -> String {
        var rest = self[...]
        while let first = rest.first, isSpace(first) { rest = rest.dropFirst() }
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return String(rest)
    }
}

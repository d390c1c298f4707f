import Primitives

/// A published result from this code: how it is made, what it should be.
public protocol Reproduction: Sendable {
    /// On the command line.
    var name: String { get }
    /// One sentence: what, by whom.
    var title: String { get }
    var parameters: [ReproductionParameter] { get }
    func run(_ settings: ReproductionSettings) throws -> ReproductionResult
}

/// One thing that can be set.
public struct ReproductionParameter: Sendable {
    public enum Kind: Sendable {
        /// A number and the range it must lie in.
        case number(Double, ClosedRange<Double>)
        /// A whole number and its range.
        case count(Int, ClosedRange<Int>)
        /// One of some words.
        case choice(String, [String])
        /// A path; empty for none.
        case path
    }
    public var name: String
    public var kind: Kind
    public var meaning: String

    init(_ name: String, _ kind: Kind, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
    }

    public var defaultText: String {
        switch kind {
        case .number(let value, _): "\(value)"
        case .count(let value, _): "\(value)"
        case .choice(let value, _): value
        case .path: ""
        }
    }

    public var allowedText: String {
        switch kind {
        case .number(_, let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .count(_, let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(_, let words): words.joined(separator: ", ")
        case .path: "a folder"
        }
    }
}

/// The values of a reproduction's parameters, checked.
public struct ReproductionSettings: Sendable {
    private var texts: [String: String] = [:]

    /// - Parameter given: `key=value` as typed.
    /// - Throws: `InputError` for an unknown key or a value out of range.
    public init(_ reproduction: any Reproduction, given: [String] = []) throws {
        let parameters = reproduction.parameters
        for parameter in parameters { texts[parameter.name] = parameter.defaultText }
        for pair in given {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            guard let parameter = parameters.first(where: { $0.name == parts[0] }), parts.count == 2 else {
                throw InputError(
                    file: "--set", key: parts[0], found: "`\(pair)`",
                    allowed: "KEY=VALUE with one of \(parameters.map(\.name).joined(separator: ", "))",
                    nearest: nearestName(to: parts[0], among: parameters.map(\.name)))
            }
            guard Self.accepts(parts[1], parameter.kind) else {
                throw InputError(
                    file: "--set", key: parts[0], found: "`\(parts[1])`", allowed: parameter.allowedText)
            }
            texts[parts[0]] = parts[1]
        }
    }

    private static func accepts(_ text: String, _ kind: ReproductionParameter.Kind) -> Bool {
        switch kind {
        case .number(_, let range): Double(text).map(range.contains) ?? false
        case .count(_, let range): Int(text).map(range.contains) ?? false
        case .choice(_, let words): words.contains(text)
        case .path: !text.isEmpty
        }
    }

    func number(_ name: String) -> Double { Double(texts[name]!)! }
    func count(_ name: String) -> Int { Int(texts[name]!)! }
    func text(_ name: String) -> String { texts[name]! }
}

/// A named result.
public enum Quantity: Sendable {
    case number(Double)
    case table([[Double]])
    case map([(String, Double)])
}

/// A computed number beside what was published.
public struct Comparison: Sendable {
    public var name: String
    public var computed: Double
    public var published: Double
    /// How far they may lie apart, in the number's own unit.
    public var tolerance: Double
    public var holds: Bool { abs(computed - published) <= tolerance }
}

public struct ReproductionResult: Sendable {
    public var quantities: [(name: String, value: Quantity)] = []
    /// Empty where the parameters are not the published ones.
    public var comparisons: [Comparison] = []
    /// What a reader must know to use the numbers.
    public var notes: [String] = []

    mutating func add(_ name: String, _ value: Double) { quantities.append((name, .number(value))) }
    mutating func compare(_ name: String, _ computed: Double, _ published: Double, within tolerance: Double) {
        comparisons.append(
            Comparison(name: name, computed: computed, published: published, tolerance: tolerance))
    }
}

public enum Reproductions {
    public static let all: [any Reproduction] = [
        CascadeMapReproduction(), QueueModel(), AvellanedaStoikov(), ZeroIntelligence(), Thurner2012(),
        FireSale2018(), LeverageCycle(), DeleveragingOctober2025(), Estimators(),
        Bistability(),
    ]
}

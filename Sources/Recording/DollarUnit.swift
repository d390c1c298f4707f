import Foundation

/// In what people read dollars: chosen by the size, so that a small event is not nought.
public enum DollarUnit: Sendable {
    case one, thousand, million, billion

    /// - Parameter largest: of the figures that are to stand beside each other.
    public init(_ largest: Double) {
        // What rounds up to the next unit is said in it.
        switch abs(largest) {
        case 999.5e6...: self = .billion
        case 999.5e3...: self = .million
        case 999.5...: self = .thousand
        default: self = .one
        }
    }

    public var name: String {
        switch self {
        case .one: "USD"
        case .thousand: "thousand USD"
        case .million: "M USD"
        case .billion: "bn USD"
        }
    }

    /// The name in a heading, where what is counted is said.
    public var short: String {
        switch self {
        case .one: "USD"
        case .thousand: "thousand"
        case .million: "M"
        case .billion: "bn"
        }
    }

    public var dollars: Double {
        switch self {
        case .one: 1
        case .thousand: 1e3
        case .million: 1e6
        case .billion: 1e9
        }
    }

    /// The figure alone.
    public func figure(_ usd: Double) -> String {
        let digits =
            switch self {
            case .one: 0
            case .thousand: 1
            case .million: 2
            case .billion: 3
            }
        return fixed(usd / dollars, digits)
    }

    /// With the unit of its size: `1.234 bn USD`.
    public static func words(_ usd: Double) -> String {
        let unit = DollarUnit(usd)
        return "\(unit.figure(usd)) \(unit.name)"
    }
}

/// A figure with so many decimals; nought has no sign.
public func fixed(_ x: Double, _ digits: Int) -> String {
    let text = String(format: "%.\(digits)f", x)
    return text.hasPrefix("-") && text.allSatisfy { "-0.".contains($0) } ? String(text.dropFirst()) : text
}

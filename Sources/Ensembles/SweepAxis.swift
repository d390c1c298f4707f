import Primitives
import RealModule

/// One key of a plan and the values it may take.
public struct SweepAxis: Sendable {
    public let key: String
    private enum Values: Sendable {
        case list([String])
        case range(from: Double, to: Double, steps: Int?, isLogarithmic: Bool)
    }
    private let values: Values

    /// A list, or `{from, to}` with `steps` for a grid; `log: true` for equal ratios.
    init(_ key: String, _ node: PlanNode) throws {
        self.key = key
        if let list = node.list {
            guard !list.isEmpty else { throw node.refuse("an empty list", "at least one value") }
            values = .list(
                try list.map { item in
                    guard let text = item.text else {
                        throw item.refuse("no plain value", "numbers or words")
                    }
                    return text
                })
        } else if node.isMapping {
            try node.allowOnly(["from", "to", "steps", "log"])
            guard let first = node["from"], let last = node["to"] else {
                throw node.refuse("a range without both ends", "`{from: 1, to: 2, steps: 3}`")
            }
            let (from, to) = (try first.number(), try last.number())
            guard from < to else { throw node.refuse("from \(from) to \(to)", "`from` below `to`") }
            let isLogarithmic = try node["log"].map { try $0.flag() } ?? false
            if isLogarithmic && from <= 0 {
                throw node.refuse("from \(from) with `log`", "a positive `from`")
            }
            let steps = try node["steps"]?.count(in: 2...SweepPlan.mostPoints)
            values = .range(from: from, to: to, steps: steps, isLogarithmic: isLogarithmic)
        } else if let text = node.text {
            values = .list([text])
        } else {
            throw node.refuse("neither", "a list of values or `{from: 1, to: 2, steps: 3}`")
        }
    }

    /// What a grid uses: the list, or `steps` values (two where nothing is said) from one end to the other.
    var gridValues: [String] {
        switch values {
        case .list(let list): return list
        case .range(_, _, let steps, _):
            let n = steps ?? 2
            return (0..<n).map { value(between: Double($0) / Double(n - 1)) }
        }
    }

    /// The value at a share of the way, 0 to 1: of a list the one whose part of the way this is.
    func value(at share: Double) -> String {
        switch values {
        case .list(let list): return list[min(list.count - 1, Int(share * Double(list.count)))]
        case .range: return value(between: share)
        }
    }

    private func value(between share: Double) -> String {
        guard case .range(let from, let to, _, let isLogarithmic) = values else { return "" }
        let x = isLogarithmic ? from * Double.pow(to / from, share) : from + (to - from) * share
        return key == "seed" ? plainNumber(x.rounded()) : plainNumber(x)
    }
}

/// The shortest text of a number, without a decimal point where it has none. Twelve figures: a value of a plan is not a
/// measurement.
public func plainNumber(_ x: Double) -> String {
    guard x != 0, x.isFinite else { return x == 0 ? "0" : "\(x)" }
    let unit = Double.pow(10, 11 - (Double.log10(abs(x))).rounded(.down))
    let rounded = unit.isFinite && unit > 0 ? (x * unit).rounded() / unit : x
    return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int64(rounded))" : "\(rounded)"
}

extension PlanNode {
    func flag() throws -> Bool {
        switch text {
        case "true": return true
        case "false": return false
        default: throw refuse(text.map { "`\($0)`" } ?? "no word", "true or false")
        }
    }
}

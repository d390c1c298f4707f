import Primitives
import Rules
import Yams

/// A mapping of a plan file that says, for every wrong thing in it, which file, line and key.
struct PlanNode {
    let file: String
    let path: String
    let node: Node

    /// A plan may not be larger.
    private static let mostBytes = 16 << 20

    /// The top of a file.
    init(file: String) throws {
        let node = try yamlFile(file, atMost: Self.mostBytes, what: "a plan (YAML)")
        guard node.mapping != nil else {
            throw InputError(
                file: file, line: 1, found: "no mapping",
                allowed: "a mapping such as `scenario: october-2025`")
        }
        self.init(file: file, path: "", node: node)
    }

    private init(file: String, path: String, node: Node) {
        self.file = file
        self.path = path
        self.node = node
    }

    func refuse(_ found: String, _ allowed: String, nearest: String? = nil) -> InputError {
        InputError(
            file: file, line: node.mark?.line, key: path.isEmpty ? nil : path, found: found, allowed: allowed,
            nearest: nearest)
    }

    var text: String? { node.scalar?.string }
    var line: Int? { node.mark?.line }
    var isMapping: Bool { node.mapping != nil }
    var list: [PlanNode]? { node.sequence?.map { PlanNode(file: file, path: path, node: $0) } }

    /// Keys and what stands under them, in the file's order.
    var entries: [(key: String, value: PlanNode)] {
        node.mapping?.map { key, value in
            let name = key.string ?? ""
            return (name, PlanNode(file: file, path: path.isEmpty ? name : path + "." + name, node: value))
        } ?? []
    }

    subscript(_ key: String) -> PlanNode? { entries.first { $0.key == key }?.value }

    /// Refuses every key that is not one of these.
    func allowOnly(_ known: [String]) throws {
        // A file that has none of a plan's keys is of another kind, and may be private: nothing of it is shown.
        if path.isEmpty, !entries.isEmpty, !entries.contains(where: { known.contains($0.key) }) {
            throw refuse(
                "no key of a plan", known.joined(separator: ", "),
                nearest: entries.lazy.compactMap { nearestName(to: $0.key, among: known) }.first)
        }
        for (key, value) in entries where !known.contains(key) {
            throw InputError(
                file: file, line: value.node.mark?.line, key: value.path, found: "an unknown key",
                allowed: known.joined(separator: ", "), nearest: nearestName(to: key, among: known))
        }
    }

    func number(
        in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    ) throws
        -> Double
    {
        guard let text, let value = Double(text.replacing("_", with: "")),
            range.contains(value)
        else {
            let bounds =
                range.upperBound == .greatestFiniteMagnitude
                ? "a number" : "a number from \(range.lowerBound) to \(range.upperBound)"
            throw refuse(text.map { "`\($0)`" } ?? "no number", bounds)
        }
        return value
    }

    func count(in range: ClosedRange<Int>) throws -> Int {
        guard let text, let value = Int(text.replacing("_", with: "")), range.contains(value)
        else {
            throw refuse(
                text.map { "`\($0)`" } ?? "no number",
                "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}

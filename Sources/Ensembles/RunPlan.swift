import Primitives

/// What every run of an ensemble has in common.
public struct RunPlan: Sendable, Equatable {
    public var scenario: String
    public var scale = 1
    /// UTC, nil for the scenario's end.
    public var until: String?
    /// What each run keeps: off, minute or full.
    public var record = "minute"
    /// Keys and values, in the file's order.
    public var set: [Assignment] = []

    static let keys = ["scenario", "scale", "until", "record", "set"]

    init(_ plan: PlanNode) throws {
        guard let name = plan["scenario"]?.text, !name.isEmpty else {
            throw plan.refuse("no `scenario`", "`scenario:` with a built-in name or a file")
        }
        scenario = name
        if let node = plan["scale"] { scale = try node.count(in: 1...100_000) }
        if let node = plan["until"] {
            guard let text = node.text, SimTime(iso8601: text) != nil else {
                throw node.refuse(
                    node.text.map { "`\($0)`" } ?? "no text", "a UTC time like 2025-10-10T21:30:00Z")
            }
            until = text
        }
        if let node = plan["record"] {
            let known = ["off", "minute", "full"]
            guard let text = node.text, known.contains(text) else {
                throw node.refuse(node.text.map { "`\($0)`" } ?? "no text", known.joined(separator: ", "))
            }
            record = text
        }
        if let node = plan["set"] {
            guard node.isMapping else { throw node.refuse("no mapping", "scenario keys with their values") }
            set = try Self.assignments(node, prefix: "")
        }
    }

    /// `a.b: 1` and `a: {b: 1}` say the same; saying both is refused.
    static func assignments(_ node: PlanNode, prefix: String) throws -> [Assignment] {
        var all: [Assignment] = []
        try assignments(node, prefix: prefix, into: &all)
        return all
    }

    private static func assignments(_ node: PlanNode, prefix: String, into all: inout [Assignment]) throws {
        for (key, value) in node.entries {
            let path = prefix + key
            if let text = value.text {
                guard !all.contains(where: { $0.key == path }) else {
                    throw value.refuse("a second value of `\(path)`", "each key once, nested or with dots")
                }
                all.append(Assignment(key: path, value: text))
            } else if value.isMapping {
                try assignments(value, prefix: path + ".", into: &all)
            } else {
                throw value.refuse("a list", "one value")
            }
        }
    }

    /// The command line of one run but for its folder.
    ///
    /// - Parameters:
    ///   - point: keys and values of its own; `seed` among them is the seed.
    ///   - measures: what its result is to tell beside the summary's figures.
    public func arguments(_ point: [Assignment], measures: [String] = []) -> [String] {
        var list = ["run", scenario, "--record", record, "--scale", "\(scale)", "--json", "--quiet"]
        if let until { list += ["--until", until] }
        for item in set + point {
            list += item.key == "seed" ? ["--seed", item.value] : ["--set", "\(item.key)=\(item.value)"]
        }
        for measure in measures { list += ["--measure", measure] }
        return list
    }
}

/// A key of the scenario (or `seed`) and its value as typed.
public struct Assignment: Sendable, Hashable, Codable {
    public var key: String
    public var value: String
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

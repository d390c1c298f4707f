import Primitives

/// One scenario under several sets of rules, the same seeds under each: pairs that share their noise.
public struct ComparisonPlan: Sendable {
    public static let mostRuns = 100_000
    private static let keys = RunPlan.keys + ["seeds", "rules"]

    public struct Rule: Sendable {
        public var name: String
        public var set: [Assignment]
    }

    public let run: RunPlan
    public let seeds: [String]
    /// In the file's order; what they are compared with is the scenario with `set` alone.
    public let rules: [Rule]

    /// - Throws: `InputError` at the line of a key that is unknown, missing or not allowed.
    public init(file: String) throws {
        let plan = try PlanNode(file: file)
        try plan.allowOnly(Self.keys)
        run = try RunPlan(plan)
        guard let node = plan["seeds"] else {
            throw plan.refuse("no `seeds`", "`seeds: [1, 2, 3]`, at least two: one pair has no interval")
        }
        let found = try (node.list ?? []).map { "\(try $0.count(in: 0...Int.max))" }
        guard found.count >= 2, Set(found).count == found.count else {
            throw node.refuse(
                node.list == nil ? "no list" : "\(Set(found).count) different seeds of \(found.count)",
                "at least two seeds, none twice")
        }
        seeds = found
        guard let sets = plan["rules"], !sets.entries.isEmpty else {
            throw plan.refuse("no `rules`", "`rules:` with at least one name and the keys it sets")
        }
        rules = try sets.entries.map { name, value in
            guard value.isMapping, !value.entries.isEmpty else {
                throw value.refuse("no keys", "scenario keys with their values")
            }
            return Rule(name: name, set: try RunPlan.assignments(value, prefix: ""))
        }
        guard Set(rules.map(\.name)).count == rules.count else {
            throw sets.refuse("a name twice", "a name of its own for every set of rules")
        }
        guard (rules.count + 1) * seeds.count <= Self.mostRuns else {
            throw sets.refuse("\((rules.count + 1) * seeds.count) runs", "at most \(Self.mostRuns)")
        }
    }

    /// Every run: base first, seed by seed, then each rule's.
    public var points: [[Assignment]] {
        ([Rule(name: "", set: [])] + rules).flatMap { rule in
            seeds.map { rule.set + [Assignment(key: "seed", value: $0)] }
        }
    }
}

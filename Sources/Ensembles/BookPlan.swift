import Foundation
import Primitives

/// A book of own accounts under several sets of rules, the same shocks under each.
public struct BookPlan: Sendable {
    public struct Rule: Sendable {
        public var name: String
        /// In place of a rulebook's settings.
        public var settings: [(venue: String, key: String, text: String)] = []
        /// What every fund is multiplied with.
        public var fundMultiple = 1.0
        /// A tiers.csv whose markets' rows stand for the book's.
        public var tiers: String?
    }
    /// As `--shock` takes them.
    public let shocks: [String]
    public let impact: String
    /// In the file's order; what they are compared with is the book as it is.
    public let rules: [Rule]

    private static let keys = ["shocks", "impact", "rules"]

    /// Whether a plan is one for a book: it names shocks and no scenario.
    ///
    /// - Throws: `InputError` for a file that is no plan.
    public static func isOne(_ file: String) throws -> Bool { try PlanNode(file: file)["shocks"] != nil }

    /// - Throws: `InputError` at the line of a key that is unknown, missing or not allowed.
    public init(file: String) throws {
        let plan = try PlanNode(file: file)
        try plan.allowOnly(Self.keys)
        shocks = plan["shocks"]?.list?.compactMap(\.text) ?? plan["shocks"]?.text.map { [$0] } ?? []
        guard !shocks.isEmpty else { throw plan.refuse("no `shocks`", "`shocks: [-10, -20]`") }
        impact = plan["impact"]?.text ?? "none"
        guard let sets = plan["rules"], !sets.entries.isEmpty else {
            throw plan.refuse("no `rules`", "`rules:` with at least one name and what it sets")
        }
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        rules = try sets.entries.map { name, value in
            guard value.isMapping, !value.entries.isEmpty else {
                throw value.refuse("no keys", "fund_multiple, tiers, or VENUE:setting with their values")
            }
            var rule = Rule(name: name)
            for (key, value) in value.entries {
                switch key {
                case "fund_multiple": rule.fundMultiple = try value.number(in: 0...1000)
                case "tiers":
                    guard let text = value.text, !text.isEmpty else {
                        throw value.refuse("no file", "a tiers.csv")
                    }
                    rule.tiers = text.hasPrefix("/") ? text : folder + "/" + text
                default:
                    let parts = key.split(separator: ":", maxSplits: 1).map(String.init)
                    let listed = value.list?.compactMap(\.text).joined(separator: ", ")
                    guard parts.count == 2, let text = value.text ?? listed else {
                        throw value.refuse(
                            "an unknown key",
                            "fund_multiple, tiers, or VENUE:setting, as own:margin_call_ratios",
                            nearest: nearestName(to: key, among: ["fund_multiple", "tiers"]))
                    }
                    rule.settings.append((parts[0], parts[1], text))
                }
            }
            return rule
        }
    }
}

import Primitives
import Rules

/// The lending protocols' rules in words, with sources and revisions. What differs by date in the code is a revision named
/// there; figures are presets.
public enum LendingRulebooks {
    /// In the alphabet's order: each `.yaml` below `Resources`.
    public static let names = EmbeddedFiles.all.map { String($0.path.dropLast(5)) }.sorted()

    /// The file of a protocol's rules.
    ///
    /// - Throws: `InputError` where there is none of that name, or its text is no rulebook.
    public static func file(_ name: String) throws(InputError) -> RuleFile {
        guard let text = EmbeddedFiles.text("\(name).yaml") else {
            throw InputError(
                file: "rulebooks", found: "`\(name)`", allowed: names.joined(separator: ", "),
                nearest: nearestName(to: name, among: names))
        }
        return try RuleFile(yaml: text, file: "\(name).yaml")
    }

    /// Whether the code does what a rulebook says, entry by entry. Settings pick a revision for worked examples; a run has its
    /// revision from its parameters.
    public static func built(_ file: RuleFile) -> [String] {
        file.entries.map { entry in
            if let missing = entry.missing { return "no: \(missing)" }
            if !entry.settings.isEmpty { return "yes, in worked examples of its day" }
            return entry.examples.isEmpty ? "in words" : "yes"
        }
    }

    /// Aave's revision in force on an ISO day.
    ///
    /// - Throws: `InputError` where the day is before the first revision or not a day.
    public static func aaveRevision(on day: String) throws(InputError) -> AaveRevision {
        var rules = try RuleSet(try file("aave-v3"), on: day)
        return try rules.choice("revision", AaveRevision.self)
    }
}

import Primitives
import Rules

/// The lending protocols' rules in words, with sources and revisions. What differs by date in the code is a revision named
/// there; figures are presets.
public enum LendingRulebooks {
    public static let names = ["aave-v3", "compound-v3", "compound-v2", "maker", "morpho"]

    /// - Throws: `InputError` for a name that is no protocol's.
    public static func file(_ name: String) throws(InputError) -> RuleFile {
        let bytes: [UInt8]
        switch name {
        case "aave-v3": bytes = PackageResources.aave_v3_yaml
        case "compound-v3": bytes = PackageResources.compound_v3_yaml
        case "compound-v2": bytes = PackageResources.compound_v2_yaml
        case "maker": bytes = PackageResources.maker_yaml
        case "morpho": bytes = PackageResources.morpho_yaml
        default:
            throw InputError(
                file: "rulebooks", found: "`\(name)`", allowed: names.joined(separator: ", "),
                nearest: nearestName(to: name, among: names))
        }
        return try RuleFile(yaml: String(decoding: bytes, as: UTF8.self), file: "\(name).yaml")
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
    /// - Throws: `InputError` for what is no day.
    public static func aaveRevision(on day: String) throws(InputError) -> AaveRevision {
        var rules = try RuleSet(try file("aave-v3"), on: day)
        return try rules.choice("revision", AaveRevision.self)
    }
}

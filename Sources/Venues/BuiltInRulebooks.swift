import Primitives
import Rules

extension Rulebook {
    /// The eve of the day this simulator is about.
    public static let defaultDay = "2025-10-09"

    /// The rulebooks that come with the program, in the alphabet's order: each `.yaml` below `Resources`.
    public static let builtInNames = EmbeddedFiles.all.map(\.path).filter { $0.hasSuffix(".yaml") }
        .map { String($0.dropLast(5)) }.sorted()

    /// The file of a built-in rulebook.
    ///
    /// - Throws: `InputError` where there is none of that name, or its text is no rulebook.
    public static func file(_ name: String) throws(InputError) -> RuleFile {
        guard let text = EmbeddedFiles.text("\(name).yaml") else {
            throw InputError(
                file: "rulebooks", found: "`\(name)`", allowed: builtInNames.joined(separator: ", "),
                nearest: nearestName(to: name, among: builtInNames))
        }
        return try RuleFile(yaml: text, file: "\(name).yaml", extending: file)
    }

    /// A built-in rulebook on a day.
    ///
    /// - Throws: `InputError` for a name, day, asset or override that is not allowed.
    public static func named(
        _ name: String, assets: [String]? = nil, on day: String = defaultDay,
        overrides: [(key: String, text: String)] = []
    ) throws(InputError) -> Rulebook {
        try Rulebook(try file(name), assets: assets, on: day, overrides: overrides)
    }
}

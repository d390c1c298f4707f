import Primitives
import Yams

/// A rulebook as its YAML file states it: sources, and rules with their revisions.
///
///     name: binance
///     title: Binance USDⓈ-M perpetuals
///     sources:
///       B4: Mark Price and Price Index, https://…
///     rules:
///       - rule: mark price
///         since: 2025-09-18
///         words: median of …
///         confidence: A
///         source: B4
///         examples: [mark_price_median]
///         set: {mark: median_of_three, basis_window_seconds: 30}
///
/// A file that `extends` another takes over its rules, those of the same name excepted. What holds for another venue is an
/// assumption here, whatever its source.
public struct RuleFile: Sendable {
    public let name: String
    public let title: String
    public let file: String
    public let sources: [RuleSource]
    public let entries: [RuleEntry]
    /// The name of the file whose rules this one takes over, nil for most.
    public let extends: String?

    /// - Parameter other: finds the file that this one extends.
    /// - Throws: `InputError` for what is no rulebook, at its line.
    public init(
        yaml: String, file: String,
        extending other: (String) throws(InputError) -> RuleFile = RuleFile.none
    ) throws(InputError) {
        let reader = NodeReader(file: file)
        let root = try reader.parse(yaml, what: "a rulebook")
        let top = try reader.mapping(
            root, "the file", allowed: ["name", "title", "extends", "sources", "rules"])
        name = try reader.text(top, "name", in: root)
        title = try reader.text(top, "title", in: root)
        self.file = file
        let own = try Self.sources(top["sources"], reader)
        guard let rules = top["rules"]?.sequence else {
            throw reader.error(root, "rules", found: "no list", allowed: "a list of rules")
        }
        var entries: [RuleEntry] = []
        for node in rules { entries.append(try Self.entry(node, reader, own)) }
        extends = top["extends"]?.string
        guard let extends, let node = top["extends"] else {
            self.entries = entries
            sources = own
            return
        }
        let base: RuleFile
        do { base = try other(extends) } catch {
            throw reader.error(
                node, "extends", found: "`\(extends)`", allowed: error.allowed, nearest: error.nearest)
        }
        let names = entries.map(\.rule)
        self.entries = entries + base.entries.filter { !names.contains($0.rule) }.map(Self.assumed)
        sources = own + base.sources.filter { source in !own.contains { $0.key == source.key } }
    }

    /// For files that may not extend another.
    ///
    /// - Throws: `InputError` always: nothing may be extended here.
    public static func none(_ name: String) throws(InputError) -> RuleFile {
        throw InputError(
            file: name, key: "extends", found: "a file that extends `\(name)`", allowed: "rules of its own")
    }

    /// Another venue's rule where it stands for this one's.
    private static func assumed(_ entry: RuleEntry) -> RuleEntry {
        var entry = entry
        entry.confidence = .assumption
        entry.line = nil
        for i in entry.settings.indices { entry.settings[i].line = nil }
        return entry
    }

    private static func sources(_ node: Node?, _ reader: NodeReader) throws(InputError) -> [RuleSource] {
        guard let mapping = node?.mapping else { return [] }
        var all: [RuleSource] = []
        for (key, value) in mapping {
            let text = value.string ?? ""
            let at = text.firstRange(of: ", http") ?? text.firstRange(of: ", docs/")
            guard let at else {
                throw reader.error(
                    value, key.string, found: "`\(text)`",
                    allowed: "a title, a comma and an http address or a path in docs/")
            }
            all.append(
                RuleSource(
                    key: key.string ?? "", title: String(text[..<at.lowerBound]),
                    url: String(text[text.index(at.lowerBound, offsetBy: 2)...])))
        }
        return all
    }

    private static func entry(
        _ node: Node, _ reader: NodeReader, _ known: [RuleSource]
    ) throws(InputError) -> RuleEntry {
        let m = try reader.mapping(
            node, "a rule",
            allowed: [
                "rule", "since", "revision", "words", "confidence", "source", "missing", "examples", "set",
                "options",
            ])
        let grade = try reader.text(m, "confidence", in: node)
        guard let confidence = Confidence(rawValue: grade) else {
            throw reader.error(
                m["confidence"]!, "confidence", found: "`\(grade)`",
                allowed: "A (official), B (secondary), C (our choice)")
        }
        let sources = reader.list(m["source"])
        for source in sources where !known.contains(where: { $0.key == source }) {
            throw reader.error(
                m["source"]!, "source", found: "`\(source)`", allowed: "a key of `sources`",
                nearest: nearestName(to: source, among: known.map(\.key)))
        }
        let since = m["since"]?.string
        if let since, SimTime(iso8601: since + "T00:00Z") == nil {
            throw reader.error(
                m["since"]!, "since", found: "`\(since)`", allowed: "a day that exists, YYYY-MM-DD")
        }
        var settings: [RuleSetting] = []
        for (key, value) in m["set"]?.mapping ?? [:] {
            settings.append(
                RuleSetting(
                    key: key.string ?? "", texts: reader.list(value), isList: value.sequence != nil,
                    line: value.mark?.line))
        }
        var options: [String: [String]] = [:]
        for (key, value) in m["options"]?.mapping ?? [:] {
            let name = key.string ?? ""
            guard settings.contains(where: { $0.key == name }) else {
                throw reader.error(
                    key, "options", found: "`\(name)`", allowed: "a key of the same rule's `set`",
                    nearest: nearestName(to: name, among: settings.map(\.key)))
            }
            options[name] = reader.list(value)
        }
        return RuleEntry(
            rule: try reader.text(m, "rule", in: node), since: since, revision: m["revision"]?.string,
            words: try reader.text(m, "words", in: node), confidence: confidence, sources: sources,
            missing: m["missing"]?.string, examples: reader.list(m["examples"]), settings: settings,
            options: options, line: node.mark?.line)
    }

    /// The day that a revision as an examples file names it stands for: a day, a year (its last day), `before-YEAR`
    /// (the day before it), or a revision's own name. Nil for a name this file does not know.
    public func day(ofRevision text: String) -> String? {
        if SimTime(iso8601: text + "T00:00Z") != nil { return text }
        if let year = Int(text), (1970...2261).contains(year) { return "\(text)-12-31" }
        if text.hasPrefix("before-"), let year = Int(text.dropFirst(7)), (1971...2261).contains(year) {
            return "\(year - 1)-12-31"
        }
        guard let entry = entries.first(where: { $0.revision == text }) else { return nil }
        return entry.since ?? "1970-01-01"
    }
}

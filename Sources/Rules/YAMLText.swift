import InputFiles
import Primitives
import Yams

/// The top node of a YAML file, the one way in for every reader of such files.
///
/// - Parameters:
///   - most: bytes the file may have.
///   - what: what the file should hold, for messages: "a plan".
/// - Throws: `InputError` for a file that cannot be read and for what `yamlNode` refuses.
public func yamlFile(_ file: String, atMost most: Int, what: String) throws(InputError) -> Node {
    try yamlNode(readText(file, atMost: most, what), file: file, what: what)
}

/// Nodes that the aliases of a file may stand for in all: a few lines of them can stand for billions.
public let mostAliasedNodes = 10_000

/// The top node of a YAML text.
///
/// - Parameter what: what the file should hold, for whoever gave an empty one.
/// - Throws: `InputError` with the line of what is no YAML, of a key that stands twice or is no plain text, or of aliases
///   that stand for more than `mostAliasedNodes`. Nothing of the text is shown: it may be no file of ours at all.
public func yamlNode(_ text: String, file: String, what: String) throws(InputError) -> Node {
    var text = text[...]
    if text.unicodeScalars.first == "\u{FEFF}" { text = Substring(text.unicodeScalars.dropFirst()) }
    let yaml = String(text)
    try checkAliases(yaml, file: file, what: what)
    let node = try composed(yaml, file: file, what: what) { $0 }
    try checkKeys(node, file: file)
    return node
}

/// Composes a text; `body` runs while the parser lives, on whom the names of anchors depend.
private func composed<R>(
    _ yaml: String, file: String, what: String, _ body: (Node) -> R
) throws(InputError) -> R {
    do {
        let parser = try Parser(yaml: yaml)
        if let node = try parser.singleRoot() { return withExtendedLifetime(parser) { body(node) } }
    } catch let error as YamlError {
        var line: Int?
        var problem = "text that is no YAML"
        switch error {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _),
            .composer(_, let text, let mark, _):
            line = mark.line
            problem = text
        case .duplicatedKeysInMapping(_, let context):
            line = context.mark.line
            problem = "a duplicated key"
        default: break
        }
        throw InputError(file: file, line: line, found: problem, allowed: "YAML")
    } catch {
        throw InputError(file: file, found: "text that is no YAML", allowed: "YAML")
    }
    throw InputError(file: file, found: "an empty file", allowed: what)
}

/// Refuses a text whose aliases stand for too much, before anything is put in their place: a copy is looked at in which
/// they are plain texts. An asterisk has no other meaning in YAML's structure.
private func checkAliases(_ yaml: String, file: String, what: String) throws(InputError) {
    guard yaml.utf8.contains(UInt8(ascii: "*")), yaml.utf8.contains(UInt8(ascii: "&")) else { return }
    let copy = String(
        decoding: yaml.utf8.map { $0 == UInt8(ascii: "*") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    let count = try composed(copy, file: file, what: what) { node in
        var count = AliasCount()
        _ = count.add(node)
        return count
    }
    guard count.added <= mostAliasedNodes else {
        throw InputError(
            file: file, line: count.line,
            found: "aliases that stand for more than \(mostAliasedNodes) values",
            allowed: "aliases for fewer, or the values themselves")
    }
}

/// How many nodes the aliases of a text stand for.
private struct AliasCount {
    /// By anchor, nodes of what it names, aliases inside replaced.
    private var sizes: [String: Int] = [:]
    private(set) var added = 0
    /// Of the alias that passed the limit.
    private(set) var line: Int?

    /// Nodes of this one and all inside.
    mutating func add(_ node: Node) -> Int {
        var size = 1
        switch node {
        case .scalar(let scalar):
            if scalar.style == .plain, scalar.string.hasPrefix("_"),
                let named = sizes[String(scalar.string.dropFirst())]
            {
                size = named
                added = min(added + named, 1 << 40)
                if added > mostAliasedNodes && line == nil { line = node.mark?.line }
            }
        case .mapping(let mapping):
            for (key, value) in mapping { size += add(key) + add(value) }
        case .sequence(let sequence):
            for item in sequence { size += add(item) }
        case .alias: break
        }
        size = min(size, 1 << 40)
        if let anchor = node.anchor { sizes[anchor.rawValue] = size }
        return size
    }
}

/// Refuses keys that are lists or mappings: nothing of ours has such a key, and they would be passed over.
private func checkKeys(_ node: Node, file: String) throws(InputError) {
    if let mapping = node.mapping {
        for (key, value) in mapping {
            guard key.scalar != nil else {
                throw InputError(
                    file: file, line: key.mark?.line, found: "a key that is a list or a mapping",
                    allowed: "a plain text before the colon")
            }
            try checkKeys(value, file: file)
        }
    }
    for item in node.sequence ?? [] { try checkKeys(item, file: file) }
}

import Primitives
import Yams

/// Reading YAML nodes with the place of everything.
public struct NodeReader: Sendable {
    /// What errors name.
    public let file: String

    public init(file: String) { self.file = file }

    /// About a node, with its line.
    public func error(
        _ node: Node, _ key: String?, found: String, allowed: String, nearest: String? = nil
    ) -> InputError {
        InputError(
            file: file, line: node.mark?.line, key: key, found: found, allowed: allowed, nearest: nearest)
    }

    /// - Parameter what: what the file should hold.
    /// - Throws: `InputError` for what is no YAML.
    public func parse(_ yaml: String, what: String) throws(InputError) -> Node {
        try yamlNode(yaml, file: file, what: what)
    }

    /// A mapping without keys but those allowed.
    ///
    /// - Parameter what: what it is, for people.
    /// - Throws: `InputError` for anything else.
    public func mapping(_ node: Node, _ what: String, allowed: [String]) throws(InputError) -> Node.Mapping {
        guard let mapping = node.mapping else {
            throw error(node, nil, found: "no mapping in \(what)", allowed: "keys and values")
        }
        for (key, _) in mapping {
            guard let name = key.string, allowed.contains(name) else {
                let name = key.string ?? "?"
                throw error(
                    key, name, found: "an unknown key", allowed: allowed.joined(separator: ", "),
                    nearest: nearestName(to: name, among: allowed))
            }
        }
        return mapping
    }

    /// A text that is not empty.
    ///
    /// - Throws: `InputError` without one.
    public func text(_ mapping: Node.Mapping, _ key: String, in node: Node) throws(InputError) -> String {
        guard let text = mapping[key]?.string, !text.isEmpty else {
            throw error(node, key, found: "nothing", allowed: "a text")
        }
        return text
    }

    /// The texts of a list, or of a scalar as a list of one.
    public func list(_ node: Node?) -> [String] {
        guard let node else { return [] }
        if let sequence = node.sequence { return sequence.compactMap(\.string) }
        return node.string.map { [$0] } ?? []
    }
}

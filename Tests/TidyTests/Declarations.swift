/// Functions and initialisers of a Swift file as `swift format` lays them out: a body ends with the first `}` that stands as
/// far in as its declaration.
struct Declarations {
    struct Found {
        /// Up to the parameters: `func step`, `init`.
        var name: String
        /// From the declaration to the `}`.
        var lines: Int
        /// Of all lines up to the body.
        var head: String
        var isPublic: Bool
        /// The comment above it.
        var comment: String
    }
    let found: [Found]

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var found: [Found] = []
        for (i, line) in lines.enumerated() {
            guard let name = Self.name(line) else { continue }
            let (head, last) = Self.extent(lines, from: i)
            var above = i
            while above > 0 && Self.isAbove(lines[above - 1]) { above -= 1 }
            found.append(
                Found(
                    name: name, lines: last - i + 1, head: head,
                    isPublic: Self.words(line).contains("public"),
                    comment: lines[above..<i].joined(separator: "\n")))
        }
        self.found = found
    }

    private static func words(_ line: Substring) -> [Substring] { line.split(separator: " ") }

    private static func isAbove(_ line: Substring) -> Bool {
        let text = line.drop { $0 == " " }
        return text.hasPrefix("///") || text.hasPrefix("@")
    }

    private static let modifiers: Set<Substring> = [
        "public", "private", "internal", "package", "fileprivate", "static", "mutating", "nonisolated",
        "consuming", "borrowing", "override", "final", "convenience", "required", "class", "@Test",
        "@discardableResult", "@inline(__always)", "@usableFromInline", "@inlinable",
    ]

    private static func name(_ line: Substring) -> String? {
        guard line.contains("func ") || line.contains("init") else { return nil }
        let rest = words(line).drop { modifiers.contains($0) }
        guard let first = rest.first else { return nil }
        if first == "func" {
            return "func " + rest.dropFirst().joined(separator: " ").prefix { !"(<".contains($0) }
        }
        let start = first.prefix { !"(<?!".contains($0) }
        return start == "init" && start.count < first.count ? "init" : nil
    }

    private static func indent(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }

    /// The head of a declaration, and its last line.
    private static func extent(_ lines: [Substring], from first: Int) -> (String, Int) {
        let depth = indent(lines[first])
        var head = ""
        var i = first
        while i < lines.count {
            let line = lines[i]
            if i > first {
                let isPart =
                    indent(line) > depth
                    || [")", "->", "where", "{"].contains {
                        line.dropFirst(depth).hasPrefix($0)
                    }
                guard isPart && !line.isEmpty else { return (head, i - 1) }
            }
            head += line + " "
            if line.hasSuffix("{") {
                let end = (i + 1..<lines.count).first {
                    indent(lines[$0]) == depth && lines[$0].dropFirst(depth).hasPrefix("}")
                }
                return (head, end ?? i)
            }
            if line.contains("{") && line.hasSuffix("}") { return (head, i) }
            i += 1
        }
        return (head, lines.count - 1)
    }
}

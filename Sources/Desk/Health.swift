import Primitives

/// What a book's files were like: everything that was counted, dropped or doubtful. Nothing is repaired in silence.
public struct Health: Sendable, Encodable {
    public struct Warning: Sendable, Encodable, Hashable {
        /// A word that `--allow` takes.
        public var kind: String
        public var file: String
        public var line: Int
        public var text: String
    }
    public var rowsRead = 0
    public var rowsKept = 0
    /// Rows by the reason they were dropped for.
    public var dropped: [String: Int] = [:]
    public private(set) var warnings: [Warning] = []
    /// Warnings beyond the first hundred of a kind are counted only.
    public private(set) var counts: [String: Int] = [:]

    static let mostOfAKind = 100

    public init() {}

    public mutating func warn(_ kind: String, _ file: String, _ line: Int, _ text: String) {
        counts[kind, default: 0] += 1
        if counts[kind]! <= Self.mostOfAKind {
            warnings.append(Warning(kind: kind, file: file, line: line, text: text))
        }
    }

    /// The warnings of a second look at the same rows, which are not counted again.
    public mutating func add(warningsOf other: Health) {
        for (kind, count) in other.counts { counts[kind, default: 0] += count }
        warnings += other.warnings
    }

    public mutating func drop(_ reason: String) { dropped[reason, default: 0] += 1 }

    enum CodingKeys: String, CodingKey {
        case dropped, warnings
        case rowsRead = "rows_read"
        case rowsKept = "rows_kept"
        case counts = "warning_counts"
    }

    /// For people.
    public var text: String {
        var lines = ["rows read \(rowsRead), kept \(rowsKept)"]
        for (reason, count) in dropped.sorted(by: { $0.key < $1.key }) {
            lines.append("dropped, \(reason): \(count)")
        }
        for warning in warnings {
            lines.append(
                "\(warning.kind): \(warning.file)\(warning.line > 0 ? ":\(warning.line)" : ""): \(warning.text)"
            )
        }
        for (kind, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.mostOfAKind {
            lines.append("\(kind): \(count - Self.mostOfAKind) more")
        }
        return lines.joined(separator: "\n")
    }
}

extension Health {
    /// - Parameter allowing: kinds that pass.
    /// - Throws: `InputError` for the first warning of any other kind.
    public func refuse(allowing: [String]) throws(InputError) {
        for name in allowing where counts[name] == nil {
            // Nothing of the kind is there: nothing to allow, and a misspelt one would hide in silence.
            throw InputError(
                file: "--allow", found: "`\(name)`, which this book has no warning of",
                allowed: counts.keys.sorted().joined(separator: ", "),
                nearest: nearestName(to: name, among: Array(counts.keys)))
        }
        guard let first = warnings.first(where: { !allowing.contains($0.kind) }) else { return }
        throw InputError(
            file: first.file, line: first.line, found: "\(first.kind): \(first.text)",
            allowed: "no warning with --strict, or --allow '\(first.kind)'")
    }
}

/// Bad input, told to the person who must fix it: where, what was found, what is allowed, the nearest known name.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
    public var file: String
    /// From 1; nil where the whole file is meant.
    public var line: Int?
    /// The key, column or option.
    public var key: String?
    public var found: String
    public var allowed: String
    /// The known name nearest to what was found.
    public var nearest: String?

    /// What is shown of what was found, in characters: a cell may be as large as a file.
    public static let longestFound = 200

    public init(
        file: String, line: Int? = nil, key: String? = nil, found: String, allowed: String,
        nearest: String? = nil
    ) {
        self.file = file
        self.line = line
        self.key = key.map { oneLine($0, atMost: Self.longestFound) }
        self.found = oneLine(found, atMost: Self.longestFound)
        self.allowed = oneLine(allowed, atMost: 4000)
        self.nearest = nearest
    }

    public var description: String {
        var text = file
        if let line { text += ":\(line)" }
        text += ": "
        if let key { text += "`\(key)`: " }
        text += "found \(found); allowed: \(allowed)"
        if let nearest { text += " (nearest known: `\(nearest)`)" }
        return text
    }
}

/// Text as it may stand in a line of a terminal: cut, and without characters that would move the cursor or end the line.
public func oneLine(_ text: String, atMost most: Int) -> String {
    // Seen first without counting: a text may have hundreds of millions of characters.
    let isShort = text.utf8.count <= most
    if isShort && text.utf8.allSatisfy({ (32..<127).contains($0) }) { return text }
    var line = ""
    var length = 0
    for c in text.unicodeScalars {
        guard length < most else { return line + "…" }
        length += 1
        switch c.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate, .privateUse, .unassigned:
            line += c == "\n" ? "\\n" : c == "\t" ? "\\t" : "\\u{\(String(c.value, radix: 16))}"
        default: line.unicodeScalars.append(c)
        }
    }
    return line
}

/// The candidate with the fewest edits from `name`, if it is near enough to be meant; ties go to the first.
public func nearestName(to name: String, among candidates: [String]) -> String? {
    // Longer ones are no names; comparing takes the product of both lengths.
    guard name.utf8.count <= 200 else { return nil }
    let scored = candidates.map { ($0, editDistance(Array(name.utf8), Array($0.utf8))) }
    guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(2, name.utf8.count / 2) else {
        return nil
    }
    return best.0
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var previous = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var current = [i + 1]
        for (j, y) in b.enumerated() {
            current.append(min(previous[j] + (x == y ? 0 : 1), previous[j + 1] + 1, current[j] + 1))
        }
        previous = current
    }
    return previous[b.count]
}

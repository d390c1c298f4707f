/// Why a row cannot be judged.
enum Refusal: Error, Sendable {
    /// A field, topic or revision that the code has no rule for.
    case unsupported(String)
    /// A figure that the rule cannot take: which, what was found, what is allowed.
    case figure(String)

    static func figure(_ field: String, found: String, allowed: String) -> Refusal {
        .figure("`\(field)`: found \(found); allowed: \(allowed)")
    }
}

/// The beginning of a text, on one line: what a message may show of data.
public func excerpt(_ text: some StringProtocol, most: Int = 60) -> String {
    let start = text.prefix(most)
    let isCut = start.endIndex != text.endIndex
    let line = String(
        String.UnicodeScalarView(
            start.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "\u{FFFD}" : $0 }))
    return isCut ? line + "…" : line
}

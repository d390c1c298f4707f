import Foundation

/// The part of a document between two marks `<!-- name -->`; empty where they are not there.
struct DocumentPart {
    let text: String

    init(_ mark: String, of document: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let whole = try String(contentsOf: root.appendingPathComponent("docs/" + document), encoding: .utf8)
        let parts = whole.components(separatedBy: "<!-- \(mark) -->\n")
        text = parts.count == 3 ? parts[1].trimmingCharacters(in: .newlines) : ""
    }
}

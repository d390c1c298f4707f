import Foundation

// embed FOLDER OUTPUT FILE…: a Swift file that holds the files' texts by their paths below the folder. Run by the
// plugin `EmbedFiles` while a target is built.

func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data("error: \(message)\n".utf8))
    exit(1)
}

guard CommandLine.arguments.count > 3 else { stop("usage: embed FOLDER OUTPUT FILE…") }
let folder = CommandLine.arguments[1]
var entries: [String] = []
for path in CommandLine.arguments[3...] {
    guard let data = FileManager.default.contents(atPath: path) else { stop("\(path): cannot be read") }
    // A multi-line literal would turn CR LF into LF, and holds nothing but text.
    guard let text = String(data: data, encoding: .utf8), !data.contains(13) else {
        stop("\(path): not UTF-8 text with LF line ends")
    }
    var fence = "#"
    while text.contains("\"\"\"" + fence) || text.contains("\\" + fence) { fence += "#" }
    let name = String(path.dropFirst(folder.count + 1))
    // The literal's last line end belongs to its closing quotes.
    entries.append("        (\"\(name)\", \(fence)\"\"\"\n\(text)\n\"\"\"\(fence)),")
}
let source = """
    /// Made while building; see the plugin `EmbedFiles`.
    enum EmbeddedFiles {
        /// By path below the target's folder of resources, ascending.
        static let all: [(path: String, text: String)] = [
    \(entries.joined(separator: "\n"))
        ]

        private static let texts = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0.text) })

        /// The text of a file by its path; nil if there is none.
        static func text(_ path: String) -> String? { texts[path] }
    }

    """
do { try source.write(toFile: CommandLine.arguments[2], atomically: true, encoding: .utf8) } catch {
    stop("\(CommandLine.arguments[2]): \(error)")
}

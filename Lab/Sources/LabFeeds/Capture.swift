import Foundation

/// A recorded capture: the files of one stream, by the name that a page shows.
public struct Capture: Sendable {
    public var name: String
    public var paths: [String]

    /// All captures below a folder. Files that share the name before their first `.ws.` or `.http.` are one: the socket and the
    /// replies of the exchange.
    public static func all(below folder: String) -> [Capture] {
        var captures: [String: [String]] = [:]
        let files =
            FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.sorted() ?? []
        for file in files {
            let name = file.split(separator: "/").last.map(String.init) ?? file
            guard name.hasSuffix(".gz") || name.hasSuffix(".jsonl") || name.hasSuffix(".txt") else {
                continue
            }
            if let part = name.range(of: ".ws.") ?? name.range(of: ".http.") {
                captures[String(name[..<part.lowerBound]), default: []].append(folder + "/" + file)
            } else if name.wholeMatch(of: /.*\.\d+\.gz/) == nil {
                // `NAME.0` holds a recorder's list of instruments, no stream.
                captures[String(name.prefix { $0 != "." }), default: []].append(folder + "/" + file)
            }
        }
        return captures.sorted { $0.key < $1.key }.map { Capture(name: $0.key, paths: $0.value) }
    }
}

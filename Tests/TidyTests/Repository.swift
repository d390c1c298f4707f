import Foundation

/// The files of this repository as text, by path from its root.
struct Repository {
    let root: URL

    init() {
        root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// Paths below a folder that end so, sorted.
    func paths(below folder: String, ending: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
        return (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) }.sorted()
            .map { folder + "/" + $0 }
    }

    /// Everything of ours in Swift.
    var swiftFiles: [String] {
        ["Sources", "Tests", "Plugins", "Lab/Sources", "Lab/Tests", "python/Sources"].flatMap {
            paths(below: $0, ending: ".swift")
        } + ["Package.swift"]
    }

    /// The Python package and its tests.
    var pythonFiles: [String] {
        ["python/undertow", "python/tests"].flatMap { paths(below: $0, ending: ".py") }
    }

    /// Everything of ours that people read.
    var pages: [String] {
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "INVARIANTS.md", "python/README.md"]
            + paths(below: "docs", ending: ".md")
    }
}

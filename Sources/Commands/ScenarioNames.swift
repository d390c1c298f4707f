import ArgumentParser
import Events
import Foundation

/// What a shell offers where a scenario is asked for: built-in events, and folders and YAML files at hand.
enum ScenarioNames {
    static let completion = CompletionKind.custom { (_: [String], _: Int, prefix: String) in
        candidates(prefix)
    }

    /// - Parameter prefix: what was typed so far.
    static func candidates(_ prefix: String) -> [String] {
        let typed = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
        let entries =
            (try? FileManager.default.contentsOfDirectory(atPath: typed.isEmpty ? "." : typed)) ?? []
        let files = entries.filter { !$0.hasPrefix(".") }.map { typed + $0 }.filter { path in
            FileManager.default.fileExists(atPath: path + "/scenario.yaml") || path.hasSuffix(".yaml")
        }
        return (BuiltInEvents.names + files.sorted()).filter { $0.hasPrefix(prefix) }
    }
}

import Foundation
import InputFiles
import Primitives

extension Scenario {
    /// Writes the event as a folder of files: every table, and its settings as they are after all files and the command
    /// line. A run of the folder is the same run.
    ///
    /// - Throws: `InputError` if the folder cannot be written.
    public func export(to folder: String) throws {
        try makeFolder(folder)
        for (name, file) in file.files.files where name != "scenario.yaml" {
            try write(file.text, folder, name)
        }
        try write(isWhole ? file.files["scenario.yaml"]!.text : settingsText, folder, "scenario.yaml")
    }

    /// Whether one scenario.yaml says it all: as it was written, with its comments.
    private var isWhole: Bool {
        guard let own = file.files["scenario.yaml"] else { return false }
        return file.settings.values.allSatisfy { $0.file == own.path || $0.file == "default" }
    }

    private func write(_ text: String, _ folder: String, _ name: String) throws {
        do { try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8) } catch {
            throw InputError(
                file: folder + "/" + name, found: "cannot be written: \(plainWords(error))",
                allowed: "a writable folder with free space")
        }
    }

    /// Every setting that is not a default, one a line below its section.
    private var settingsText: String {
        var lines = ["# Settings of \(name) as a run has them."]
        var section = ""
        let set = file.settings.filter { $0.value.file != "default" }
        // What has no section first: a section goes on until the next.
        let paths = set.keys.sorted { ($0.contains(".") ? 1 : 0, $0) < ($1.contains(".") ? 1 : 0, $1) }
        for path in paths {
            guard let dot = path.firstIndex(of: ".") else {
                lines.append("\(path): \(Self.text(set[path]!))")
                continue
            }
            if path[..<dot] != section {
                section = String(path[..<dot])
                lines += ["", "\(section):"]
            }
            lines.append("  \(path[path.index(after: dot)...]): \(Self.text(set[path]!))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(_ setting: Setting) -> String {
        let about = [
            ("low", setting.low), ("high", setting.high), ("role", setting.role), ("source", setting.source),
        ].compactMap { key, text in text.map { "\(key): \(scalar($0))" } }
        if about.isEmpty { return scalar(setting.text) }
        return "{\((["value: " + scalar(setting.text)] + about).joined(separator: ", "))}"
    }

    /// A YAML scalar, in quotes where it could be read as something else.
    private static func scalar(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                    || "._+/-".unicodeScalars.contains($0))
        }
        if isPlain && !text.isEmpty && text != "-" { return text }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

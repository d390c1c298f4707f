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

    /// Every setting that is not a default, one a line.
    private var settingsText: String {
        func quoted(_ text: String) -> String {
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
        var lines = ["# Settings of \(name) as a run has them."]
        for (path, setting) in file.settings.sorted(by: { $0.key < $1.key }) where setting.file != "default" {
            var parts = ["value: " + quoted(setting.text)]
            for (key, text) in [
                ("low", setting.low), ("high", setting.high), ("role", setting.role),
                ("source", setting.source),
            ] {
                if let text { parts.append(key + ": " + quoted(text)) }
            }
            lines.append(
                parts.count == 1
                    ? "\(path): \(quoted(setting.text))" : "\(path): {\(parts.joined(separator: ", "))}")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

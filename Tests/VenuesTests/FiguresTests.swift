import Foundation
import Rules
import Testing

@testable import Venues

/// Every figure of every rulebook against a list kept beside the tests: a changed rate is changed twice, on purpose.
///
/// `UPDATE_FIGURES=1 swift test --filter FiguresTests` writes the lists anew.
@Suite struct FiguresTests {
    @Test(arguments: Rulebook.builtInNames) func figures(_ name: String) throws {
        var lines: [String] = []
        for entry in try Rulebook.file(name).entries {
            for setting in entry.settings.sorted(by: { $0.key < $1.key }) {
                lines.append(
                    "\(entry.since ?? "always") \(setting.key) = \(setting.texts.joined(separator: ", "))")
            }
        }
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Figures")
        let path = folder.appendingPathComponent(name + ".txt")
        let text = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_FIGURES"] != nil {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: path, atomically: true, encoding: .utf8)
        }
        let known = try String(contentsOf: path, encoding: .utf8)
        let changed = text.split(separator: "\n").filter { !known.split(separator: "\n").contains($0) }
        expect(text == known, "\(name): \(changed.joined(separator: "; "))")
    }
}

import Foundation
import Primitives
import Testing

@testable import Recording

@Suite("Run folders")
struct RunFolderTests {
    private let parent = NSTemporaryDirectory() + "run-folder-\(UUID().uuidString)"

    private func make() throws -> RunFolder {
        try RunFolder(under: parent, scenario: "x", seed: 1, identity: StateHash())
    }

    @Test func oneWriterAtATime() throws {
        defer { try? FileManager.default.removeItem(atPath: parent) }
        try withExtendedLifetime(try make()) { first in
            try first.write("mine", to: "summary.md")
            let refusal = #expect(throws: InputError.self) { try make() }
            #expect(refusal?.found.contains("another undertow") == true)
            // The one that was refused touched nothing.
            #expect(FileManager.default.fileExists(atPath: first.path + "/summary.md"))
        }
        _ = try make()
    }

    @Test func aRerunBeginsWithoutWhatTheLastOneWrote() throws {
        defer { try? FileManager.default.removeItem(atPath: parent) }
        let names = ["manifest.json", "summary.md", "summary.json", "report.html", "run.sqlite"]
        let path = try make().path
        for name in names { try "old".write(toFile: path + "/" + name, atomically: true, encoding: .utf8) }
        let again = try make()
        let left = try FileManager.default.contentsOfDirectory(atPath: again.path)
        #expect(left.filter { names.contains($0) }.isEmpty)
        again.giveRoom()
        #expect(try FileManager.default.contentsOfDirectory(atPath: again.path).isEmpty)
    }
}

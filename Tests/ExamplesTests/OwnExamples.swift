import Foundation
import Primitives

@testable import Examples

/// The worked examples beside these tests: every topic of every venue.
func ownExamples() throws -> [Example] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "worked-examples.csv")
    return try ExampleFile.read(String(contentsOf: path, encoding: .utf8), file: "worked-examples.csv")
}

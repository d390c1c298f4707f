import ArgumentParser
import Examples
import Foundation
import InputFiles
import Primitives

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Runs worked examples of the rules through the code a run uses.",
        discussion: """
            EXAMPLES.csv has the columns id, venue, topic, revision, kind, inputs, expected, tolerance (and source, url); inputs and \
            expected are JSON objects. A field no rule reads makes a row unsupported. Exit code 1 if a row failed.
            """)
    @Argument(help: "The table of examples.") var file: String
    @Flag(help: "One JSON object with every row.") var json = false
    @Flag(help: "Only the last line.") var quiet = false

    private struct Output: Encodable {
        struct Row: Encodable {
            var id: String
            var status: String
            var got: [String: ExampleValue]
            var expected: [String: ExampleValue]
            var tolerance: Double
            var reason: String?
        }
        var passed: Int
        var failed: Int
        var unsupported: Int
        var rows: [Row]
    }

    func run() throws {
        let results = try ExampleFile.read(
            try readText(file, atMost: 64 << 20, "a table of worked examples"), file: file
        ).map(ExampleChecker.check)
        func count(_ status: ExampleResult.Status) -> Int { results.filter { $0.status == status }.count }
        let (passed, failed, unsupported) = (count(.passed), count(.failed), count(.unsupported))
        if json {
            let output = Output(
                passed: passed, failed: failed, unsupported: unsupported,
                rows: results.map {
                    Output.Row(
                        id: $0.example.id, status: $0.status.rawValue, got: $0.got,
                        expected: $0.example.expected, tolerance: $0.example.tolerance, reason: $0.reason)
                })
            // Keys of examples are data: they stay as they are.
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            print(String(decoding: try encoder.encode(output), as: UTF8.self))
        } else {
            if !quiet { for result in results { print(line(result)) } }
            print("\(passed) passed, \(failed) failed, \(unsupported) unsupported")
        }
        if failed > 0 { throw ExitCode(1) }
    }

    private func line(_ result: ExampleResult) -> String {
        let example = result.example
        var text =
            "\(result.status.rawValue.padded(12))\(example.id.padded(28))\(example.venue).\(example.topic)"
        switch result.status {
        case .passed: break
        case .unsupported: text += ": \(result.reason ?? "")"
        case .failed:
            for key in example.expected.keys.sorted() {
                text +=
                    "\n    \(key): got \(printed(result.got[key])), expected \(printed(example.expected[key]))"
                    + " within \(example.tolerance)"
            }
        }
        return text
    }

    private func printed(_ value: ExampleValue?) -> String {
        guard let value, let data = try? JSONEncoder().encode(value) else { return "nothing" }
        return String(decoding: data, as: UTF8.self)
    }
}

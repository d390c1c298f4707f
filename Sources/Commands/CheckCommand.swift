import ArgumentParser
import Examples
import Foundation
import InputFiles
import Primitives
import Validation

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Runs worked examples of the rules through the code a run uses.",
        discussion: """
            EXAMPLES.csv has the columns id, venue, topic, revision, kind, inputs, expected, tolerance (and source, url); inputs and \
            expected are JSON objects. A field no rule reads makes a row unsupported. A row with a figure that its rule cannot \
            take (a price of zero) is in error, with the field named: it counts as failed, and the others are checked. Amounts \
            are exact: write more than 17 digits in quotes or as they are. Exit code 1 if a row failed.
            """ + HelpExamples.text("check examples.csv"))
    @Argument(help: "The table of examples.") var file: String
    @Flag(help: "One JSON object with every row.") var json = false
    @Flag(help: "Only the last line.") var quiet = false

    func run() throws {
        let results = try ExampleFile.read(
            try readText(file, atMost: 64 << 20, "a table of worked examples"), file: file
        ).map(ExampleChecker.check)
        func count(_ status: ExampleResult.Status) -> Int { results.filter { $0.status == status }.count }
        let (errors, unsupported) = (count(.error), count(.unsupported))
        // A row in error was not found to hold.
        let (passed, failed) = (count(.passed), count(.failed) + errors)
        if json {
            print(
                ExampleValue.object([
                    "passed": "\(passed)", "failed": "\(failed)", "errors": "\(errors)",
                    "unsupported": "\(unsupported)",
                    "rows": "[" + results.map(row).joined(separator: ",") + "]",
                ]))
        } else {
            if !quiet { for result in results { print(line(result)) } }
            print("\(passed) passed, \(failed) failed, \(unsupported) unsupported")
        }
        if failed > 0 { throw ExitCode(1) }
    }

    private func row(_ result: ExampleResult) -> String {
        let example = result.example
        var fields = [
            "id": ExampleValue.quoted(example.id), "status": ExampleValue.quoted(result.status.rawValue),
            "got": ExampleValue.map(result.got).json, "expected": ExampleValue.map(example.expected).json,
            "tolerance": "\(example.tolerance)",
        ]
        fields["reason"] = result.reason.map(ExampleValue.quoted)
        return ExampleValue.object(fields)
    }

    private func line(_ result: ExampleResult) -> String {
        let example = result.example
        var text =
            "\(result.status.rawValue.padded(12))\(excerpt(example.id).padded(28))"
            + "\(excerpt(example.venue)).\(excerpt(example.topic))"
        switch result.status {
        case .passed: break
        case .unsupported, .error: text += ": \(result.reason ?? "")"
        case .failed:
            for key in example.expected.keys.sorted() {
                text +=
                    "\n    \(excerpt(key)): got \(printed(result.got[key])), expected \(printed(example.expected[key]))"
                    + " within \(example.tolerance)"
            }
        }
        return text
    }

    private func printed(_ value: ExampleValue?) -> String {
        value.map { excerpt($0.json, most: 300) } ?? "nothing"
    }
}

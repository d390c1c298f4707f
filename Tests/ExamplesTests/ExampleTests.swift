import Foundation
import Primitives
import Testing

@testable import Examples

@Suite struct ExampleTests {
    private func results(_ csv: String) throws -> [ExampleResult] {
        try ExampleFile.read(csv, file: "x.csv").map(ExampleChecker.check)
    }

    /// Published examples besides those of the facts folder.
    @Test func ownTable() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "worked-examples.csv")
        let results = try results(String(contentsOf: path, encoding: .utf8))
        #expect(results.count >= 37)
        for result in results {
            #expect(result.status == .passed, "\(result.example.id): \(result.got) \(result.reason ?? "")")
        }
    }

    @Test func factsTable() throws {
        let path =
            (ProcessInfo.processInfo.environment["SHARED"] ?? "../shared") + "/facts/worked-examples.csv"
        guard let data = FileManager.default.contents(atPath: path) else {
            print("skipped: \(path) is absent")
            return
        }
        let results = try results(String(decoding: data, as: UTF8.self))
        #expect(results.count == 105)
        for result in results {
            #expect(result.status == .passed, "\(result.example.id): \(result.got) \(result.reason ?? "")")
        }
    }

    private let header = "id,venue,topic,revision,kind,inputs,expected,tolerance\n"
    private func row(
        _ inputs: String, _ expected: String, venue: String = "deribit", topic: String = "funding_rate",
        revision: String = ""
    ) -> String {
        func quoted(_ json: String) -> String { "\"" + json.replacing("\"", with: "\"\"") + "\"" }
        return header + "a,\(venue),\(topic),\(revision),rule,\(quoted(inputs)),\(quoted(expected)),1e-9\n"
    }

    /// A check that cannot fail would be none.
    @Test(arguments: [
        (
            #"{"premium_rate":0.001,"damper":0.00025,"cap":0.005}"#, #"{"funding_rate":0.00075}"#,
            ExampleResult.Status.passed, ""
        ),
        (#"{"premium_rate":0.001,"damper":0.00025,"cap":0.005}"#, #"{"funding_rate":0.0008}"#, .failed, ""),
        (
            #"{"premium_rate":0.001,"damper":0.00025,"cap":0.005,"tide":1}"#, #"{"funding_rate":0.00075}"#,
            .unsupported, "input `tide`"
        ),
        (
            #"{"premium_rate":0.001,"damper":0.00025,"cap":0.005}"#, #"{"funding_rate":0.00075,"mood":1}"#,
            .unsupported, "expected `mood`"
        ),
        (
            #"{"premium_rate":0.001,"cap":0.005}"#, #"{"funding_rate":0.00075}"#, .unsupported,
            "no input `damper`"
        ),
        (#"{"premium_rate":0.001,"damper":0.00025,"cap":0.005}"#, "{}", .unsupported, "nothing is expected"),
    ])
    func verdicts(_ inputs: String, _ expected: String, _ status: ExampleResult.Status, _ reason: String)
        throws
    {
        let result = try #require(try results(row(inputs, expected)).first)
        #expect(result.status == status)
        #expect((result.reason ?? "") == reason)
    }

    @Test func unknownVenuesTopicsAndRevisionsAreUnsupported() throws {
        for (venue, topic, revision, reason) in [
            ("mtgox", "funding_rate", "", "venue `mtgox`"), ("deribit", "tides", "", "topic `tides`"),
            ("deribit", "funding_rate", "someday", "revision `someday`"),
        ] {
            let inputs = #"{"premium_rate":0.001,"damper":0.00025,"cap":0.005}"#
            let result = try results(
                row(inputs, #"{"funding_rate":0}"#, venue: venue, topic: topic, revision: revision))[0]
            #expect(result.status == .unsupported && result.reason == reason)
        }
    }

    @Test(arguments: [
        ("", "an empty file"), ("id,venue\n", "a column `topic`"),
        ("id,venue,topic,revision,kind,inputs,expected,tolerance\na,b\n", "2 cells"),
        ("id,venue,topic,revision,kind,inputs,expected,tolerance\na,b,c,,law,{},{},0\n", "rule, document"),
        ("id,venue,topic,revision,kind,inputs,expected,tolerance\na,b,c,,rule,{},{},-1\n", "a number from 0"),
        ("id,venue,topic,revision,kind,inputs,expected,tolerance\na,b,c,,rule,[1],{},0\n", "a JSON object"),
        ("id,venue,topic,revision,kind,inputs,expected,tolerance\na,b,c,,rule,\"{},{},0\n", "without an end"),
    ]) func badFiles(_ csv: String, _ text: String) {
        let error = #expect(throws: InputError.self) { try ExampleFile.read(csv, file: "x.csv") }
        #expect(error?.description.contains(text) == true, "\(String(describing: error))")
    }

    @Test func expressions() {
        var sum = Expression("entry*qty/leverage - 2e-1")
        #expect(sum.value { ["entry": 10, "qty": 3, "leverage": 5][$0] } == 5.8)
        var bad = Expression("entry**2")
        #expect(bad.value { $0 == "entry" ? 1 : nil } == nil)
    }
}

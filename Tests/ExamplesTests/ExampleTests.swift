import Foundation
import Primitives
import Testing

@testable import Examples

/// Where the facts folder lies, if it is there.
private let facts: String? = {
    let path = (ProcessInfo.processInfo.environment["SHARED"] ?? "../shared") + "/facts/worked-examples.csv"
    return FileManager.default.fileExists(atPath: path) ? path : nil
}()

@Suite struct ExampleTests {
    private func results(_ csv: String) throws -> [ExampleResult] {
        try ExampleFile.read(csv, file: "x.csv").map(ExampleChecker.check)
    }

    /// Published examples, figures by official formulas, amounts of more digits than a double has: every topic of every
    /// venue, besides those of the facts folder.
    @Test func ownTable() throws {
        let results = try ownExamples().map(ExampleChecker.check)
        #expect(results.count >= 113)
        for result in results {
            #expect(result.status == .passed, "\(result.example.id): \(result.got) \(result.reason ?? "")")
        }
        for (venue, topics) in ExampleChecker.topics {
            let shown = Set(results.filter { $0.example.venue == venue }.map(\.example.topic))
            #expect(shown == Set(topics), "\(venue)")
        }
    }

    /// Skipped by name where the folder is absent: a test without its data says nothing.
    @Test(.enabled(if: facts != nil, "the facts folder is absent"))
    func factsTable() throws {
        let data = try #require(facts.flatMap { FileManager.default.contents(atPath: $0) })
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
        (
            "id,venue,topic,revision,kind,inputs,expected,tolerance\na,b,c,,rule,{},{},inf\n",
            "a number from 0"
        ),
        (
            "id,venue,topic,revision,kind,inputs,expected,tolerance\na,b,c,,rule,{},{},nan\n",
            "a number from 0"
        ),
        (
            "id,venue,topic,revision,kind,inputs,expected,tolerance\na,b,c,,rule,{},{},1e999\n",
            "a number from 0"
        ),
        (
            "id,venue,topic,revision,kind,inputs,expected,tolerance\na,b,c,,rule,{},{},0x1p3\n",
            "a number from 0"
        ),
        (
            "id,venue,topic,revision,kind,inputs,expected,tolerance\na,b,c,,rule,\"{\"\"a\"\":1,\"\"a\"\":2}\",{},0\n",
            "`a` twice"
        ),
    ]) func badFiles(_ csv: String, _ text: String) {
        let error = #expect(throws: InputError.self) { try ExampleFile.read(csv, file: "x.csv") }
        #expect(error?.description.contains(text) == true, "\(String(describing: error))")
    }

    /// A message shows the beginning of a cell, however long it is.
    @Test(arguments: ["kind", "tolerance", "inputs", "venue", "id"]) func longCellsAreCut(column: String)
        throws
    {
        let long = String(repeating: "x", count: 100_000)
        let columns = ["id", "venue", "topic", "revision", "kind", "inputs", "expected", "tolerance"]
        var cells = ["a", "b", "c", "", "rule", "{}", "{}", "0"]
        cells[columns.firstIndex(of: column)!] = long
        let row = cells.joined(separator: ",") + "\n"
        do {
            let result = try results(header + row + (column == "id" ? row : ""))[0]
            #expect(column == "venue" && result.reason!.utf8.count < 200)
        } catch let error as InputError {
            #expect(error.description.utf8.count < 300 && error.line! <= 3)
        }
    }

    @Test func expressions() {
        var sum = Expression<Double>("entry*qty/leverage - 2e-1")
        #expect(sum.value { ["entry": 10, "qty": 3, "leverage": 5][$0] } == 5.8)
        for bad in ["entry**2", "1/0", "(1", "", "1 2", "-", "1..2", String(repeating: "(", count: 10_000)] {
            var expression = Expression<Double>(bad)
            #expect(expression.value { $0 == "entry" ? 1 : nil } == nil, "\(bad.prefix(10))")
        }
    }
}

import Foundation
import Primitives
import Recording
import Testing
import Validation

@testable import Page

@Suite("What reaches a page")
struct MarkupTests {
    @Test func textIsEscapedAndOurOwnIsNot() {
        let text = "<b a='1' c=\"2\">&\0"
        let markup: Markup = "<i title=\"\(text)\">\(text)</i>\("<br>" as Markup)\(3)"
        let safe = "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;\u{fffd}"
        #expect(markup.text == "<i title=\"\(safe)\">\(safe)</i><br>3")
    }

    @Test func jsonInAScriptElementCannotEndIt() throws {
        let text = "</script><!-- & \u{2028}\n\u{1}\"\\"
        let markup = Markup(json: "[\(text.quotedForJSON)]").text
        #expect(!markup.contains("<") && !markup.contains("&") && !markup.contains("\u{2028}"))
        #expect(try JSONSerialization.jsonObject(with: Data(markup.utf8)) as? [String] == [text])
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1000),
            "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
        ),
    ])
    func hashesAreThoseOfTheStandard(text: String, hash: String) {
        #expect(SHA256.hex(Array(text.utf8)) == hash)
    }

    private static let hostile = "</title></script><script>alert(1)</script><img src=x onerror='alert(2)'>\""

    /// Every text of a run's files is data: in its title, its tables, its charts.
    @Test(arguments: [RecordedFolder.market, RecordedFolder.venue]) func noTextOfARunIsMarkup(folder: String)
        throws
    {
        try RecordedFolder.copy(folder) { copy in
            let file = copy + "/summary.json"
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file)))
            try JSONSerialization.data(withJSONObject: Self.spoilt(object)).write(
                to: URL(fileURLWithPath: file))
            let page = try pageHTML(folder: copy)
            #expect(page.contains("&lt;/title&gt;"))
            // The one script is the program's own.
            #expect(!page.contains("<img") && page.components(separatedBy: "<script").count == 2)
            #expect(
                page.components(separatedBy: "</title>").count
                    == page.components(separatedBy: "<title>").count)
        }
    }

    /// Every text replaced and every name of a map made hostile.
    private static func spoilt(_ value: Any) -> Any {
        switch value {
        case is String: return hostile
        case let list as [Any]: return list.map(spoilt)
        case let map as [String: Any]:
            var spoiltMap = map.mapValues(spoilt)
            // Keys of the summary are its own; those of its maps are names.
            if map["scenario"] == nil && map["usd"] == nil && map["asset"] == nil,
                let one = spoiltMap.first(where: { $0.key.contains { $0.isUppercase || $0 == " " } })
            {
                spoiltMap[hostile] = one.value
            }
            return spoiltMap
        default: return value
        }
    }

    @Test func answersAreData() throws {
        let file = FileManager.default.temporaryDirectory.path + "/answer-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let answer: [String: Any] = [
            "run": Self.hostile, "account": Self.hostile, "venue": Self.hostile,
            "steps": [["time_utc": Self.hostile, "what": Self.hostile, "rule": Self.hostile]],
        ]
        try JSONSerialization.data(withJSONObject: answer).write(to: URL(fileURLWithPath: file))
        let sections = try PageAnswers(files: [file]).sections.text
        #expect(sections.contains("&lt;img") && !sections.contains("<img"))
    }

    /// An answer of another event or the story of another run is no part of a run's page.
    @Test(arguments: [
        (["scenario": "textbook-waterfall"], nil), (["scenario": "october-2025"], "scenario"),
    ])
    func answersAreOfTheRunsEvent(subject: [String: String], key: String?) throws {
        var answer: [String: Any] = [
            "seeds": 1, "depths": [1], "leverages": [1], "fall_pct_by_depth_and_leverage": [[3]],
            "critical_depth_calm": [1], "critical_depth_tenth": [1], "basis": "of it only the news",
        ]
        answer.merge(subject) { _, new in new }
        try refuses(answer, key)
        if key == nil {
            #expect(try page(answer).contains("of it only the news"))
        }
    }

    @Test(arguments: [("elsewhere/textbook-waterfall/", nil), ("runs/textbook-waterfall-2-abc", "run")])
    func storiesAreOfTheRun(run: String, key: String?) throws {
        try refuses(["run": run, "account": "x:1", "venue": "x", "steps": [[String: String]]()], key)
    }

    private func page(_ answer: [String: Any]) throws -> String {
        let file = FileManager.default.temporaryDirectory.path + "/answer-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try JSONSerialization.data(withJSONObject: answer).write(to: URL(fileURLWithPath: file))
        return try pageHTML(folder: RecordedFolder.venue, answers: PageAnswers(files: [file]))
    }

    private func refuses(_ answer: [String: Any], _ key: String?) throws {
        guard let key else {
            _ = try page(answer)
            return
        }
        let error = try #require(#expect(throws: InputError.self) { try page(answer) })
        #expect(error.key == key && error.description.contains("textbook-waterfall"))
    }

    @Test(arguments: [
        ([[1.0, 2]], [1.0, 2], "fall_pct_by_depth_and_leverage"),
        ([[1.0, 2], [3.0]], [1.0, 2], "fall_pct_by_depth_and_leverage[1]"),
        ([[1.0, 2], [3.0, 4]], [1.0], "critical_depth_calm"),
    ])
    func raggedAnswersAreRefused(falls: [[Double]], critical: [Double], key: String) throws {
        let file = FileManager.default.temporaryDirectory.path + "/ragged-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let answer: [String: Any] = [
            "scenario": "x", "seeds": 1, "depths": [0.5, 1], "leverages": [1, 2],
            "fall_pct_by_depth_and_leverage": falls, "critical_depth_calm": critical,
            "critical_depth_tenth": [1, 2],
        ]
        try JSONSerialization.data(withJSONObject: answer).write(to: URL(fileURLWithPath: file))
        do {
            _ = try PageAnswers(files: [file])
            Issue.record("read without an error")
        } catch let error as InputError { #expect(error.key == key) }
    }

    // MARK: Policy and library

    @Test func thePolicyNamesEveryStyleByItsHash() throws {
        let page = try pageHTML(folder: RecordedFolder.venue)
        let policy = try #require(page.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)?.1)
        #expect(!policy.contains("unsafe") && policy.hasPrefix("default-src 'none'"))
        let style = try #require(page.firstMatch(of: /<style>([\s\S]*?)<\/style>/)?.1)
        #expect(policy.contains(SHA256.source(of: String(style))))
        // A policy with hashes runs no attribute of style or event.
        #expect(page.firstMatch(of: /<[a-z]+[^>]* (style|on[a-z]+)=/) == nil)
    }

    @Test func theLibraryIsNeverThatOfTheWorkingDirectory() {
        #expect(
            ChartLibrary.folders(beside: "/nowhere/.build/x86/release/undertow") == [
                "/nowhere/.build/x86/release/assets", "/nowhere/assets",
            ])
        #expect(ChartLibrary.folders(beside: "/nowhere/bin/undertow") == ["/nowhere/bin/assets"])
    }

    @Test func anotherFileOfItsNameIsRefused() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/assets-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/" + ChartLibrary.file
        try "/* Lightweight Charts */ alert(1)".write(toFile: file, atomically: true, encoding: .utf8)
        var refused: [String] = []
        #expect(ChartLibrary(in: [folder]) { refused.append($0) } == nil)
        #expect(refused == [file])
    }

    /// A recording of times far apart has few ticks, not millions.
    @Test func ticksOfAClockAreFew() {
        #expect(Chart.clockTicks(0, 9_000_000_000).count <= 8)
        #expect(Chart.clockTicks(0, 3600) == [0, 600, 1200, 1800, 2400, 3000, 3600])
    }
}

import Primitives
import Testing

@testable import Rules

/// What a rulebook file may say, and how it is refused.
@Suite struct RuleFileTests {
    private let good = """
        name: x
        title: X
        sources:
          S: A page, https://example.org
        rules:
          - rule: fee
            since: 2020-01-01
            words: one
            confidence: A
            source: [S]
            set: {fee: 0.001}
          - rule: fee
            since: 2025-01-01
            revision: v2
            words: two
            confidence: B
            source: [S]
            options: {fee: [0.002, 0.003]}
            set: {fee: 2/1000}
        """

    @Test func theRevisionInForceIsTheLatestNotAfterTheDay() throws {
        let file = try RuleFile(yaml: good, file: "x.yaml")
        for (day, fee) in [
            ("2020-01-01", 0.001), ("2024-12-31", 0.001), ("2025-01-01", 0.002), ("2030-01-01", 0.002),
        ] {
            var rules = try RuleSet(file, on: day)
            #expect(try rules.rate("fee").value == fee)
        }
        #expect(try RuleSet(file, on: "2019-12-31").entries.isEmpty)
        #expect(file.day(ofRevision: "v2") == "2025-01-01")
        #expect(file.day(ofRevision: "before-2025") == "2024-12-31")
        #expect(file.day(ofRevision: "2025") == "2025-12-31")
        #expect(file.day(ofRevision: "someday") == nil)
    }

    @Test func badFilesAreRefusedWithPlaceAndRemedy() throws {
        for (change, line, text) in [
            (("rule: fee\n    since: 2025", "rulle: fee\n    since: 2025"), 12, "`rule`"),
            (("confidence: B", "confidence: D"), 16, "A (official)"),
            (("since: 2025-01-01", "since: 2025-02-30"), 13, "YYYY-MM-DD"),
            (("source: [S]\n    options", "source: [Q]\n    options"), 17, "key of `sources`"),
            (("options: {fee:", "options: {fe:"), 18, "`fee`"),
            (("A page, https", "A page https"), 4, "a comma"),
        ] {
            let yaml = good.replacing(change.0, with: change.1)
            let error = #expect(throws: InputError.self, "\(change)") {
                try RuleFile(yaml: yaml, file: "x.yaml")
            }
            #expect(error?.description.contains(text) == true, "\(String(describing: error))")
            #expect(error?.line.map { abs($0 - line) <= 1 } == true, "\(String(describing: error))")
        }
    }

    @Test func settingsAreRefusedWithPlaceAndRemedy() throws {
        func refusal(_ body: (inout RuleSet) throws -> Void, overrides: [(key: String, text: String)] = [])
            -> String
        {
            do {
                var rules = try RuleSet(
                    RuleFile(yaml: good, file: "x.yaml"), on: "2025-10-09", overrides: overrides)
                try body(&rules)
                return ""
            } catch { return "\(error)" }
        }
        #expect(
            refusal({ _ = try $0.rate("fee") }, overrides: [("fee", "-0.1")]).contains(
                "a rate from 0.0 to 1.0"))
        #expect(refusal({ _ = try $0.rate("fee") }, overrides: [("fee", "1.5")]).contains("`1.5`"))
        #expect(
            refusal({ _ = try $0.rate("fee") }, overrides: [("fees", "1")]).contains("nearest known: `fee`"))
        #expect(refusal({ _ = try $0.integer("fee") }).contains("whole number"))
        #expect(refusal({ _ = try $0.flag("fee") }).contains("true or false"))
        #expect(refusal({ _ = try $0.rate("feee") }).contains("no value"))
        #expect(refusal({ try $0.finish() }).contains("a setting that no rule reads"))
        #expect(
            refusal({
                _ = try $0.rate("fee"); try $0.finish()
            }) == "")
    }
}

import Primitives
import Testing
import Yams

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
        #expect(refusal({ _ = try $0.rate("premium") }).contains("no value"))
        #expect(
            refusal({ _ = try $0.rate("feee") }).hasPrefix(
                "x.yaml:19: `fee`: found a setting in the place of `feee`"))
        #expect(refusal({ try $0.finish() }).contains("a setting that no rule reads"))
        #expect(
            refusal({
                _ = try $0.rate("fee"); try $0.finish()
            }) == "")
    }
}

/// What the one way in for YAML refuses, whoever asks.
@Suite struct YAMLTextTests {
    private func refusal(_ yaml: String) -> InputError? {
        do {
            _ = try yamlNode(yaml, file: "x.yaml", what: "a test")
            return nil
        } catch { return error }
    }

    @Test func aliasesAreReplacedUpToABound() throws {
        let node = try yamlNode(
            "a: &x [1, 2]\nb: *x\nnote: \"2 * 3 & more\"\n", file: "x.yaml", what: "a test")
        #expect(node["b"]?.sequence?.count == 2 && node["note"]?.string == "2 * 3 & more")
        // Each line stands for three of the line before: 3^9 values in ten lines.
        func bomb(_ lines: Int) -> String {
            "a0: &a0 [x]\n"
                + (1...lines).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1), *a\($0 - 1)]\n" }.joined()
        }
        #expect(refusal(bomb(6)) == nil)
        for lines in [9, 15, 40] {
            #expect(refusal(bomb(lines))?.found.contains("aliases") == true, "\(lines) lines")
        }
        // As keys, which a parser compares: whoever compares them never ends.
        let keys =
            "? &a0 [x,x]\n: 1\n" + (1...40).map { "? &a\($0) [*a\($0 - 1),*a\($0 - 1)]\n: 1\n" }.joined()
        #expect(refusal(keys)?.found.contains("aliases") == true)
        // An anchor that is named again is the later one.
        let shadowed = "a: &x [1]\nb: &x [*x, *x]\nc: [*x]\n"
        #expect(try yamlNode(shadowed, file: "x.yaml", what: "a test")["c"]?[0]?.sequence?.count == 2)
    }

    @Test func keysArePlainTexts() {
        for yaml in ["? [a, b]\n: 1\n", "x:\n  ? {a: b}\n  : 1\n", "x: [{[1]: 2}]\n"] {
            #expect(refusal(yaml)?.found == "a key that is a list or a mapping", "\(yaml)")
        }
    }

    @Test func nothingOfTheTextIsShown() {
        for yaml in [
            "secret: 1\nsecret: 2\n", "[secret", "\"secret", "%secret", "*secret", "secret: a: b", "@secret",
        ] {
            let words = refusal(yaml)?.description ?? "accepted"
            #expect(!words.contains("secret") && words != "accepted", "\(yaml): \(words)")
        }
    }

    @Test func aByteOrderMarkIsNoText() throws {
        #expect(try yamlNode("\u{FEFF}a: 1", file: "x.yaml", what: "a test")["a"]?.string == "1")
    }

    @Test func listsKeepTiersTogether() throws {
        #expect(
            RuleSet.items("A tick=1 tiers=0:0.4:150,300k:0.5:100,cap:9 ref=1, B tick=2 tiers=0:20,C")
                == ["A tick=1 tiers=0:0.4:150,300k:0.5:100,cap:9 ref=1", "B tick=2 tiers=0:20", "C"])
        #expect(RuleSet.items("a,b, c") == ["a", "b", "c"] && RuleSet.items("") == [])
    }
}

import Foundation
import Primitives
import Scenarios
import Testing

@testable import Validation

@Suite("Tables of facts")
struct FactTests {
    @Test(arguments: [
        ("october-2025", 64), ("october-2025-6h", 64), ("october-2025-btc", 9), ("october-2025-calm", 12),
        ("textbook-waterfall", 0),
    ])
    func builtInFactsHaveAMeasureARoleAndASource(scenario: String, count: Int) throws {
        let facts = try EventRecord(Scenario(ScenarioFile(named: scenario))).facts
        #expect(facts.count == count)
        for fact in facts {
            #expect(fact.low <= fact.high && !fact.source.isEmpty, "\(fact.name)")
        }
        #expect(Set(facts.map(\.measure.text)).count == facts.count)
    }

    /// Neither end of a band is one that a run reaches by seeing nothing.
    @Test func bandsHaveTwoHonestEnds() throws {
        let natural = [
            "zero_sum_micro_usd",  // a ledger is balanced or not
            "depth_low_share(asset=BTC)",  // books were recorded as empty
            "maker_profit_gap_micro_usd",  // a count is right or not
        ]
        for fact in try EventRecord(Scenario(ScenarioFile(named: "october-2025"))).facts
        where FactRow.judgedRoles.contains(fact.role) {
            // What is asked only of those that have fallen is not told where nothing fell.
            let isAskedOfTheFallen = fact.measure.text.contains("fallen=")
            #expect(
                !(fact.low...fact.high).contains(0) || natural.contains(fact.measure.text)
                    || isAskedOfTheFallen,
                "\(fact.name) is inside at nought")
            #expect(fact.high < 1000, "\(fact.name) has no upper end")
        }
    }

    private static let header = "fact,measure,low,high,unit,role,source\n"

    private func read(_ text: String) throws -> [Fact] {
        try FactFile.read(text: text, file: "facts.csv", names: SyntheticRun.names)
    }

    @Test func aTableIsRead() throws {
        let facts = try read(
            "# ours\n" + Self.header
                + "Fall,\"fall_pct(asset=BTC, venue=x)\",9,14,pct,fit,\"index, minute closes\"\n"
                + "Sum,liquidated_usd,1,2,USD bn,imposed,a paper, page 3\n")
        #expect(facts.count == 2)
        #expect(facts[0].measure.text == "fall_pct(asset=BTC, venue=x)" && facts[0].high == 14)
        #expect(facts[0].source == "index, minute closes" && facts[1].source == "a paper, page 3")
        #expect(facts[1].unit == "USD bn" && facts[1].role == "imposed")
    }

    /// A file of the same text reads the same.
    @Test func aFileIsRead() throws {
        let file = NSTemporaryDirectory() + "facts-\(UUID().uuidString).csv"
        try (Self.header + "Fall,fall_pct(asset=BTC),9,14,pct,fit,own\n").write(
            toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        #expect(try FactFile.read(file, names: SyntheticRun.names).map(\.name) == ["Fall"])
    }

    @Test(arguments: [
        ("a,b\n", ["header"]), ("", ["empty"]), (header, ["no fact"]),
        (header + "Fall,fal_pct(asset=BTC),9,14,pct,fit,x\n", ["facts.csv:2: `measure`", "fall_pct"]),
        (header + "Fall,fall_pct(coin=BTC),9,14,pct,fit,x\n", ["facts.csv:2: `measure`", "`coin`"]),
        (header + "Fall,fall_pct(asset=BTC, venue=x),9,14,pct,fit,x\n", ["quotes around it"]),
        (header + "Fall,fall_pct(asset=BTC),14,9,pct,fit,x\n", ["facts.csv:2: `low, high`", "not above"]),
        (header + "Fall,fall_pct(asset=BTC),9,much,pct,fit,x\n", ["facts.csv:2: `low, high`"]),
        (header + "Fall,fall_pct(asset=BTC),nan,14,pct,fit,x\n", ["facts.csv:2: `low, high`"]),
        (
            header + "Fall,fall_pct(asset=BTC),9,14,USD,fit,x\n",
            ["facts.csv:2: `unit`", "pct: what fall_pct"]
        ),
        (header + "Sum,liquidated_usd,9,14,USD b,fit,x\n", ["`unit`", "nearest known: `USD M`"]),
        (
            header + "Fall,fall_pct(asset=BTC),9,14,pct,fitt,x\n",
            ["facts.csv:2: `role`", "nearest known: `fit`"]
        ),
        (header + ",fall_pct(asset=BTC),9,14,pct,fit,x\n", ["facts.csv:2: `fact`"]),
        (
            header + "Fall,fall_pct(asset=BTC),9,14,pct,fit,x\nFall,liquidated_usd,1,2,USD,fit,x\n",
            ["facts.csv:3: `fact`", "`Fall` a second time"]
        ),
        (header + "Fall,fall_pct(asset=BTC)\n", ["facts.csv:2", "2 columns"]),
        ("fact,measure,low,high,unit,role\nF,liquidated_usd,1,2,USD,fit\n", ["facts.csv:1: `source`"]),
        ("fact,mesure,low,high,unit,role,source\n", ["facts.csv:1: `measure`", "nearest known: `mesure`"]),
        ("fact,measure,low,low,high,unit,role,source\n", ["facts.csv:1: `low`", "twice"]),
        (
            "fact,key,low,high,unit,role,source\nFall,btc_fall_pct,9,14,pct,fit,x\n",
            ["facts.csv:1: `key`", "earlier tables", "fall_pct(asset=BTC)"]
        ),
    ])
    func errorsNameThePlaceAndTheRemedy(text: String, mentions: [String]) throws {
        let error = #expect(throws: InputError.self) { try read(text) }
        let said = try #require(error).description
        for mention in mentions { #expect(said.contains(mention), "\(said)") }
    }

    /// An event is its own tables; one that it has not is empty, and each is named in what is wrong with it.
    @Test func anEventOfItsOwn() throws {
        let facts = EventFiles.File(
            text: Self.header + "Fall,fall_pct(asset=ALT),9,14,pct,fit,own\n", path: "my/facts.csv")
        let event = try EventRecord(names: SyntheticRun.names, facts: facts)
        #expect(event.facts.map(\.name) == ["Fall"])
        #expect(event.claims.isEmpty && event.controls.runs.isEmpty)
        let claims = EventFiles.File(text: "claim,evidence\n", path: "my/claims.csv")
        let error = #expect(throws: InputError.self) {
            try EventRecord(names: SyntheticRun.names, facts: facts, claims: claims)
        }
        #expect(try #require(error).file == "my/claims.csv")
        // ALT is no asset of the built-in events.
        let october = MeasureNames(try Scenario(ScenarioFile(named: "october-2025")))
        #expect(throws: InputError.self) { try EventRecord(names: october, facts: facts) }
    }
}

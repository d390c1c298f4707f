import Foundation
import Primitives
import Scenarios
import Testing

@testable import Validation

@Suite("Facts and their measures")
struct FactTests {
    @Test(arguments: ["october-2025", "october-2025-6h"])
    func everyBuiltInFactHasAMeasureARoleAndASource(scenario: String) throws {
        let facts = Fact.of(scenario: scenario)
        #expect(facts.count >= 30)
        for fact in facts {
            #expect(Measures.keys.contains(fact.key), "\(fact.key)")
            #expect(fact.low <= fact.high, "\(fact.key)")
            #expect(["rule", "fit", "held_out", "always", "reported"].contains(fact.role), "\(fact.key)")
            #expect(!fact.source.isEmpty, "\(fact.key)")
        }
        #expect(Set(facts.map(\.key)).count == facts.count)
    }

    @Test func everyKeyIsMeasuredOnce() { #expect(Set(Measures.keys).count == Measures.keys.count) }

    private func read(_ text: String) throws -> [Fact] {
        let file = NSTemporaryDirectory() + "facts-\(UUID().uuidString).csv"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try FactFile.read(file)
    }

    @Test func aTableIsRead() throws {
        let facts = try read(
            "# ours\nfact,key,low,high,unit,role,source\nFall,btc_fall_pct,9,14,%,fit,\"index, minute closes\"\n"
        )
        #expect(facts.count == 1)
        #expect(facts[0].high == 14)
        #expect(facts[0].source == "index, minute closes")
    }

    @Test(arguments: [
        ("a,b\n", "header"),
        ("fact,key,low,high,unit,role,source\nFall,btc_fal_pct,9,14,%,fit,x\n", "btc_fall_pct"),
        ("fact,key,low,high,unit,role,source\nFall,btc_fall_pct,14,9,%,fit,x\n", "low, high"),
        ("fact,key,low,high,unit,role,source\nFall,btc_fall_pct,9,14,%,fitt,x\n", "fit"),
        ("fact,key,low,high,unit,role,source\nFall,btc_fall_pct\n", "columns"),
        ("fact,key,low,high,unit,role,source\n", "no fact"),
    ])
    func errorsNameThePlaceAndTheRemedy(text: String, mention: String) {
        do {
            _ = try read(text)
            Issue.record("read without an error")
        } catch {
            #expect("\(error)".contains(mention), "\(error)")
        }
    }
}

import Analysis
import Clearing
import Rules
import Testing
import Venues

@Suite("Rulebooks as people read them")
struct RulePagesTests {
    /// A row a rule, and what is missing says so.
    @Test func conformanceHasEveryRule() throws {
        let page = try RulePages.conformance()
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
        let entries = try RulePages.files().flatMap(\.entries)
        #expect(rows.count == entries.count)
        #expect(rows.count { $0.contains("| no: ") } == entries.count { $0.missing != nil })
    }

    @Test(arguments: Rulebook.builtInNames) func everyVenueIsShown(name: String) throws {
        let book = try Rulebook.named(name)
        let rules = RulePages.rules(book.rules)
        for entry in book.rules.entries { #expect(rules.contains("] \(entry.rule)"), "\(entry.rule)") }
        let tiers = RulePages.tiers(book)
        #expect(tiers.contains("Margin tiers") && tiers.contains("Sizes"))
        for market in book.markets.prefix(3) { #expect(tiers.contains(market.spec.name)) }
    }

    @Test func lendingHasFigures() {
        #expect(RulePages.lendingFigures("aave-v3").contains("Listings"))
        #expect(RulePages.lendingFigures("maker").contains("ETH-A"))
        #expect(RulePages.lendingFigures("compound-v2").contains("incentive 1.08"))
    }
}

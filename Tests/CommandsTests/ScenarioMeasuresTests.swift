import Testing

@testable import Commands

@Suite("The list of measures")
struct ScenarioMeasuresTests {
    /// One line an argument; where two measures take another under one name, each line says of which it is.
    @Test func argumentsSayOfWhichMeasureTheyAre() {
        let lines = ScenarioMeasures.arguments
        let names = lines.map { $0.prefix { $0 != " " } }
        #expect(Set(lines).count == lines.count)
        for (line, name) in zip(lines, names) {
            #expect(line.contains(": ") == (names.count { $0 == name } > 1), "\(line)")
        }
        #expect(lines.contains { $0.hasPrefix("minutes") && $0.contains("early_fall_pct") }, "\(lines)")
    }
}

import Foundation
import Primitives
import Testing

@testable import Ensembles

@Suite("Targets of a calibration")
struct CalibrationTargetTests {
    private static let plan = """
        scenario: a
        free: {news.move_pct: {from: -3, to: -1}}
        targets:
          - {measure: "fall( asset=BTC )", low: 9, high: 14}
          - {measure: sum, low: 1, high: 2, weight: 3, role: held_out}
        """

    /// Knows `fall(asset=BTC)` and `sum`, and is told the line.
    private func read(_ text: String) throws -> CalibrationPlan {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try CalibrationPlan(file: path) { text, line, _ in
            let known = text.replacing(" ", with: "")
            guard ["fall(asset=BTC)", "sum"].contains(known) else {
                throw InputError(file: "plan", line: line, found: text, allowed: "fall or sum")
            }
            return known
        }
    }

    @Test func measuresAreAsTheyAreWrittenEverywhere() throws {
        let targets = try #require(try read(Self.plan).targets)
        #expect(targets.map(\.key) == ["fall(asset=BTC)", "sum"])
        #expect(targets.map(\.weight) == [1, 3] && targets.map(\.role) == ["fit", "held_out"])
        #expect(targets[0].miss(8) == 0.2 && targets[0].miss(14) == 0)
    }

    @Test(arguments: [
        ("measure: sum", "measure: some", ":5: found some"),
        ("measure: sum", "fact: sum", "an unknown key; allowed: measure, low, high, weight, role"),
        ("measure: sum, ", "", "no `measure`"), ("low: 9", "low: 15", "not above"),
        ("role: held_out", "role: out", "role `out`"),
    ])
    func faultsAreNamed(part: String, bad: String, mention: String) throws {
        let error = #expect(throws: InputError.self) { try read(Self.plan.replacing(part, with: bad)) }
        #expect(try #require(error).description.contains(mention), "\(error!)")
    }
}

import Foundation
import Testing

@Suite("Promises and their tests")
struct PromiseTests {
    private let repository = Repository()

    /// INVARIANTS.md names no test that is gone.
    @Test func everyTestThatIsNamedIsThere() throws {
        var sources = ""
        for path in repository.swiftFiles { sources += try repository.text(path) }
        let names = Self.tests(try repository.text("INVARIANTS.md"))
        #expect(names.count > 60)
        #expect(names.filter { !isThere($0, sources) } == [])
    }

    /// Every mutant finds what it breaks, and the test that shall notice it.
    @Test func everyMutantFindsItsPlace() throws {
        var tests = ""
        for path in repository.paths(below: "Tests", ending: ".swift") { tests += try repository.text(path) }
        let lines = try repository.text("scripts/mutants.tsv").split(separator: "\n").filter {
            !$0.hasPrefix("#")
        }
        #expect(lines.count > 80)
        var lost: [String] = []
        for line in lines {
            let cells = line.components(separatedBy: "\t")
            guard cells.count == 5, repository.exists(cells[1]),
                try repository.text(cells[1]).contains(cells[2])
            else {
                lost.append("\(cells.prefix(3))")
                continue
            }
            // Others are rows of worked examples and parts of a test's title.
            let name = cells[4].prefix { $0 != "(" }
            if name.allSatisfy(\.isLetter) && name.first?.isLowercase == true
                && !tests.contains("func \(name)(")
            {
                lost.append("no test \(name)")
            }
        }
        #expect(lost == [])
    }

    @Test func namesAreTaken() {
        #expect(
            Self.tests("| a | `FundFlowTests.every`, `run --twins`; `docs/a.md`, `VenueFuzz` |") == [
                "FundFlowTests.every", "VenueFuzz",
            ])
        #expect(!isThere("FundFlowTests.nothing", "struct FundFlowTests { func every() {} }"))
        #expect(isThere("FundFlowTests.every", "struct FundFlowTests { func every() {} }"))
    }

    /// What stands in backticks and is a name of Swift, a capital first.
    private static func tests(_ text: String) -> [String] {
        let parts = text.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }.map(
            \.element)
        return parts.filter { part in
            part.first?.isUppercase == true && part.contains { $0.isLowercase }
                && part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." }
        }
    }

    private func isThere(_ name: String, _ sources: String) -> Bool {
        let parts = name.components(separatedBy: ".")
        let owner = ["struct ", "enum ", "class ", "protocol "].contains { sources.contains($0 + parts[0]) }
        guard parts.count == 2 else { return owner || repository.exists("Tests/" + parts[0]) }
        let member = ["func ", "struct ", "var "].contains { sources.contains($0 + parts[1]) }
        return member && (owner || repository.exists("Tests/" + parts[0]))
    }
}

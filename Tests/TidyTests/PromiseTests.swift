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

import Primitives
import Testing

@Suite struct InputErrorTests {
    @Test func whatWasFoundIsOneShortLine() {
        let huge = String(repeating: "ž", count: 50_000_000)
        let error = InputError(file: "a.csv", line: 2, key: huge, found: huge, allowed: "less")
        #expect(error.found.count == InputError.longestFound + 1 && error.found.hasSuffix("…"))
        #expect(error.description.utf8.count < 1000)
        let moving = InputError(file: "a", found: "x\n\u{1B}[2Jy\u{202E}z\t", allowed: "a\nb")
        #expect(moving.found == "x\\n\\u{1b}[2Jy\\u{202e}z\\t" && moving.allowed == "a\\nb")
        #expect(InputError(file: "a", found: "žluť 1.5 %", allowed: "").found == "žluť 1.5 %")
    }

    @Test func aTextTooLongForANameHasNoNearest() {
        #expect(nearestName(to: String(repeating: "a", count: 50_000_000), among: ["a"]) == nil)
        #expect(nearestName(to: "accout", among: ["account", "cap"]) == "account")
    }
}

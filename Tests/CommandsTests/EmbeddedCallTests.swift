import Foundation
import Primitives
import Running
import Synchronization
import Testing

@testable import Commands

/// The command line inside another program: what a process would say comes back, and calls do not meet.
@Suite struct EmbeddedCallTests {
    @Test func resultsComeBack() throws {
        let call = EmbeddedCall(["scenarios", "list", "--json"])
        #expect(call.end.code == 0 && call.end.error == nil)
        let object = try JSONSerialization.jsonObject(with: Data(call.results.utf8)) as? [String: Any]
        #expect((object?["scenarios"] as? [Any])?.isEmpty == false)
        #expect(EmbeddedCall(["--version"]).results == Undertow.version + "\n")
        #expect(EmbeddedCall(["run", "--help"]).results.contains("USAGE"))
    }

    @Test(arguments: [
        (["rum"], "run"), (["run", "october-2026"], "october-2025"), (["run", "x", "--seed", "y"], nil),
        (["lab"], nil), (["sweep", "plan.yaml", "--out", "x"], nil), ([], nil),
    ])
    func faultsComeBackInParts(words: [String], nearest: String?) {
        let call = EmbeddedCall(words)
        // Without a verb the help is what there is to say.
        #expect(call.end.code == (words.isEmpty ? 0 : 2), "\(call)")
        #expect(call.end.error?.nearest == nearest)
    }

    /// What one call refuses while its words are read is told by no other.
    @Test func callsDoNotMeet() {
        let found = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 64) { i in
            let call = EmbeddedCall(["run", "october-2025-btc", "--seed", "x\(i)"])
            found.withLock { $0.append((call.end.error?.found ?? "nothing") + call.notes) }
        }
        #expect(Set(found.withLock { $0 }) == Set((0..<64).map { "`x\($0)`" }))
    }

    @Test func aRunIsCheckedAsTheCommandChecksIt() throws {
        let asked = EmbeddedCall.run(["october-2025-btc", "--seed", "4", "--set", "accounts.total=2000"])
        #expect(asked.run?.seed == 4)
        #expect(
            EmbeddedCall.run(["october-2025-btc", "--set", "accounts.totl=1"]).call.end.error?.nearest
                == "accounts.total")
        #expect(EmbeddedCall.run(["--help"]).run == nil)
    }

    @Test func stoppedItEndsLikeCtrlC() {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stop-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let told = Mutex<[Double]>([])
        let words = ["run", "october-2025-btc", "--json", "--record", "off", "--out", folder]
        let whole = EmbeddedCall(
            words, onProgress: { _, unit, done, total in told.withLock { $0 += [done / total] } })
        #expect(whole.end.code == 0)
        #expect(told.withLock { $0 }.allSatisfy { (0...1).contains($0) } && told.withLock { $0.last == 1 })
        #expect(EmbeddedCall(words, isStopped: { true }).end.code == 130)
    }
}

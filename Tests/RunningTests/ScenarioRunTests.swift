import Foundation
import Primitives
import Recording
import Scenarios
import Synchronization
import Testing

@testable import Running

@Suite("A run from its scenario to its folder")
struct ScenarioRunTests {
    /// Two hours are two hours of steps, whatever the scenario's window.
    @Test func countsTheRunThatIsAskedFor() throws {
        let scenario = try Scenario(ScenarioFile(named: "october-2025"))
        var run = ScenarioRun(scenario: scenario, seed: 1)
        #expect(run.steps == 86_400)
        run.until = SimTime(iso8601: "2025-10-10T22:00:00Z")
        #expect(run.steps == 7200)
        run.stopAt = SimTime(iso8601: "2025-10-10T20:10:00Z")
        #expect(run.steps == 600)
    }

    @Test func leavesAFolderThatSaysHowItWent() throws {
        try withFolder { out in
            var run = try smallRun()
            run.out = out
            var (steps, minutes): ([Double], [String]) = ([], [])
            let result = try run.execute(
                RunWatch(
                    onStep: { steps.append($0) },
                    onMinute: { time, hash in
                        minutes.append("\(time) \(hash)")
                        return true
                    }, page: { folder in "<p>\(try Manifest.read(folder: folder).status)</p>" }))
            let folder = try #require(result.folder).path
            let manifest = try Manifest.read(folder: folder)
            #expect(manifest.status == .finished && manifest.stateHash == result.summary.stateHash)
            #expect(steps == (1...60).map(Double.init))
            #expect(!result.isInterrupted && result.failure == nil)
            let hashes = try RecordedHashes(folder: folder).byMinute
            #expect(minutes == hashes.map { "\($0.key) \($0.value)" })
            let read = try MarketSummary(file: folder + "/summary.json")
            #expect(try read.json() == result.summary.json())
            func text(_ name: String) throws -> String {
                try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            }
            #expect(try text("summary.md") == result.report.markdown)
            // The page is drawn from a manifest that is finished.
            #expect(try text("report.html") == "<p>finished</p>")
        }
    }

    @Test func anInterruptedRunSaysSoAndHasNoPage() throws {
        try withFolder { out in
            var run = try smallRun(seconds: 120)
            run.out = out
            let steps = Mutex(0.0)
            let result = try run.execute(
                RunWatch(
                    onStep: { now in steps.withLock { $0 = now } },
                    isInterrupted: { steps.withLock { $0 >= 70 } }, page: { _ in "a page" }))
            let folder = try #require(result.folder).path
            let manifest = try Manifest.read(folder: folder)
            #expect(result.isInterrupted && manifest.status == .interrupted)
            #expect(manifest.simulatedUntilUtc == "2025-10-10T20:01:10Z")
            #expect(result.report.markdown.contains("**INTERRUPTED at 2025-10-10T20:01:10Z"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/report.html"))
            // What it simulated is what the run would have been until then.
            var again = try ScenarioRun(again: manifest, folder: folder)
            again.threads = 2
            #expect(try again.execute().summary.stateHash == result.summary.stateHash)
        }
    }

    /// Interrupted at any look while its world is built: no folder, nothing half done.
    @Test func aRunThatIsInterruptedBeforeItsFirstStepLeavesNothing() throws {
        var run = try smallRun(seconds: 120)
        let looks = Mutex(0)
        _ = try run.world(isInterrupted: {
            looks.withLock { $0 += 1 }
            return false
        })
        let all = looks.withLock { $0 }
        #expect(all >= 8)
        try withFolder { out in
            run.out = out
            for most in [0, 1, all / 2, all - 1] {
                looks.withLock { $0 = 0 }
                let watch = RunWatch(isInterrupted: {
                    looks.withLock {
                        $0 += 1
                        return $0 > most
                    }
                })
                #expect(throws: CancellationError.self) { try run.execute(watch) }
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: out)
            #expect(left.isEmpty)
        }
    }

    @Test func whoLooksOnMayEndIt() throws {
        var run = try smallRun(seconds: 180)
        run.record = .off
        let result = try run.execute(RunWatch(onMinute: { _, _ in false }))
        #expect(result.summary.steps == 60 && !result.isInterrupted && result.folder == nil)
    }

    @Test func aPageThatFailsIsInTheManifest() throws {
        try withFolder { out in
            var run = try smallRun()
            run.out = out
            let result = try run.execute(
                RunWatch(page: { throw InputError(file: $0, found: "no paper", allowed: "paper") }))
            #expect(result.failure?.contains("report.html could not be written") == true)
            let manifest = try Manifest.read(folder: try #require(result.folder).path)
            #expect(
                manifest.status == .failed && manifest.completeness.contains("every row of the run is there"))
        }
    }

    /// Whatever decides a run or its folder gives it another one.
    @Test func everyOptionIsInTheIdentity() throws {
        let run = try smallRun()
        let own = run.identity([:]).hex
        var changed: [(inout ScenarioRun) -> Void] = []
        changed.append { $0.seed += 1 }
        changed.append { $0.scale = 2 }
        changed.append { $0.until = nil }
        changed.append { $0.record = .minute }
        var hashes = changed.map { change in
            var other = run
            change(&other)
            return other.identity([:]).hex
        }
        hashes.append(run.identity(["a.csv": "00ff"]).hex)
        hashes.append(try smallRun(seconds: 60, ["news.move_pct=-21"]).identity([:]).hex)
        #expect(Set(hashes + [own]).count == hashes.count + 1)
        var same = run
        same.threads = 9
        #expect(same.identity([:]).hex == own)
    }
}

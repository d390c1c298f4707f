import Foundation
import Market
import Primitives
import Recording
import Running
import Scenarios
import Testing

@Suite("A run once more from its manifest")
struct RunAgainTests {
    /// Every option of the run is in its manifest, and comes back out of it: the same night, as long, as coarse.
    @Test func isTheSameRun() throws {
        try withFolder { folder in
            let file = folder + "/index.csv"
            try "open_time,open\n".write(toFile: file, atomically: true, encoding: .utf8)
            var run = try smallRun()
            run.seed = 7
            run.scale = 2
            run.threads = 3
            run.indexPathFile = file
            let inputs = [file: try ScenarioRun.contentHash(file)]
            let again = try ScenarioRun(again: run.manifest(inputs), folder: "a folder")
            #expect(again.seed == 7 && again.scale == 2 && again.threads == 3)
            #expect(again.until == run.until && again.indexPathFile == file && again.stopAt == nil)
            #expect(again.record == .off && again.out == nil)
            let first = try run.world()
            let second = try again.world()
            let hashes = (first.stateHash(), second.stateHash())
            #expect(hashes.0 == hashes.1)
            let ends = (second.end, again.lastMoment)
            #expect(ends.0 == ends.1)
        }
    }

    @Test func anInputThatChangedIsRefused() throws {
        try withFolder { folder in
            let file = folder + "/index.csv"
            try "one".write(toFile: file, atomically: true, encoding: .utf8)
            let manifest = try smallRun().manifest([file: ScenarioRun.contentHash(file)])
            _ = try ScenarioRun(again: manifest, folder: "a folder")
            try "other".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(throws: InputError.self) { try ScenarioRun(again: manifest, folder: "a folder") }
        }
    }

    @Test func endsWhereAnInterruptedOneEnded() throws {
        let run = ScenarioRun(scenario: try Scenario(ScenarioFile(named: "textbook-waterfall")), seed: 1)
        var manifest = run.manifest([:])
        manifest.status = .interrupted
        manifest.simulatedUntilUtc = "2025-01-01T00:07:09Z"
        let again = try ScenarioRun(again: manifest, folder: "a folder")
        #expect(again.lastMoment == SimTime(iso8601: "2025-01-01T00:07:09Z"))
        manifest.untilUtc = "soon"
        #expect(throws: InputError.self) { try ScenarioRun(again: manifest, folder: "a folder") }
    }
}

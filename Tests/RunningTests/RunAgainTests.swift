import Exchanges
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
            var text = "open_time,open,high,low,close\n"
            for minute in 0..<180 {
                let price = 120_000 - 200 * minute
                text += "\(1_760_126_400_000 + minute * 60_000),\(price),\(price),\(price),\(price)\n"
            }
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            var run = ScenarioRun(
                scenario: try Scenario(
                    ScenarioFile(named: "october-2025-btc", overrides: ["accounts.total=500"])), seed: 7)
            run.until = SimTime(iso8601: "2025-10-10T20:40:00Z")
            run.seed = 7
            run.scale = 2
            run.threads = 3
            run.indexPathFile = file
            let inputs = [file: try ScenarioRun.contentHash(file)]
            try run.scenario.export(to: folder + "/event")
            let again = try ScenarioRun(again: run.manifest(inputs), folder: folder)
            #expect(again.seed == 7 && again.scale == 2 && again.threads == 3)
            #expect(again.until == run.until && again.indexPathFile == file && again.stopAt == nil)
            #expect(again.record == .off && again.out == nil)
            var first = try run.world()
            var second = try again.world()
            for _ in 0..<600 {
                first.step()
                second.step()
            }
            let prices = (first.exchanges.views[0].index, second.exchanges.views[0].index)
            #expect(prices.0 == prices.1 && prices.1 < 119_000)
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
            let run = try smallRun()
            try run.scenario.export(to: folder + "/event")
            let manifest = try run.manifest([file: ScenarioRun.contentHash(file)])
            _ = try ScenarioRun(again: manifest, folder: folder)
            try "other".write(toFile: file, atomically: true, encoding: .utf8)
            #expect(throws: InputError.self) { try ScenarioRun(again: manifest, folder: folder) }
        }
    }

    @Test func endsWhereAnInterruptedOneEnded() throws {
        try withFolder { folder in try endsWhere(folder) }
    }

    private func endsWhere(_ folder: String) throws {
        let run = ScenarioRun(scenario: try Scenario(ScenarioFile(named: "textbook-waterfall")), seed: 1)
        try run.scenario.export(to: folder + "/event")
        var manifest = run.manifest([:])
        manifest.status = .interrupted
        manifest.simulatedUntilUtc = "2025-01-01T00:07:09Z"
        let again = try ScenarioRun(again: manifest, folder: folder)
        #expect(again.lastMoment == SimTime(iso8601: "2025-01-01T00:07:09Z"))
        manifest.untilUtc = "soon"
        #expect(throws: InputError.self) { try ScenarioRun(again: manifest, folder: folder) }
    }
}

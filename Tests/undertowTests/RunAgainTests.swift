import Exchanges
import Foundation
import Market
import Primitives
import Recording
import Scenarios
import Testing

@testable import undertow

@Suite("A run told again from its manifest")
struct RunAgainTests {
    /// Every option of the run is in its manifest, and comes back out of it: the same night, as long, as coarse.
    @Test func isTheSameRun() throws {
        let file = NSTemporaryDirectory() + "index-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: file) }
        var text = "open_time,open,high,low,close\n"
        for minute in 0..<180 {
            let price = 120_000 - 200 * minute
            text += "\(1_760_126_400_000 + minute * 60_000),\(price),\(price),\(price),\(price)\n"
        }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        var session = RunSession(
            scenario: try Scenario(
                ScenarioFile(named: "october-2025-btc", overrides: ["accounts.total=500"])),
            seed: 7)
        session.scale = 2
        session.threads = 3
        session.until = SimTime(iso8601: "2025-10-10T20:40:00Z")
        session.indexPathFile = file
        session.isQuiet = true
        let folder = NSTemporaryDirectory() + "again-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try session.scenario.export(to: folder + "/event")
        var first = try session.wholeMarket()
        let again = try RunSession(again: session.makeManifest(session.inputs()), folder: folder)
        #expect(again.seed == 7 && again.scale == 2 && again.threads == 3)
        #expect(again.until == session.until && again.indexPathFile == file && again.stopAt == nil)
        var second = try again.wholeMarket()
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

    @Test func endsWhereAnInterruptedOneEnded() throws {
        let session = RunSession(
            scenario: try Scenario(ScenarioFile(named: "textbook-waterfall")), seed: 1)
        let folder = NSTemporaryDirectory() + "again-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try session.scenario.export(to: folder + "/event")
        var manifest = session.makeManifest([:])
        manifest.status = .interrupted
        manifest.simulatedUntilUtc = "2025-01-01T00:07:09Z"
        let again = try RunSession(again: manifest, folder: folder)
        #expect(again.lastMoment == SimTime(iso8601: "2025-01-01T00:07:09Z"))
        manifest.untilUtc = "soon"
        #expect(throws: InputError.self) { try RunSession(again: manifest, folder: folder) }
    }
}

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
                ScenarioFile(named: "october-2025-btc", overrides: ["population.accounts=500"])),
            seed: 7)
        session.scale = 2
        session.threads = 3
        session.until = SimTime(iso8601: "2025-10-10T20:40:00Z")
        session.indexPathFile = file
        session.isQuiet = true
        let first = try session.world()
        let again = try RunSession(again: session.makeManifest(first.inputs), folder: "a folder")
        #expect(again.seed == 7 && again.scale == 2 && again.threads == 3)
        #expect(again.until == session.until && again.indexPathFile == file && again.stopAt == nil)
        let second = try again.world()
        let paths = (first.world.arenas[0].indexPath, second.world.arenas[0].indexPath)
        #expect(paths.0 == paths.1)
        #expect(paths.1.prefix(600).last! < 119_000)
        let hashes = (first.world.stateHash(), second.world.stateHash())
        #expect(hashes.0 == hashes.1)
        let ends = (second.world.end, again.lastMoment)
        #expect(ends.0 == ends.1)
    }

    @Test func endsWhereAnInterruptedOneEnded() throws {
        let session = RunSession(
            scenario: try Scenario(ScenarioFile(named: "textbook-waterfall")), seed: 1)
        var manifest = session.makeManifest([:])
        manifest.status = .interrupted
        manifest.simulatedUntilUtc = "2025-01-01T00:07:09Z"
        let again = try RunSession(again: manifest, folder: "a folder")
        #expect(again.lastMoment == SimTime(iso8601: "2025-01-01T00:07:09Z"))
        manifest.untilUtc = "soon"
        #expect(throws: InputError.self) { try RunSession(again: manifest, folder: "a folder") }
    }
}

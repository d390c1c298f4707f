import Foundation
import Primitives
import Recording
import Scenarios
import Testing

@testable import Validation

/// Runs are told of together only where they are runs of one thing.
@Suite("Runs that may be told of together")
struct AlikeRunsTests {
    private func run(
        _ seed: UInt64, _ overrides: [String] = [], change: (String) throws -> Void = { _ in }
    ) throws -> FinishedRun {
        var made = SyntheticRun()
        made.summary.seed = seed
        made.event = try Scenario(ScenarioFile(named: "textbook-waterfall", overrides: overrides))
        let folder = try made.folder()
        try change(folder)
        return try FinishedRun(folder: folder)
    }

    private func refusal(_ a: FinishedRun, _ b: FinishedRun) throws -> String {
        try #require(#expect(throws: InputError.self) { try AlikeRuns.check([a, b]) }).description
    }

    @Test func otherSeedsOfOneEvent() throws {
        try AlikeRuns.check([run(1), run(2), run(3)])
        try AlikeRuns.check([run(1)])
        // A number is the same however it is written.
        try AlikeRuns.check([
            run(1, ["liquidity.depth_1pct_usd=2e6"]), run(2, ["liquidity.depth_1pct_usd=2000000"]),
        ])
    }

    @Test func anotherSettingIsNamedWithBothRuns() throws {
        let (a, b) = (try run(1), try run(2, ["liquidity.depth_1pct_usd=3e6"]))
        let said = try refusal(a, b)
        for part in [a.folder, b.folder, "settings.liquidity.depth_1pct_usd", "`3e6`"] {
            #expect(said.contains(part), "\(said)")
        }
    }

    @Test func anotherTableIsNamed() throws {
        let a = try run(1)
        let b = try run(2) { folder in
            let file = folder + "/event/venues.csv"
            try (String(contentsOfFile: file, encoding: .utf8) + "# another\n")
                .write(toFile: file, atomically: true, encoding: .utf8)
        }
        let said = try refusal(a, b)
        #expect(said.contains(b.folder + "/event/venues.csv") && said.contains(a.folder), "\(said)")
        // What a run is set beside makes it no other.
        try AlikeRuns.check([
            a,
            run(2) {
                try "fact\n".write(toFile: $0 + "/event/facts.csv", atomically: true, encoding: .utf8)
            },
        ])
    }

    @Test func aRunTwice() throws {
        let a = try run(1)
        #expect(try refusal(a, a).contains("each run once"))
        #expect(try refusal(a, run(1)).contains("seed"))
    }
}

import Foundation
import LabCore
import Market
import Primitives
import Testing

/// A small market that is gone back in, forked, left and come back to.
@Suite(.serialized) struct LabTests {
    private static let recipe: Lab.Recipe = {
        var recipe = Lab.Recipe(scenario: "october-2025")
        recipe.seed = 5
        recipe.scale = 1
        recipe.settings = ["universe.assets=3", "accounts.total=6000", "news.time_utc=2025-10-10T20:02:00Z"]
        return recipe
    }()

    private static func at(_ seconds: Int64) -> SimTime { SimTime(seconds: 1_760_126_400 + seconds) }

    private static func hash(_ run: LabRun) async -> String? { await run.look { $0.stateHash().hex } }

    private static func lab(_ folder: LabFolder? = nil, _ most: Int = 8) throws -> Lab {
        var settings = Lab.Settings()
        (settings.folder, settings.mostRuns) = (folder, most)
        return try Lab(settings)
    }

    private static func folder() throws -> LabFolder {
        try LabFolder(
            FileManager.default.temporaryDirectory.appendingPathComponent("lab-\(UUID().uuidString)").path)
    }

    /// Where one has been is there again, from whichever side, in the state that was.
    @Test func goingBackIsExact() async throws {
        let lab = try Self.lab()
        let run = try await lab.open(Self.recipe, name: nil)
        var known: [Int64: String] = [:]
        for moment: Int64 in [0, 7, 60, 61, 150, 299] {
            await run.seek(to: Self.at(moment))
            known[moment] = await Self.hash(run)
        }
        for moment: Int64 in [150, 7, 299, 61, 0, 60] {
            await run.seek(to: Self.at(moment))
            #expect(await Self.hash(run) == known[moment], "\(moment)")
            #expect(
                run.minutes().allSatisfy { $0.seconds + 60 <= Self.at(moment).seconds },
                "nothing of the future")
        }
        try await lab.close(run.id)
    }

    /// A fork left alone stays its parent; one with a change does not, and its parent does not notice.
    @Test func forks() async throws {
        let lab = try Self.lab()
        let run = try await lab.open(Self.recipe, name: nil)
        await run.seek(to: Self.at(240))
        let whole = await Self.hash(run)
        let same = try await lab.fork(run.id, at: Self.at(100), name: nil, actions: [])
        let other = try await lab.fork(
            run.id, at: Self.at(100), name: "sold", actions: ["sell=BTC@binance:50e6"])
        for fork in [same, other] { await fork.seek(to: Self.at(240)) }
        #expect(await Self.hash(same) == whole)
        #expect(await Self.hash(other) != whole)
        #expect(await Self.hash(run) == whole)
        #expect(other.info.command.contains("--change '2025-10-10T20:01:40Z sell=BTC@binance:50e6'"))
        await other.seek(to: Self.at(0))
        #expect(other.frame.frame.seconds == Self.at(100).seconds, "no further back than its beginning")
        await #expect(throws: InputError.self) {
            try await lab.fork(run.id, at: nil, name: nil, actions: ["x=1"])
        }
        await #expect(throws: Lab.Refusal.self) { try await lab.fork(99, at: nil, name: nil, actions: []) }
    }

    /// Who asks for another moment does not wait for the first.
    @Test func theNewerRequestTakesOver() async throws {
        let lab = try Self.lab()
        let run = try await lab.open(Self.recipe, name: nil)
        async let far: Void = run.seek(to: Self.at(3600))
        try await Task.sleep(for: .milliseconds(50))
        await run.seek(to: Self.at(30))
        await far
        #expect(run.frame.frame.seconds == Self.at(30).seconds)
        run.play(at: nil)
        try await Task.sleep(for: .milliseconds(100))
        run.pause()
        await run.step(1)
        let step = run.frame.frame.step
        try await Task.sleep(for: .milliseconds(100))
        #expect(run.frame.frame.step == step && step > 31)
    }

    @Test func roomIsLimited() async throws {
        let lab = try Self.lab(nil, 1)
        _ = try await lab.open(Self.recipe, name: nil)
        await #expect(throws: Lab.Refusal.self) { try await lab.open(Self.recipe, name: nil) }
        var unknown = Self.recipe
        unknown.book = "nobody's"
        let other = try Self.lab()
        await #expect(throws: InputError.self) { try await other.open(unknown, name: nil) }
        #expect(await other.list().isEmpty)
    }

    /// A lab on the same folder has the runs, their changes and their state; one at a time has the folder.
    @Test func comingBack() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        var states: [Int: String?] = [:]
        do {
            let lab = try Self.lab(folder)
            #expect(throws: InputError.self) { try Self.lab(folder) }
            let run = try await lab.open(Self.recipe, name: "mine")
            await run.seek(to: Self.at(200))
            let fork = try await lab.fork(
                run.id, at: Self.at(90), name: "other", actions: ["rules.fund_multiple=2"])
            await fork.seek(to: Self.at(200))
            await run.seek(to: Self.at(130))
            for one in [run, fork] { states[one.id] = await Self.hash(one) }
        }
        try Data("no run".utf8).write(to: URL(fileURLWithPath: folder.path + "/runs/9.json"))
        let lab = try Self.lab(folder)
        let problems = await lab.comeBack()
        #expect(problems.count == 1 && problems[0].contains("9.json"))
        let runs = await lab.list()
        #expect(runs.map(\.name) == ["mine", "other"] && runs[1].info.changes.count == 1)
        for run in runs {
            #expect(await Self.hash(run) == states[run.id], "\(run.name)")
            #expect(run.frame.frame.note.contains("came back"))
            #expect(run.frame.frame.recordedUntil >= Self.at(180).seconds)
        }
        try await lab.close(runs[0].id)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/runs/\(runs[0].id).json"))
    }

    /// Answers come from forks; the run does not notice.
    @Test func questions() async throws {
        let lab = try Self.lab()
        let run = try await lab.open(Self.recipe, name: nil)
        await run.seek(to: Self.at(100))
        let before = await Self.hash(run)
        let all = Questions()
        let effect = try await all.ask(run, .effect(actions: ["sell=BTC@binance:100e6"], minutes: 1)) {}
        let bad = try await all.ask(run, .effect(actions: ["nothing"], minutes: 1)) {}
        let found = try await all.ask(
            run, .smallest(shock: .sale("BTC@binance"), observable: .fallPct, limit: 1, minutes: 1)
        ) {}
        for question in [effect, bad, found] {
            while !question.state.isDone { try await Task.sleep(for: .milliseconds(20)) }
        }
        let both = try #require(effect.state.effect)
        #expect(both.changed.lowestPct[0] < both.unchanged.lowestPct[0])
        #expect(bad.state.error?.contains("nothing") == true)
        let smallest = try #require(found.state.smallest)
        if let size = smallest.size {
            #expect(smallest.tries.contains { $0.size == size && $0.isBroken })
            #expect(smallest.tries.allSatisfy { !$0.isBroken || $0.size >= size })
        }
        #expect(await Self.hash(run) == before)
    }
}

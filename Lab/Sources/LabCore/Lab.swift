import Market
import Primitives
import Running
import Scenarios

/// All runs of a lab, and the memory they share.
public actor Lab {
    public private(set) var runs: [Int: LabRun] = [:]
    private var next = 1
    private let memoryMegabytes: Int
    private let mostRuns: Int

    /// - Parameter memoryMegabytes: what worlds and their checkpoints may have together; about, for it is measured by a copy.
    public init(memoryMegabytes: Int = 4096, mostRuns: Int = 8) {
        self.memoryMegabytes = memoryMegabytes
        self.mostRuns = mostRuns
    }

    /// Why a lab says no.
    public struct Refusal: Error, Sendable {
        public var text: String
        public init(_ text: String) { self.text = text }
    }

    public func list() -> [LabRun] { runs.keys.sorted().map { runs[$0]! } }

    /// A run at its first moment.
    ///
    /// - Throws: `InputError` for settings that cannot be, `Refusal` where there is no room.
    public func open(
        _ scenario: String, seed: UInt64, scale: Int, settings: [String], name: String?
    ) async throws -> LabRun {
        try checkRoom()
        let checked = try Scenario(ScenarioFile(named: scenario, overrides: settings))
        var run = ScenarioRun(scenario: checked, seed: seed)
        run.scale = scale
        let before = residentMegabytes() ?? 0
        let asked = run
        // Not here: who plays another run must not wait for this one.
        let built = try await Task.detached { LabRun.Copy(try asked.world(), []) }.value
        try checkRoom()
        // Others may have grown or shrunk meanwhile: never less than such a world was measured to take.
        let size = max(Self.leastMegabytes(run), Int((residentMegabytes() ?? 0) - before))
        return add(run, built.take(), [], name: name ?? checked.name, parent: nil, worldMegabytes: size)
    }

    /// Another future of a run from a moment that has been, with changes; the parent does not notice.
    ///
    /// - Parameters:
    ///   - time: nil for the present.
    ///   - actions: `key=value` as `RunChange` takes them, done at that moment.
    /// - Throws: `InputError` for a change that cannot be, `Refusal` for a run that is not there or no room.
    public func fork(_ id: Int, at time: SimTime?, name: String?, actions: [String]) async throws -> LabRun {
        guard let parent = runs[id] else { throw Refusal("no run \(id)") }
        try checkRoom()
        let copy = await parent.copy(at: time)
        // Others may have come meanwhile.
        try checkRoom()
        var world = copy.take()
        let step = world.steps
        let now = world.now
        var run = parent.run
        let asked = try actions.map { try RunChange(time: now, action: $0, file: "fork") }
        // What the parent had still to come is in the copy already.
        for change in try run.scenario.changes(asked, after: run.changes, for: world) {
            world.schedule(change)
        }
        run.changes += asked
        return add(
            run, world, copy.minutes, name: name ?? "\(parent.name) \(next)",
            parent: LabRun.Parent(run: id, step: step, time: now.description),
            worldMegabytes: sizes[id] ?? 64)
    }

    /// - Throws: `Refusal` for a run that is not there.
    public func close(_ id: Int) throws {
        guard let run = runs.removeValue(forKey: id) else { throw Refusal("no run \(id)") }
        sizes[id] = nil
        run.close()
        shareMemory()
    }

    // MARK: Memory

    private var sizes: [Int: Int] = [:]

    /// Books alone, then accounts: a world of 5.2 M of them takes 1.7 GB more.
    private static func leastMegabytes(_ run: ScenarioRun) -> Int {
        let assets = run.scenario.integer("universe.assets")
        let accounts = run.scenario.integer("accounts.total") / run.scale
        return 20 + assets * 3 + accounts / 3000
    }

    private func checkRoom() throws {
        guard runs.count < mostRuns else {
            throw Refusal("\(mostRuns) runs are open: delete one first")
        }
        let used = sizes.values.reduce(0) { $0 + 3 * $1 }
        guard used < memoryMegabytes else {
            throw Refusal(
                "\(used) of \(memoryMegabytes) MB are needed by the runs that are open: delete one, or start the lab with --memory"
            )
        }
    }

    private func add(
        _ run: ScenarioRun, _ world: consuming World, _ minutes: [MinuteFrame], name: String,
        parent: LabRun.Parent?, worldMegabytes: Int
    ) -> LabRun {
        let id = next
        next += 1
        sizes[id] = worldMegabytes
        let made = LabRun(
            id: id, name: name, parent: parent, run: run, world: world, minutes: minutes,
            mostCheckpoints: checkpoints(worldMegabytes))
        runs[id] = made
        shareMemory()
        return made
    }

    /// Each run has the same part of the memory, for checkpoints of its own size.
    private func checkpoints(_ megabytes: Int) -> Int {
        max(2, memoryMegabytes / max(1, runs.count) / max(1, megabytes) - 1)
    }

    private func shareMemory() {
        for (id, run) in runs { run.set(mostCheckpoints: checkpoints(sizes[id] ?? 64)) }
    }
}

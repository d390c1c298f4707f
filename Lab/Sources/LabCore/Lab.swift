import Foundation
import Market
import Primitives
import Recording
import Running
import Scenarios

/// All runs of a lab, and the memory they share.
public actor Lab {
    public private(set) var runs: [Int: LabRun] = [:]
    private var next = 1
    private let settings: Settings
    private let lock: FolderLock?
    public nonisolated let alerts: Alerts

    public struct Settings: Sendable {
        /// What worlds and their kept moments may have together; about, for it is measured by a copy.
        public var memoryMegabytes = 4096
        public var mostRuns = 8
        /// Where runs are written down; nil for a lab that forgets.
        public var folder: LabFolder?
        /// Books of own accounts that runs may carry in, by name: folders that `undertow import` made.
        public var books: [String: String] = [:]
        /// Addresses that alerts are sent to: nobody who only reaches the page chooses where this machine calls.
        public var webhooks: [URL] = []
        public init() {}
    }

    /// Opens a lab; runs that were written down come back, each on a thread of its own.
    ///
    /// - Throws: `InputError` where another lab has the folder.
    public init(_ settings: Settings) throws {
        self.settings = settings
        lock = try settings.folder.map { try FolderLock($0.path) }
        alerts = Alerts(folder: settings.folder, webhooks: settings.webhooks)
    }

    /// Why a lab says no.
    public struct Refusal: Error, Sendable {
        public var text: String
        public init(_ text: String) { self.text = text }
    }

    public func list() -> [LabRun] { runs.keys.sorted().map { runs[$0]! } }
    public nonisolated var books: [String] { settings.books.keys.sorted() }

    /// What `opens` takes.
    public struct Recipe: Sendable {
        public var scenario: String
        public var seed: UInt64 = 1
        public var scale = 50
        public var settings: [String] = []
        public var book: String?
        public init(scenario: String) { self.scenario = scenario }
    }

    private func run(_ recipe: Recipe) throws -> ScenarioRun {
        let checked = try Scenario(ScenarioFile(named: recipe.scenario, overrides: recipe.settings))
        var run = ScenarioRun(scenario: checked, seed: recipe.seed)
        run.scale = recipe.scale
        // A moment within a second has no name on a command line: every second must be a step's end.
        let step = checked.stepSeconds
        guard step == step.rounded() || (1 / step) == (1 / step).rounded() else {
            throw InputError(
                file: "settings", key: "window.step_seconds", found: "\(step)",
                allowed: "whole seconds, or a part that divides a second, in the lab")
        }
        if let book = recipe.book {
            guard let folder = settings.books[book] else {
                throw InputError(
                    file: "book", found: "`\(book.prefix(80))`",
                    allowed: books.isEmpty
                        ? "none: start the lab with --book FOLDER" : books.joined(separator: ", "),
                    nearest: nearestName(to: book, among: books))
            }
            run.bookFolder = folder
        }
        return run
    }

    /// A run at its first moment.
    ///
    /// - Throws: `InputError` for settings that cannot be, `Refusal` where there is no room.
    public func open(_ recipe: Recipe, name: String?) async throws -> LabRun {
        let run = try self.run(recipe)
        try checkRoom(for: Self.megabytes(run))
        // A place is taken before the world is made: who comes meanwhile sees it.
        let id = take(worldMegabytes: Self.megabytes(run))
        do {
            // Not here: who plays another run must not wait for this one.
            let built = try await computing("opening") { LabRun.Copy(try run.world()) }
            let world = built.take()
            let info = RunInfo(
                id: id, name: name ?? run.scenario.name, parent: nil, run: run, ownBook: recipe.book, world)
            return add(run, info, world, [])
        } catch {
            sizes[id] = nil
            throw error
        }
    }

    /// Another future of a run from a moment that has been, with changes; the parent does not notice.
    ///
    /// - Parameters:
    ///   - time: nil for the present.
    ///   - actions: `key=value` as `RunChange` takes them, done at that moment.
    /// - Throws: `InputError` for a change that cannot be, `Refusal` for a run that is not there or no room.
    public func fork(_ id: Int, at time: SimTime?, name: String?, actions: [String]) async throws -> LabRun {
        guard let parent = runs[id] else { throw Refusal("no run \(id)") }
        try checkRoom(for: Self.megabytes(parent.run))
        let mine = take(worldMegabytes: Self.megabytes(parent.run))
        do {
            guard let copy = await parent.copy(at: time) else { throw Refusal("run \(id) has no world") }
            var world = copy.take()
            let run = try Self.change(&world, of: parent.run, actions)
            let info = RunInfo(
                id: mine, name: name ?? "\(parent.name) \(mine)",
                parent: LabRun.Parent(run: id, step: world.steps, time: world.now.description), run: run,
                ownBook: parent.info.ownBook, world)
            return add(run, info, world, copy.minutes)
        } catch {
            sizes[mine] = nil
            throw error
        }
    }

    /// Changes a world now, and says which run that is.
    ///
    /// - Throws: `InputError` for a change that cannot be.
    static func change(_ world: inout World, of parent: ScenarioRun, _ actions: [String]) throws
        -> ScenarioRun
    {
        var run = parent
        let now = world.now
        let asked = try actions.map { try RunChange(time: now, action: $0, file: "fork") }
        // What the parent had still to come is in the copy already.
        for change in try run.scenario.changes(asked, after: run.changes, for: world) {
            world.schedule(change)
        }
        run.changes += asked
        return run
    }

    /// - Throws: `Refusal` for a run that is not there.
    public func close(_ id: Int) throws {
        guard let run = runs.removeValue(forKey: id) else { throw Refusal("no run \(id)") }
        sizes[id] = nil
        run.close()
        settings.folder?.remove(id)
        alerts.forget(id)
        shareMemory()
        // Its thread lets the world go first.
        Task.detached {
            try? await Task.sleep(for: .seconds(2))
            FreedMemory.giveBack()
        }
    }

    // MARK: Coming back

    /// Runs that were written down before the lab was stopped, in the state they were in: made anew from their recipes.
    ///
    /// - Returns: what could not be read, in words.
    public func comeBack() -> [String] {
        guard let folder = settings.folder else { return [] }
        let (saved, unread) = folder.runs()
        var problems = unread.map { "\(folder.path)/runs/\($0): no run of this version; left alone" }
        next = max(next, folder.largestNumber + 1)
        for one in saved {
            do { try comeBack(one) } catch let refusal as Refusal {
                problems.append("run \(one.info.id) is left in \(folder.path)/runs: \(refusal.text)")
            } catch {
                problems.append("run \(one.info.id) cannot be made again: \(error)")
            }
        }
        shareMemory()
        return problems
    }

    private func comeBack(_ saved: SavedRun) throws {
        let info = saved.info
        var recipe = Recipe(scenario: info.scenario)
        (recipe.seed, recipe.scale, recipe.settings) = (info.seed, info.scale, saved.settings)
        var run = try self.run(recipe)
        run.bookFolder = saved.book
        run.changes = try info.changes.map { try RunChange($0, file: "runs/\(info.id).json") }
        try checkRoom(for: Self.megabytes(run))
        sizes[info.id] = Self.megabytes(run)
        let asked = run
        runs[info.id] = LabRun(
            info: info, run: run, frame: saved.frame, mostCheckpoints: 2, folder: settings.folder,
            note: "coming back after the lab was stopped", onMinute: alerts.see
        ) { [alerts] made in
            let stage = try Self.replay(saved, asked, made)
            alerts.begin(info.id, stage.minutes)
            return stage
        }
    }

    /// Steps a world made anew to where it had been. At most the minute that was under way is lost, and that is said.
    private static func replay(_ saved: SavedRun, _ run: ScenarioRun, _ made: LabRun) throws -> Stage {
        made.say(doing: "making the world")
        var world = try run.world()
        var minutes: [MinuteFrame] = []
        let first = saved.info.parent?.step ?? 0
        while world.steps < first, !made.isOver {
            world.step()
            if world.minuteEnded != nil, let minute = MinuteFrame(world) { minutes.append(minute) }
            if world.steps % 60 == 0 { made.say(doing: "stepping to \(saved.info.parent?.time ?? "")") }
        }
        let stage = Stage(world, minutes: minutes, mostCheckpoints: made.moments)
        let recorded = saved.lastMinute.map { $0 + 60 } ?? saved.frame.seconds
        let isThere = { max(recorded, saved.frame.seconds) <= stage.world.now.seconds }
        while !isThere(), !stage.world.isFinished, !made.isOver {
            stage.step()
            if stage.world.steps % 60 == 0 {
                made.say(doing: "stepping to \(SimTime(seconds: recorded)), now \(stage.world.now)")
                stage.mostCheckpoints = made.moments
            }
        }
        let same = stage.minutes.last { $0.seconds == saved.lastMinute }?.hash == saved.lastHash
        if saved.frame.step < stage.world.steps { stage.seek(toStep: saved.frame.step) { !made.isOver } }
        made.adopt(stage.minutes)
        made.say(
            note: same
                ? "came back after the lab was stopped: at \(stage.world.now), recorded to \(SimTime(seconds: recorded)), the last minute's hash is the one written down; steps after that minute were not kept"
                : "came back, but the hash of its last minute is another: the program or its data have changed since"
        )
        return stage
    }

    // MARK: Memory

    private var sizes: [Int: Int] = [:]

    /// Of a world that goes on: books, then accounts. Measured: 300 MB of 657 books with 104,000 accounts; 1.7 GB more for
    /// 5.2 million.
    private static func megabytes(_ run: ScenarioRun) -> Int {
        let assets = run.scenario.integer("universe.assets")
        let accounts = run.scenario.integer("accounts.total") / run.scale
        return 20 + assets * 3 + accounts / 3000
    }

    /// Of a kept moment: measured 54 to 60 MB where the world has 300, most of it accounts and their triggers; a little more for
    /// the holes that freed ones leave.
    private static func keptMegabytes(_ world: Int) -> Int { max(1, world / 4) }

    /// - Parameter megabytes: of the world that is to come.
    private func checkRoom(for megabytes: Int) throws {
        guard sizes.count < settings.mostRuns else {
            throw Refusal("\(settings.mostRuns) runs are open: delete one first")
        }
        try checkMemory(for: megabytes)
    }

    private func checkMemory(for megabytes: Int) throws {
        // Each has its world, a copy on its way to a fork, and two moments; a question two worlds.
        let used = (Array(sizes.values) + [megabytes]).reduce(held.values.reduce(0, +)) {
            $0 + 2 * $1 + 2 * Self.keptMegabytes($1)
        }
        guard used <= settings.memoryMegabytes else {
            throw Refusal(
                "\(used) MB would be needed of \(settings.memoryMegabytes): delete a run, take a larger scale, or start the lab with --memory"
            )
        }
    }

    /// Memory of questions that are being answered, by place.
    private var held: [Int: Int] = [:]
    private var places = 0

    /// A place for the worlds of a question.
    ///
    /// - Throws: `Refusal` where there is no room.
    public func hold(for run: LabRun) throws -> Int {
        let megabytes = 2 * Self.megabytes(run.run)
        try checkMemory(for: megabytes / 4)
        places += 1
        held[places] = megabytes
        shareMemory()
        return places
    }

    public func release(_ place: Int) {
        held[place] = nil
        shareMemory()
    }

    private func take(worldMegabytes: Int) -> Int {
        let id = next
        next += 1
        sizes[id] = worldMegabytes
        return id
    }

    private func add(
        _ run: ScenarioRun, _ info: RunInfo, _ world: consuming World, _ minutes: [MinuteFrame]
    ) -> LabRun {
        var frame = Frame(world, run: info.id)
        frame.recordedUntil = max(frame.seconds, minutes.last.map { $0.seconds + 60 } ?? 0)
        let moments = self.moments(sizes[info.id] ?? 64)
        let box = LabRun.Copy(world, minutes)
        let made = LabRun(
            info: info, run: run, frame: frame, mostCheckpoints: moments, folder: settings.folder, note: "",
            onMinute: alerts.see
        ) { [alerts] made in
            made.adopt(box.minutes)
            alerts.begin(made.id, box.minutes)
            return Stage(box.take(), minutes: box.minutes, mostCheckpoints: moments)
        }
        runs[info.id] = made
        shareMemory()
        return made
    }

    /// Each run has the same part of the memory, for moments of its own size.
    private func moments(_ world: Int) -> Int {
        let free = settings.memoryMegabytes - held.values.reduce(0, +)
        let part = free / max(1, sizes.count)
        return max(2, (part - 2 * world) / Self.keptMegabytes(world))
    }

    private func shareMemory() {
        for (id, run) in runs { run.set(mostCheckpoints: moments(sizes[id] ?? 64)) }
    }
}

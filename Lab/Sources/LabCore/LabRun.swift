import Exchanges
import Foundation
import Market
import Primitives
import Running
import Scenarios

/// One world that is played, stopped, forked and looked into. A thread of its own owns the world; everybody else leaves jobs
/// there and reads what was published last.
public final class LabRun: @unchecked Sendable {
    public var id: Int { info.id }
    public var name: String { info.name }
    /// What the run is: scenario, seed, scale, and every change of it.
    public let run: ScenarioRun
    public let info: RunInfo

    // Guarded by `lock`; the stage by its thread alone.
    private let lock = NSCondition()
    private var jobs: [Job] = []
    private var isPlaying = false
    private var speed: Double? = 60
    private var isClosed = false
    /// Grows with everything that is asked to move: who began earlier gives up.
    private var intent = 0
    private var doing = ""
    private var note: String
    private var latest: Frame
    private var published: [MinuteFrame] = []
    private var version = 0
    private var mostCheckpoints: Int
    private let onMinute: @Sendable (LabRun, [MinuteFrame]) -> Void
    private let folder: LabFolder?
    private var lastSaved: SavedRun?

    /// - Parameters:
    ///   - frame: the present until the world is there.
    ///   - begin: makes the stage, on the run's own thread; may say what it does on the way.
    ///   - onMinute: told of minutes that are recorded for the first time.
    init(
        info: RunInfo, run: ScenarioRun, frame: Frame, mostCheckpoints: Int, folder: LabFolder?, note: String,
        onMinute: @escaping @Sendable (LabRun, [MinuteFrame]) -> Void,
        begin: @escaping @Sendable (LabRun) throws -> Stage
    ) {
        (self.info, self.run, self.folder, self.note) = (info, run, folder, note)
        (self.mostCheckpoints, self.onMinute) = (mostCheckpoints, onMinute)
        latest = frame
        let rows = info.majors.first.flatMap { run.scenario.event.record[$0] } ?? []
        recorded = Dictionary(rows.map { ($0.time.seconds, $0.usd) }, uniquingKeysWith: { $1 })
        let thread = Thread { [self] in
            do {
                let stage = try begin(self)
                self.stage = stage
                lock.withLock { stage.mostCheckpoints = self.mostCheckpoints }
                tell { doing = "" }
                publish()
                work()
            } catch {
                tell { (doing, self.note) = ("", "cannot be made again: \(error)") }
                end()
            }
        }
        thread.name = "run \(info.id)"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Touched by the run's thread alone.
    private var stage: Stage!

    // MARK: What anybody may ask

    /// The present, as published last; with a number that grows.
    public var frame: (frame: Frame, version: Int) {
        lock.withLock { (current(), version) }
    }

    private func current() -> Frame {
        var frame = latest
        frame.isPlaying = isPlaying
        frame.speed = speed
        frame.doing = doing
        frame.note = note
        return frame
    }

    /// The minutes that ended by the present moment, from one on.
    public func minutes(from first: Int64 = .min) -> [MinuteFrame] {
        let ended = lock.withLock {
            published.filter { $0.seconds >= first && $0.seconds + 60 <= latest.seconds }
        }
        return ended.map { minute in
            var minute = minute
            minute.recordedPrice = recorded[minute.seconds]
            return minute
        }
    }

    /// What was recorded of the first asset, by minute: beside the simulated one, and like it nothing of the future.
    private let recorded: [Int64: Double]

    public func play(at speed: Double?) {
        tell {
            intent += 1
            isPlaying = true
            self.speed = speed
        }
    }

    public func pause() {
        tell {
            intent += 1
            isPlaying = false
        }
        // Where it stands is written down.
        add({ [self] _ in publish() }, otherwise: {})
    }

    /// Some steps, or to a moment, then it stands still; comes back when it does, or when something newer was asked.
    public func step(_ count: Int) async {
        await move("stepping") { [self] stage, goesOn in
            stage.seek(toStep: stage.world.steps + max(1, count)) { goesOn() && shows(stage) }
        }
    }

    public func seek(to time: SimTime) async {
        let step = Int((time.seconds(since: run.scenario.start) / run.scenario.stepSeconds).rounded())
        await move("going to \(time)") { [self] stage, goesOn in
            stage.seek(toStep: max(0, step)) { goesOn() && shows(stage) }
        }
    }

    /// An answer from the world as it is, between two steps; nil where there is no world any more.
    ///
    /// - Parameter copies: whether the question makes worlds of its own, whose memory is to be given back.
    public func look<T: Sendable>(
        copies: Bool = false, _ question: @escaping @Sendable (borrowing World) -> T
    ) async -> T? {
        await withCheckedContinuation { answer in
            add(
                { stage in
                    if copies { stage.hasFreed = true }
                    answer.resume(returning: question(stage.world))
                }, otherwise: { answer.resume(returning: nil) }, isLook: true)
        }
    }

    /// A copy of the world at a moment that has been, with the minutes before it; nil where there is no world any more.
    func copy(at time: SimTime?) async -> Copy? {
        await withCheckedContinuation { answer in
            add(
                { stage in
                    let step = time.map {
                        Int(($0.seconds(since: stage.world.start) / stage.world.stepSeconds).rounded())
                    }
                    let recorded = Int(
                        (Double(stage.recordedUntil - stage.world.start.seconds) / stage.world.stepSeconds))
                    let world = stage.world(
                        atStep: min(step ?? stage.world.steps, max(recorded, stage.world.steps)))
                    let minutes = stage.minutes(until: world.now.seconds)
                    answer.resume(returning: Copy(world, minutes))
                }, otherwise: { answer.resume(returning: nil) },
                // Another moment has to be gone to first.
                isLook: time == nil)
        }
    }

    func close() {
        tell {
            intent += 1
            isClosed = true
        }
    }

    func set(mostCheckpoints: Int) {
        lock.withLock { self.mostCheckpoints = mostCheckpoints }
        add({ $0.mostCheckpoints = mostCheckpoints }, otherwise: {})
    }

    /// For whoever makes the stage.
    var moments: Int { lock.withLock { mostCheckpoints } }
    var isOver: Bool { lock.withLock { isClosed } }
    func say(doing: String) { tell { self.doing = doing } }
    func say(note: String) { tell { self.note = note } }

    private func tell(_ change: () -> Void) {
        lock.lock()
        change()
        version += 1
        lock.signal()
        lock.unlock()
    }

    private var hasEnded = false

    /// What is left for the run's thread; refused where there is no world any more.
    private struct Job {
        var work: (Stage) -> Void
        var refuse: () -> Void
        /// Changes nothing, so it may be done in the middle of a move.
        var isLook: Bool
    }

    private func add(
        _ work: @escaping (Stage) -> Void, otherwise refuse: @escaping () -> Void, isLook: Bool = false
    ) {
        let isTaken = lock.withLock {
            if hasEnded { return false }
            jobs.append(Job(work: work, refuse: refuse, isLook: isLook))
            lock.signal()
            return true
        }
        if !isTaken { refuse() }
    }

    /// Moves the world until it is done, something newer is asked, or who asked has gone.
    private func move(_ what: String, _ job: @escaping (Stage, () -> Bool) -> Void) async {
        let mine = lock.withLock {
            intent += 1
            isPlaying = false
            return intent
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { (answer: CheckedContinuation<Void, Never>) in
                add(
                    { [self] stage in
                        let goesOn = { [self] in lock.withLock { intent == mine } }
                        if goesOn() {
                            lock.withLock { doing = what }
                            job(stage, goesOn)
                            lock.withLock { doing = "" }
                            publish()
                        }
                        answer.resume()
                    }, otherwise: { answer.resume() })
            }
        } onCancel: {
            tell { if intent == mine { intent += 1 } }
        }
    }

    // MARK: The thread

    private static let frameSeconds = 1.0 / 30

    /// Publishes on the way, and answers who wants to look.
    private func shows(_ stage: Stage) -> Bool {
        guard ContinuousClock.now - lastPublished > .milliseconds(33) else { return true }
        publish()
        let looks = lock.withLock {
            let looks = jobs.filter(\.isLook)
            jobs.removeAll(where: \.isLook)
            return looks
        }
        for look in looks { look.work(stage) }
        return true
    }

    private var lastPublished = ContinuousClock.now

    private func publish() {
        let frame = Frame(stage.world, run: id)
        lastPublished = .now
        var fresh: [MinuteFrame] = []
        lock.withLock {
            let pace = latest.pace
            latest = frame
            latest.pace = pace
            latest.recordedUntil = stage.recordedUntil
            latest.keptMoments = stage.checkpoints.count
            latest.droppedMoments = stage.dropped
            if published.count < stage.minutes.count {
                fresh = Array(stage.minutes[published.count...])
                published.append(contentsOf: fresh)
            }
            version += 1
        }
        if !fresh.isEmpty { onMinute(self, fresh) }
        save()
    }

    /// Written when a minute was recorded or the present stands still somewhere else.
    private func save() {
        guard let folder else { return }
        let (frame, last, isMoving, isClosed) = lock.withLock {
            (current(), published.last, isPlaying || !doing.isEmpty, self.isClosed)
        }
        if isClosed { return }
        if let lastSaved, isMoving, lastSaved.lastMinute == last?.seconds,
            lastSaved.frame.seconds / 60 == frame.seconds / 60
        {
            return
        }
        let saved = SavedRun(
            info: info,
            settings: run.scenario.file.settings.filter { $0.value.file == "--set" }
                .map { "\($0.key)=\($0.value.text)" }.sorted(),
            book: run.bookFolder, frame: frame, lastMinute: last?.seconds, lastHash: last?.hash)
        if saved == lastSaved { return }
        lastSaved = saved
        // A full disk does not end the lab; what is lost is said.
        do { try folder.save(saved) } catch { lock.withLock { note = "cannot be kept: \(error)" } }
    }

    /// The minutes of a stage that was made anew are told to nobody.
    func adopt(_ minutes: [MinuteFrame]) { lock.withLock { published = minutes } }

    /// There is no world any more: whoever waits is let go.
    private func end() {
        let left = lock.withLock {
            hasEnded = true
            defer { jobs.removeAll() }
            return jobs
        }
        for job in left { job.refuse() }
        // What was written while it was being closed.
        if lock.withLock({ isClosed }) { folder?.remove(id) }
    }

    private func work() {
        var begun: (wall: ContinuousClock.Instant, seconds: Double, speed: Double?)?
        while true {
            lock.lock()
            while jobs.isEmpty && !isClosed && !(isPlaying && !stage.world.isFinished) {
                begun = nil
                isPlaying = false
                guard stage.hasFreed else {
                    lock.wait()
                    continue
                }
                // Worlds that went leave holes: given back once nobody has asked for a while.
                guard !lock.wait(until: Date(timeIntervalSinceNow: 1)), jobs.isEmpty, !isClosed else {
                    continue
                }
                lock.unlock()
                FreedMemory.giveBack()
                stage.hasFreed = false
                lock.lock()
            }
            if isClosed && jobs.isEmpty {
                lock.unlock()
                end()
                stage.forget()
                return
            }
            let job = jobs.isEmpty ? nil : jobs.removeFirst()
            let speed = self.speed
            lock.unlock()
            if let job {
                let before = stage.world.steps
                job.work(stage)
                // A look takes no time of the market's.
                if stage.world.steps != before { begun = nil }
                continue
            }
            if begun == nil || begun!.speed != speed {
                begun = (.now, stage.world.now.seconds(since: stage.world.start), speed)
            }
            playOn(begun!)
        }
    }

    private var paceFrom: (wall: ContinuousClock.Instant, seconds: Double)?

    /// Steps for at most a frame's time, and not past what the speed allows; waits where it is ahead.
    private func playOn(_ begun: (wall: ContinuousClock.Instant, seconds: Double, speed: Double?)) {
        let start = ContinuousClock.now
        let first = stage.world.steps
        func seconds() -> Double { stage.world.now.seconds(since: stage.world.start) }
        func due() -> Double {
            guard let speed = begun.speed else { return .infinity }
            return begun.seconds + (ContinuousClock.now - begun.wall).seconds * speed
        }
        while !stage.world.isFinished, seconds() + stage.world.stepSeconds <= due(),
            ContinuousClock.now - start < .milliseconds(33)
        {
            stage.step()
        }
        if stage.world.steps > first {
            // Over what was played since half a second ago, frames without a step among it.
            let from =
                paceFrom.flatMap { $0.wall >= begun.wall ? $0 : nil }
                ?? (wall: begun.wall, seconds: begun.seconds)
            let wall = (ContinuousClock.now - from.wall).seconds
            if wall > 0 { lock.withLock { latest.pace = (seconds() - from.seconds) / wall } }
            if wall > 0.5 { paceFrom = (.now, seconds()) }
            publish()
        }
        if stage.world.isFinished {
            tell { isPlaying = false }
            publish()
            return
        }
        let left = Self.frameSeconds - (ContinuousClock.now - start).seconds
        guard left > 0.001 else { return }
        lock.lock()
        if jobs.isEmpty && isPlaying && !isClosed { _ = lock.wait(until: Date(timeIntervalSinceNow: left)) }
        lock.unlock()
    }
}

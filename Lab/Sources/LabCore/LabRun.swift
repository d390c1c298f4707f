import Exchanges
import Foundation
import Market
import Primitives
import Running
import Scenarios

/// One world that is played, stopped, forked and looked into. A thread of its own owns the world; everybody else leaves jobs
/// there and reads what was published last.
public final class LabRun: @unchecked Sendable {
    public let id: Int
    public let name: String
    public let parent: Parent?
    /// What the run is: scenario, seed, scale, and every change of it.
    public let run: ScenarioRun
    public let info: RunInfo

    /// Where a fork left its parent.
    public struct Parent: Codable, Sendable, Equatable {
        public var run: Int
        public var step: Int
        public var time: String
    }

    // Guarded by `lock`; the stage by its thread alone.
    private let lock = NSCondition()
    private var jobs: [(Stage) -> Void] = []
    private var isPlaying = false
    private var speed: Double? = 60
    private var isClosed = false
    private var isCancelled = false
    private var doing = ""
    private var latest: Frame
    private var published: [MinuteFrame] = []
    private var version = 0
    private let stage: Stage

    init(
        id: Int, name: String, parent: Parent?, run: ScenarioRun, world: consuming World,
        minutes: [MinuteFrame], mostCheckpoints: Int
    ) {
        self.id = id
        self.name = name
        self.parent = parent
        self.run = run
        info = RunInfo(id: id, name: name, parent: parent, run: run, world)
        latest = Frame(world, run: id)
        published = minutes
        stage = Stage(world, minutes: minutes, mostCheckpoints: mostCheckpoints)
        latest.recordedUntil = stage.recordedUntil
        let thread = Thread { [self] in work() }
        thread.name = "run \(id)"
        thread.stackSize = 8 << 20
        thread.start()
    }

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
        return frame
    }

    /// The minutes that ended by the present moment, from one on.
    public func minutes(from first: Int64 = .min) -> [MinuteFrame] {
        lock.withLock { published.filter { $0.seconds >= first && $0.seconds + 60 <= latest.seconds } }
    }

    public func play(at speed: Double?) {
        tell {
            isPlaying = true
            self.speed = speed
        }
    }

    public func set(speed: Double?) { tell { self.speed = speed } }

    public func pause() {
        tell {
            isPlaying = false
            isCancelled = true
        }
    }

    /// Some steps, or to a moment, then it stands still; comes back when it does.
    public func step(_ count: Int) async {
        await ask("stepping") { [self] stage in
            stage.seek(toStep: stage.world.steps + max(1, count)) { goesOn(stage) }
        }
    }

    public func seek(to time: SimTime) async {
        let step = Int((time.seconds(since: run.scenario.start) / run.scenario.stepSeconds).rounded())
        await ask("going to \(time)") { [self] stage in
            stage.seek(toStep: max(0, step)) { goesOn(stage) }
        }
    }

    /// An answer from the world as it is, between two steps.
    public func look<T: Sendable>(_ question: @escaping @Sendable (borrowing World) -> T) async -> T {
        await withCheckedContinuation { answer in
            tell { jobs.append { stage in answer.resume(returning: question(stage.world)) } }
        }
    }

    /// A copy of the world at a moment that has been, with the minutes before it.
    func copy(at time: SimTime?) async -> Copy {
        await withCheckedContinuation { answer in
            tell {
                jobs.append { stage in
                    let step = time.map {
                        Int(($0.seconds(since: stage.world.start) / stage.world.stepSeconds).rounded())
                    }
                    let recorded = Int(
                        (Double(stage.recordedUntil - stage.world.start.seconds) / stage.world.stepSeconds))
                    let world = stage.world(
                        atStep: min(step ?? stage.world.steps, max(recorded, stage.world.steps)))
                    let minutes = stage.minutes(until: world.now.seconds)
                    answer.resume(returning: Copy(world, minutes))
                }
            }
        }
    }

    /// A world on its way from one thread to another.
    final class Copy: @unchecked Sendable {
        private var world: World?
        let minutes: [MinuteFrame]
        init(_ world: consuming World, _ minutes: [MinuteFrame]) {
            self.world = consume world
            self.minutes = minutes
        }
        func take() -> World {
            guard let taken = world.take() else { preconditionFailure("a copy is taken once") }
            return taken
        }
    }

    func close() { tell { isClosed = true } }

    func set(mostCheckpoints: Int) {
        tell { jobs.append { $0.mostCheckpoints = mostCheckpoints } }
    }

    private func tell(_ change: () -> Void) {
        lock.lock()
        change()
        version += 1
        lock.signal()
        lock.unlock()
    }

    private func ask(_ what: String, _ job: @escaping (Stage) -> Void) async {
        await withCheckedContinuation { (answer: CheckedContinuation<Void, Never>) in
            tell {
                isPlaying = false
                isCancelled = false
                jobs.append { [self] stage in
                    lock.withLock { doing = what }
                    job(stage)
                    lock.withLock { doing = "" }
                    publish()
                    answer.resume()
                }
            }
        }
    }

    // MARK: The thread

    private static let frameSeconds = 1.0 / 30

    /// Publishes on the way; false where somebody has said stop.
    private func goesOn(_ stage: Stage) -> Bool {
        if ContinuousClock.now - lastPublished > .milliseconds(33) { publish() }
        return lock.withLock { !isCancelled && !isClosed }
    }

    private var lastPublished = ContinuousClock.now

    private func publish() {
        let frame = Frame(stage.world, run: id)
        lastPublished = .now
        lock.withLock {
            let pace = latest.pace
            latest = frame
            latest.pace = pace
            latest.recordedUntil = stage.recordedUntil
            if published.count < stage.minutes.count {
                published.append(contentsOf: stage.minutes[published.count...])
            }
            version += 1
        }
    }

    private func work() {
        var begun: (wall: ContinuousClock.Instant, seconds: Double, speed: Double?)?
        while true {
            lock.lock()
            while jobs.isEmpty && !isClosed && !(isPlaying && !stage.world.isFinished) {
                begun = nil
                lock.wait()
            }
            if isClosed && jobs.isEmpty {
                // Who found the run before it was closed may still ask.
                if lock.wait(until: Date(timeIntervalSinceNow: 5)) || !jobs.isEmpty {
                    lock.unlock()
                    continue
                }
                lock.unlock()
                stage.forget()
                return
            }
            let job = jobs.isEmpty ? nil : jobs.removeFirst()
            let speed = self.speed
            lock.unlock()
            if let job {
                let before = stage.world.steps
                job(stage)
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

    /// Steps for at most a frame's time, and not past what the speed allows; waits where it is ahead.
    private func playOn(_ begun: (wall: ContinuousClock.Instant, seconds: Double, speed: Double?)) {
        let start = ContinuousClock.now
        let first = stage.world.steps
        func due() -> Double {
            guard let speed = begun.speed else { return .infinity }
            return begun.seconds + (ContinuousClock.now - begun.wall).seconds * speed
        }
        while !stage.world.isFinished,
            stage.world.now.seconds(since: stage.world.start) + stage.world.stepSeconds <= due(),
            ContinuousClock.now - start < .milliseconds(33)
        {
            stage.step()
        }
        let done = stage.world.steps - first
        if done > 0 {
            let wall = max((ContinuousClock.now - start).seconds, Self.frameSeconds)
            lock.withLock { latest.pace = Double(done) * stage.world.stepSeconds / wall }
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

import Market
import Primitives
import Running

/// The world of a run with what was kept of its past. One thread owns it.
final class Stage {
    var world: World
    private(set) var minutes: [MinuteFrame] = []
    /// Kept moments to go back to, the oldest first; the first moment is always among them.
    private(set) var checkpoints: [Checkpoint] = []
    /// At most so many are kept; the caller shares memory out.
    var mostCheckpoints: Int { didSet { trim() } }
    /// Checkpoints that had to go for want of memory.
    private(set) var dropped = 0

    /// Whether a world or a moment was let go since memory was last given back.
    var hasFreed = false

    /// A world is not copyable, so it stands in a box.
    final class Checkpoint {
        let world: KeptWorld
        init(_ world: borrowing World) { self.world = KeptWorld(world) }
        var step: Int { world.steps }
    }

    init(_ world: consuming World, minutes: [MinuteFrame] = [], mostCheckpoints: Int) {
        self.world = world
        self.minutes = minutes
        self.mostCheckpoints = mostCheckpoints
        checkpoints = [Checkpoint(self.world)]
    }

    var recordedUntil: Int64 {
        max(world.now.seconds, minutes.last.map { $0.seconds + 60 } ?? world.start.seconds)
    }

    /// One step, and what is kept of it.
    func step() {
        world.step()
        guard world.minuteEnded != nil, let minute = MinuteFrame(world) else { return }
        if let last = minutes.last, minute.seconds <= last.seconds {
            // Gone back, and the same minute again: it is the same, or the world is not what it says.
            let old = minutes.first { $0.seconds == minute.seconds }
            precondition(old == nil || old!.hash == minute.hash, "a restored world went another way")
        } else {
            minutes.append(minute)
        }
        if world.steps > checkpoints.last!.step { keep() }
    }

    /// Keeps the present moment; where there are too many, the one goes whose neighbours are nearest to each other.
    private func keep() {
        checkpoints.append(Checkpoint(world))
        trim()
    }

    private func trim() {
        while checkpoints.count > max(2, mostCheckpoints) {
            var best = (place: 1, gap: Int.max)
            for i in 1..<(checkpoints.count - 1) {
                let gap = checkpoints[i + 1].step - checkpoints[i - 1].step
                if gap < best.gap { best = (i, gap) }
            }
            checkpoints.remove(at: best.place)
            hasFreed = true
            dropped += 1
        }
    }

    /// Nobody will go back any more.
    func forget() { checkpoints = [] }

    /// The first moment that can be gone back to: a fork begins where it left its parent.
    var firstStep: Int { checkpoints[0].step }

    /// A world of its own at a moment that has been: from what was kept last before it.
    ///
    /// A moment within a second is the next whole one: a command line has no other.
    func world(atStep asked: Int) -> World {
        hasFreed = true
        let step = max(asked, firstStep)
        var copy = step == world.steps ? world.copy() : nearest(step)
        while copy.steps < step || copy.now.nanoseconds % 1_000_000_000 != 0 {
            if copy.isFinished { break }
            copy.step()
        }
        return copy
    }

    private func nearest(_ step: Int) -> World {
        checkpoints.last { $0.step <= step }!.world.live()
    }

    /// Goes to a moment that has been, or on to one that has not.
    func seek(toStep step: Int, while goesOn: () -> Bool) {
        guard goesOn() else { return }
        let step = max(step, firstStep)
        // From a kept moment where one is nearer: back, or ahead where somebody has been already.
        if step < world.steps || checkpoints.last(where: { $0.step <= step })!.step > world.steps {
            world = nearest(step)
            hasFreed = true
        }
        while world.steps < step, !world.isFinished, goesOn() { self.step() }
    }

    /// Minutes that ended by now: nothing of the future.
    func minutes(until seconds: Int64) -> [MinuteFrame] { minutes.filter { $0.seconds + 60 <= seconds } }
}

/// Compares two sequences of distinct states (equal neighbours count once) that mostly agree.
///
/// Both are walked side by side; equal states are partners. Where they differ, the nearest partners ahead are
/// looked for: skip the fewest states in total, at most `window` on either side (on a tie, the fewest of
/// ours).
/// What is skipped has no partner; if nothing ahead agrees, one state of each is skipped. The walk stops when
/// either sequence ends; what remains of the other beyond its last partner lies outside the overlap.
///
/// Compared = recorded states from the first to the end of the overlap; differing = recorded states without a
/// partner + ours without one. So one state too many or missing counts once, a wrong one twice.
struct ValueComparison {
    static let window = 64

    private(set) var result = ComparisonResult()
    private var ours = Queue()
    private var recorded = Queue()
    private var recordedEnded = false
    /// States without a partner since the last partners.
    private var looseOurs = 0
    private var looseRecorded = 0

    /// A queue that remembers how many it has let go.
    private struct Queue {
        private var states: [BestState] = []
        private var head = 0
        private var last: BestState?
        private(set) var taken = 0
        var count: Int { states.count - head }
        subscript(_ i: Int) -> BestState { states[head + i] }

        /// Adds a state unless it repeats the one before.
        mutating func append(_ state: BestState) {
            guard state != last else { return }
            last = state
            states.append(state)
        }
        /// Leaves `state` out should it come next.
        mutating func ignoreRepeats(of state: BestState) { last = state }
        mutating func drop(_ n: Int) {
            head += n
            taken += n
            if head > 4096 {
                states.removeFirst(head)
                head = 0
            }
        }
    }

    private let initial: BestState

    /// - Parameters:
    ///   - initial: the state before the first message. It belongs to the sequence only if it was recorded:
    ///     recorded states are those after a message.
    ///   - firstRecorded: the first recorded state, already taken from the file.
    init(initial: BestState, firstRecorded: BestState) {
        self.initial = initial
        recorded.append(firstRecorded)
        if initial == firstRecorded { ours.append(initial) } else { ours.ignoreRepeats(of: initial) }
    }

    mutating func push(_ state: BestState, _ expected: ExpectedStates) throws {
        ours.append(state)
        while ours.count > Self.window, try step(expected) {}
    }

    mutating func finish(_ expected: ExpectedStates) throws {
        // A stream that never changed the best prices stands in one state, and that one is compared.
        if ours.taken + ours.count == 0 {
            ours.ignoreRepeats(of: BestState(ask: -1))
            ours.append(initial)
        }
        while try step(expected) {}
        try fill(expected)
        let (oursEnded, theirsEnded) = (ours.count == 0, recorded.count == 0)
        // The sequence that ended is covered to its end, the other to its last partner.
        if oursEnded { result.differing += looseOurs }
        if theirsEnded {
            result.differing += looseRecorded
            result.compared += looseRecorded
        }
        if !oursEnded { result.note = "\(expected.path) ends before the messages do" }
        if !theirsEnded { result.note = "the messages end before \(expected.path) does" }
    }

    /// Reads until a window of recorded states lies ahead, or all that are left.
    private mutating func fill(_ expected: ExpectedStates) throws {
        while !recordedEnded && recorded.count <= Self.window {
            if let state = try expected.next() { recorded.append(state) } else { recordedEnded = true }
        }
    }

    /// Pairs or skips; false when either sequence has ended.
    private mutating func step(_ expected: ExpectedStates) throws -> Bool {
        try fill(expected)
        guard ours.count > 0, recorded.count > 0 else { return false }
        if ours[0] == recorded[0] {
            result.compared += 1 + looseRecorded
            result.differing += looseOurs + looseRecorded
            (looseOurs, looseRecorded) = (0, 0)
            ours.drop(1)
            recorded.drop(1)
            return true
        }
        let (a, b) = nearestPartners() ?? (1, 1)
        let missed = b > 0 ? "\(recorded[0])" : "nothing here"
        let extra = a > 0 ? "\(ours[0])" : "nothing here"
        let at = recorded.taken + 1
        result.differ(
            "distinct state \(at): expected \(missed); got \(extra) (\(b) and \(a) without partner)")
        looseOurs += a
        looseRecorded += b
        ours.drop(a)
        recorded.drop(b)
        return true
    }

    private func nearestPartners() -> (Int, Int)? {
        let (a, b) = (min(ours.count - 1, Self.window), min(recorded.count - 1, Self.window))
        guard a + b >= 1 else { return nil }
        for total in 1...(a + b) {
            for skipped in max(0, total - b)...min(total, a) where ours[skipped] == recorded[total - skipped]
            {
                return (skipped, total - skipped)
            }
        }
        return nil
    }
}

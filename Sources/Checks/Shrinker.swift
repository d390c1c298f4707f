import Primitives

/// The shortest list of commands, found by removing ever smaller pieces, that still fails (Zeller and
/// Hildebrandt 2002, without the complements).
public func shrink<Command>(_ commands: [Command], stillFails: ([Command]) -> Bool) -> [Command] {
    var current = commands
    var piece = max(1, current.count / 2)
    while true {
        var start = 0
        var removedAny = false
        while start < current.count {
            var candidate = current
            candidate.removeSubrange(start..<min(start + piece, current.count))
            if !candidate.isEmpty && stillFails(candidate) {
                current = candidate
                removedAny = true
            } else {
                start += piece
            }
        }
        if piece == 1 && !removedAny { return current }
        if !removedAny || piece > current.count { piece = max(1, piece / 2) }
    }
}

/// A disagreement between a fast path and its twin, or a broken invariant.
public struct Failure: Error, Sendable, CustomStringConvertible {
    public var what: String
    public var seed: UInt64
    /// The shrunken commands, one a line.
    public var commands: [String]
    public var description: String {
        "seed \(seed): \(what)\n" + commands.map { "  " + $0 }.joined(separator: "\n")
    }
}

/// Weights of the command kinds of one session: some are switched off at random and the rest reweighted, which
/// reaches states that uniform mixes never do (swarm testing).
struct Swarm {
    private let cumulative: [Double]
    init(kinds: Int, _ random: inout RandomStream) {
        var sum = 0.0
        var weights = (0..<kinds).map { _ in random.chance(0.25) ? 0 : random.exponential(mean: 1) }
        if weights.allSatisfy({ $0 == 0 }) { weights[0] = 1 }
        cumulative = weights.map {
            sum += $0
            return sum
        }
    }
    func pick(_ random: inout RandomStream) -> Int {
        let x = random.uniform() * cumulative.last!
        return cumulative.firstIndex { x < $0 } ?? cumulative.count - 1
    }
}

import Agents
import Exchanges
import Primitives

/// Copying the world, and hashing what it is.
extension World {
    /// An independent world at the same moment: both go on to the same hash, and what is done to one the other does not see.
    ///
    /// Flat memory is copied page by page, pages of zeros left out; everything else is a value. A strategy is one, too: it
    /// holds no reference to another or to the world.
    public func copy() -> World { World(copying: self, as: .live) }

    init(copying other: borrowing World, as kind: CopyKind) {
        exchanges = Exchanges(copying: other.exchanges, as: kind)
        strategies = other.strategies
        fundamentals = other.fundamentals
        lending = LendingSide(copying: other.lending)
        start = other.start
        end = other.end
        stepSeconds = other.stepSeconds
        steps = other.steps
        metrics = other.metrics
        minuteEnded = other.minuteEnded
        indices = other.indices
        venueIndices = other.venueIndices
        marks = other.marks
        changes = other.changes
        changed = other.changed
        usesFullScan = other.usesFullScan
        threads = other.threads
        parts = other.parts
    }

    /// A hash of what has happened so far and of the present prices, cheap enough for every minute: every clearing event, what
    /// everybody can see and every strategy is in it. Left out is what is as large as the population or the books: balances,
    /// positions, resting orders, and what each leveraged trader could still pay in.
    public func minuteHash() -> StateHash {
        var hash = metrics.hash
        exchanges.combineViews(into: &hash)
        for strategy in strategies { strategy.combineForMinute(into: &hash) }
        fundamentals.combine(into: &hash)
        indices.combine(into: &hash)
        marks.combine(into: &hash)
        venueIndices?.combine(into: &hash)
        hash.combine(changed.value)
        return hash
    }

    /// A hash of everything that decides how the world goes on, and of what it has recorded. When it ends, how long a step is
    /// and other settings that never change are not in it, nor is what says again what something else says.
    public func stateHash() -> StateHash {
        var hash = exchanges.stateHash()
        hash.combine(now)
        hash.combine(steps)
        for strategy in strategies { strategy.combine(into: &hash) }
        fundamentals.combine(into: &hash)
        indices.combine(into: &hash)
        marks.combine(into: &hash)
        venueIndices?.combine(into: &hash)
        lending.combine(into: &hash)
        hash.combine(changed.value)
        hash.combine(metrics.hash.value)
        return hash
    }
}

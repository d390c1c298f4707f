import Clearing
import OrderBook
import Primitives

/// A sleeper whose position could be closed if the book offered something.
struct BookSleeper: BitwiseCopyable {
    var scope: MarginScope
    /// Which of the scope's sleeps it is; 0 once it is known to be over.
    var sleep: Int32
    /// Of a position that stands alone: the price at which its equity is zero, ticks; nothing is sold beyond it.
    var worst: Int32
    /// With the mark outside of these nothing is sold: the scope does not fail, or the position is too small.
    var marks: MarkRange
    /// One whose price other positions or collateral move: looked up when it matters. 0 for one that stands alone.
    var position: Int32
    var since: SimTime
    var lots: Lots
}

/// The sleepers of one market and side that wait for its book, in the order in which they fell asleep.
///
/// Most are out of the book's reach, some for a day: blocks of them are passed over by what would reach any one of the block.
struct BookSleepers: ~Copyable {
    /// What reaches no sleeper of a block: a price worse than the worst of all, a mark outside of all their marks.
    private struct Block: BitwiseCopyable {
        var worst: Int32
        var marks: MarkRange

        func isReached(side: Side, price: Int32, mark: Int32) -> Bool {
            marks.lowest <= mark && mark <= marks.highest && (side == .sell ? price >= worst : price <= worst)
        }
    }
    private static var blockSize: Int { 64 }

    /// Of the forced order: a sell closes a long.
    let side: Side
    private var sleepers = Buffer<BookSleeper>(capacity: 1)
    private var blocks = Buffer<Block>(capacity: 1)
    /// As many as were left when those whose sleep is over were last taken out.
    private var kept = 0
    /// Looked at in this step.
    private var seen = 0

    init(side: Side) { self.side = side }

    init(copying other: borrowing BookSleepers) {
        side = other.side
        sleepers = Buffer(copying: other.sleepers)
        blocks = Buffer(copying: other.blocks)
        kept = other.kept
        seen = other.seen
    }

    subscript(i: Int) -> BookSleeper { sleepers[i] }

    /// Whether some were not looked at in this step.
    var hasUnseen: Bool { seen < sleepers.count }

    mutating func append(_ sleeper: BookSleeper) {
        sleepers.append(sleeper)
        if (sleepers.count - 1) % Self.blockSize == 0 { blocks.append(emptyBlock) }
        widen(blocks.count - 1, by: sleeper)
    }

    /// The next sleeper whom a price reaches by what is known of it, or nil.
    mutating func next(price: Int32, mark: Int32, now: SimTime) -> Int? {
        while seen < sleepers.count {
            if seen % Self.blockSize == 0,
                !blocks[seen / Self.blockSize].isReached(side: side, price: price, mark: mark)
            {
                seen = min(seen + Self.blockSize, sleepers.count)
                continue
            }
            let sleeper = sleepers[seen]
            seen += 1
            if sleeper.sleep != 0, sleeper.since != now, sleeper.marks.lowest <= mark,
                mark <= sleeper.marks.highest,
                side == .sell ? price >= sleeper.worst : price <= sleeper.worst
            {
                return seen - 1
            }
        }
        return nil
    }

    /// The sleep of one is over.
    mutating func forget(_ i: Int) {
        sleepers[i].sleep = 0
        let block = i / Self.blockSize
        blocks[block] = emptyBlock
        for j in block * Self.blockSize..<min((block + 1) * Self.blockSize, sleepers.count) {
            widen(block, by: sleepers[j])
        }
    }

    /// Begins a step: nobody has been looked at. Takes out those whose sleep is over, once they are as many as were kept.
    mutating func begin(_ isAsleep: (BookSleeper) -> Bool) {
        seen = 0
        if sleepers.count <= 2 * kept + 64 { return }
        let all = Buffer(copying: sleepers)
        sleepers.removeAll()
        blocks.removeAll()
        for i in 0..<all.count where all[i].sleep != 0 && isAsleep(all[i]) { append(all[i]) }
        kept = sleepers.count
    }

    private var emptyBlock: Block {
        Block(worst: side == .sell ? .max : 0, marks: MarkRange(lowest: .max, highest: 0))
    }

    private mutating func widen(_ block: Int, by sleeper: BookSleeper) {
        if sleeper.sleep == 0 { return }
        let worst = blocks[block].worst
        blocks[block].worst = side == .sell ? min(worst, sleeper.worst) : max(worst, sleeper.worst)
        blocks[block].marks.lowest = min(blocks[block].marks.lowest, sleeper.marks.lowest)
        blocks[block].marks.highest = max(blocks[block].marks.highest, sleeper.marks.highest)
    }

    /// The blocks follow from the sleepers.
    func combine(into hash: inout StateHash) {
        hash.combine(each: sleepers) {
            $0.combine(Int64($1.scope.number), Int64($1.sleep), Int64($1.worst))
            $0.combine(
                Int64($1.marks.lowest) << 32 | Int64($1.marks.highest), $1.since.nanoseconds, $1.lots.count)
            $0.combine(Int64($1.position), 0, 0)
        }
        hash.combine(kept)
    }
}

/// The order book of one instrument as the exchange's snapshots and changes give it.
///
/// Changes before the first snapshot and after a break in the sequence are held for the next snapshot, up to a bound;
/// a book with a break behind it keeps what it held and is `stale`: nothing is filled in.
struct FeedBook {
    enum Status: String, Codable, Sendable {
        /// No snapshot yet.
        case waiting
        /// Snapshot and every change since, as far as the exchange's numbers tell.
        case live
        /// As it stood before a gap.
        case stale
    }

    struct Update: Sendable {
        var bids: [FeedLevel]
        var asks: [FeedLevel]
        var sequence: FeedSequence
        /// The topic, where an exchange has several for books of one instrument.
        var source = ""
    }

    struct Snapshot: Sendable {
        var bids: [FeedLevel]
        var asks: [FeedLevel]
        /// The last change in it.
        var last: Int64?
        /// It came in the stream, so that the next message follows it; otherwise it was asked for, and may be older
        /// than the stream.
        var inStream: Bool
        var source = ""
    }

    /// What became of a message.
    struct Outcome {
        var applied = 0
        var older = 0
        /// Updates after which the best bid was not below the best ask.
        var crossed = 0
        var breaks: [(expected: Int64, found: Int64, ids: Int64)] = []
        var overflowed = false
        /// Ids the book stood at, one after the other, each with the best prices.
        var passed: [FeedTop] = []
    }

    let most: Int
    private(set) var bids = FeedLadder(isBids: true)
    private(set) var asks = FeedLadder(isBids: false)
    private(set) var status = Status.waiting
    /// The last change in the book.
    private(set) var last: Int64?
    private var atSnapshot = false
    /// The last change the stream told of, in the book or not.
    private var heard: Int64?
    private var held: [(update: Update, broken: Bool)] = []
    private var heldLevels = 0
    /// Whether the stream's numbers would show a lost message.
    private(set) var showsLoss = true

    /// - Parameter most: levels a side.
    init(most: Int) { self.most = most }

    var top: FeedTop { FeedTop(id: last, bid: bids.best, ask: asks.best) }

    /// From here on the book is not what the exchange has.
    mutating func markStale() { if status == .live { status = .stale } }

    mutating func take(_ snapshot: Snapshot) -> Outcome {
        var outcome = Outcome()
        if !snapshot.inStream, status == .live, let last, let new = snapshot.last, new < last {
            outcome.older = 1
            return outcome
        }
        let wholeBids = bids.replace(with: snapshot.bids, most: most)
        let wholeAsks = asks.replace(with: snapshot.asks, most: most)
        status = .live
        (last, atSnapshot) = (snapshot.last, !snapshot.inStream)
        if !(wholeBids && wholeAsks) { overflow(&outcome) }
        note(&outcome)
        if snapshot.inStream {
            heard = snapshot.last
            drop()
        } else {
            let waiting = held
            drop()
            for (update, broken) in waiting { place(update, broken: broken, &outcome) }
        }
        return outcome
    }

    mutating func take(_ update: Update) -> Outcome {
        var outcome = Outcome()
        var broken = false
        if let heard {
            switch update.sequence.place(afterMessage: heard) {
            case .follows: break
            case .older:
                outcome.older = 1
                return outcome
            case .breaks(let expected, let found, let ids):
                outcome.breaks.append((expected, found, ids))
                broken = true
            }
        }
        if let new = update.sequence.last { heard = new }
        showsLoss = update.sequence.showsLoss
        place(update, broken: broken, &outcome)
        return outcome
    }

    private mutating func place(_ update: Update, broken: Bool, _ outcome: inout Outcome) {
        guard status == .live else { return hold(update, broken) }
        let position: FeedSequence.Place =
            if let last {
                atSnapshot
                    ? update.sequence.place(afterSnapshot: last) : update.sequence.place(afterMessage: last)
            } else { .follows }
        switch position {
        case .older: outcome.older += 1
        case .breaks(let expected, let found, let ids):
            if !broken { outcome.breaks.append((expected, found, ids)) }
            status = .stale
            hold(update, broken)
        case .follows: apply(update, &outcome)
        }
    }

    private mutating func apply(_ update: Update, _ outcome: inout Outcome) {
        var whole = true
        for level in update.bids { whole = bids.set(level, most: most) && whole }
        for level in update.asks { whole = asks.set(level, most: most) && whole }
        if let new = update.sequence.last { (last, atSnapshot) = (new, false) }
        outcome.applied += 1
        if !whole { overflow(&outcome) }
        note(&outcome)
    }

    /// More levels than are kept: the book is not whole any more.
    private mutating func overflow(_ outcome: inout Outcome) {
        status = .stale
        outcome.overflowed = true
    }

    private mutating func note(_ outcome: inout Outcome) {
        let top = self.top
        if top.isCrossed { outcome.crossed += 1 }
        outcome.passed.append(top)
    }

    static let mostHeld = 4096
    static let mostHeldLevels = 100_000

    private mutating func hold(_ update: Update, _ broken: Bool) {
        held.append((update, broken))
        heldLevels += update.bids.count + update.asks.count
        // The first ones are of no use to a late snapshot; half at a time, because each removal moves the rest.
        while held.count > Self.mostHeld || (heldLevels > Self.mostHeldLevels && held.count > 1) {
            held.removeFirst((held.count + 1) / 2)
            heldLevels = held.reduce(0) { $0 + $1.update.bids.count + $1.update.asks.count }
        }
    }

    private mutating func drop() {
        held.removeAll()
        heldLevels = 0
    }
}

/// The best prices of a book, and the exchange's number they stood at.
public struct FeedTop: Codable, Equatable, Sendable {
    /// The last change in it; nil where the exchange gives none.
    public var id: Int64?
    public var bid: FeedLevel?
    public var ask: FeedLevel?
}

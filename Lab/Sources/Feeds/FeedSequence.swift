/// How an exchange numbers the changes of a book, with one message's numbers.
enum FeedSequence: Sendable, Equatable {
    /// The message holds the changes `first` to `last`; the next begins at `last` + 1 (Binance spot).
    case range(first: Int64, last: Int64)
    /// The message holds what came after `previous`, up to `last`; the next names this `last` as its `previous`
    /// (Binance futures, OKX). Numbers between may belong to other instruments.
    case after(previous: Int64, last: Int64)
    /// Numbered one by one (Bybit v5, Kraken).
    case next(Int64)
    /// A number or time that only grows: a lost message leaves no trace (Bybit before v5, Bitstamp).
    case growing(Int64)
    /// No number at all (Coinbase level2).
    case none

    /// The last change in the message.
    var last: Int64? {
        switch self {
        case .range(_, let last), .after(_, let last): last
        case .next(let id), .growing(let id): id
        case .none: nil
        }
    }

    /// Whether a lost message would show.
    var showsLoss: Bool {
        switch self {
        case .range, .after, .next: true
        case .growing, .none: false
        }
    }

    enum Place: Equatable {
        case follows
        /// All of it is known already.
        case older
        /// Something is missing between, `ids` of the exchange's numbers at most.
        case breaks(expected: Int64, found: Int64, ids: Int64)
    }

    /// Where the message stands after a stream's message whose last change was `known`.
    func place(afterMessage known: Int64) -> Place {
        switch self {
        case .range(let first, let last):
            if last <= known { return .older }
            if first == known + 1 { return .follows }
            return .breaks(expected: known + 1, found: first, ids: max(0, first - known - 1))
        case .after(let previous, let last):
            if previous == known { return .follows }
            // OKX begins its numbers anew after maintenance; the message still names the one before it.
            if last <= known { return .older }
            return .breaks(expected: known, found: previous, ids: max(0, previous - known))
        case .next(let id):
            if id <= known { return .older }
            if id == known + 1 { return .follows }
            return .breaks(expected: known + 1, found: id, ids: id - known - 1)
        case .growing(let id): return id > known ? .follows : .older
        case .none: return .follows
        }
    }

    /// Where the message stands after a snapshot up to `known`, whose place in the stream is not a message's end.
    func place(afterSnapshot known: Int64) -> Place {
        switch self {
        case .range(let first, let last):
            if last <= known { return .older }
            if first <= known + 1 { return .follows }
            return .breaks(expected: known + 1, found: first, ids: first - known - 1)
        case .after(let previous, let last):
            // Up to `last` equal to the snapshot's: Binance asks to begin with that message, which changes nothing.
            if last < known { return .older }
            if previous <= known { return .follows }
            return .breaks(expected: known, found: previous, ids: previous - known)
        case .next, .growing, .none: return place(afterMessage: known)
        }
    }
}

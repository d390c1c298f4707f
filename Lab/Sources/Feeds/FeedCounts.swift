/// What a session has seen. Times are nanoseconds since 1970 in UTC.
public struct FeedCounts: Codable, Equatable, Sendable {
    /// Lines that are a message or a reply, readable or not.
    public var messages = 0
    /// What a recorder wrote beside the messages: what the client sent, openings, empty lines.
    public var asides = 0
    /// Snapshots of a book, taken or older than it.
    public var snapshots = 0
    /// Changes of a book, whatever became of them.
    public var updates = 0
    /// Updates a book took.
    public var applied = 0
    /// Updates and snapshots dropped because the book had all of them.
    public var older = 0
    /// Updates that no book took, because no snapshot came before or after them, or a gap stands before them.
    public var unplaced: Int { updates - applied - olderUpdates - refusedUpdates }
    /// Those of `older` that are updates.
    public var olderUpdates = 0
    /// Updates of an instrument or of a topic that is not followed.
    public var refusedUpdates = 0
    public var trades = 0
    public var liquidations = 0
    public var funding = 0
    public var tickers = 0
    /// Trades and forced orders of before the client listened, told again when it subscribed.
    public var history = 0
    /// Of every kind; a session's list holds the first.
    public var gaps = 0
    public var sequenceGaps = 0
    public var silences = 0
    /// Snapshots and updates after which a book's best bid was not below its best ask.
    public var crossed = 0
    /// Messages received before the one that stands before them.
    public var outOfOrder = 0
    /// Messages of a type that is not read.
    public var unknown = 0
    /// Messages and lines that could not be read.
    public var malformed = 0
    /// Tickers whose number is one the book stood at: best prices equal to the book's, and different.
    public var tickersEqual = 0
    public var tickersDifferent = 0
    /// Those of `tickersEqual` whose quantities differ.
    public var tickerQuantitiesDifferent = 0
    /// Tickers without a number, against the book as it stood: a difference may be one of time alone.
    public var standingEqual = 0
    public var standingDifferent = 0
    /// Messages of instruments beyond the bound, and books that met the bound of levels.
    public var instrumentsRefused = 0
    public var booksOverflowed = 0
    /// Messages of a second topic for an instrument's book: the first is followed.
    public var topicsRefused = 0
    /// When the first and the last message were received.
    public var firstTime: Int64?
    public var lastTime: Int64?

    public init() {}
}

/// The first lines of those that could not be read.
public struct FeedMalformed: Codable, Equatable, Sendable {
    /// The capture's file, or where a live line came from.
    public var file: String
    /// From 1; 0 for a live line.
    public var line: Int
    public var reason: String
}

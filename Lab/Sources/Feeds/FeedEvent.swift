/// The side that took, or the side of a position.
public enum FeedSide: String, Codable, Sendable { case buy, sell }

/// A trade as the exchange told it. Times are nanoseconds since 1970 in UTC.
public struct FeedTrade: Codable, Equatable, Sendable {
    public var instrument: String
    /// In the quote currency per coin.
    public var price: FeedNumber
    /// In coins, or in contracts where the exchange trades those.
    public var quantity: FeedNumber
    /// The side of the order that took what rested.
    public var taker: FeedSide
    /// The exchange's time of the trade; nil where it gives none.
    public var time: Int64?

    public init(
        instrument: String, price: FeedNumber, quantity: FeedNumber, taker: FeedSide, time: Int64? = nil
    ) {
        (self.instrument, self.price, self.quantity) = (instrument, price, quantity)
        (self.taker, self.time) = (taker, time)
    }
}

/// A forced order as the exchange told it. Times are nanoseconds since 1970 in UTC.
public struct FeedLiquidation: Codable, Equatable, Sendable {
    public enum Position: String, Codable, Sendable { case long, short }

    public var instrument: String
    /// The position that was closed.
    public var position: Position
    /// Average fill price where the exchange tells it, else the order's price: often that of bankruptcy.
    public var price: FeedNumber
    /// In coins or contracts.
    public var quantity: FeedNumber
    public var time: Int64?
    /// The most the stream shows of an instrument in a second.
    public var shown: LiquidationThrottle

    public init(
        instrument: String, position: Position, price: FeedNumber, quantity: FeedNumber, time: Int64? = nil,
        shown: LiquidationThrottle
    ) {
        (self.instrument, self.position, self.price) = (instrument, position, price)
        (self.quantity, self.time, self.shown) = (quantity, time, shown)
    }
}

/// What part of its forced orders a stream shows.
public enum LiquidationThrottle: String, Codable, Sendable {
    /// Every one (Bybit `allLiquidation`).
    case every
    /// At most one per instrument and second, the largest (Binance).
    case largestEachSecond
    /// At most one per instrument and second, the newest (OKX in older documentation, Bybit `liquidation`).
    case newestEachSecond
}

/// Mark, index and funding of one instrument; what a message does not tell is nil, or in a session what was told before.
public struct FeedFunding: Codable, Equatable, Sendable {
    public var instrument: String
    public var mark: FeedNumber?
    public var index: FeedNumber?
    /// Of the funding period, as a part of one.
    public var rate: FeedNumber?
    /// Nanoseconds since 1970, UTC.
    public var nextTime: Int64?

    init(
        _ instrument: String, mark: FeedNumber? = nil, index: FeedNumber? = nil, rate: FeedNumber? = nil,
        nextTime: Int64? = nil
    ) {
        self.instrument = instrument
        self.mark = mark
        self.index = index
        self.rate = rate
        self.nextTime = nextTime
    }

    mutating func add(_ new: FeedFunding) {
        mark = new.mark ?? mark
        index = new.index ?? index
        rate = new.rate ?? rate
        nextTime = new.nextTime ?? nextTime
    }
}

/// A place where something is missing. What was missing is not filled in.
public struct FeedGap: Codable, Equatable, Sendable {
    public enum Kind: String, Codable, Sendable {
        /// The exchange's numbers jump: the book is stale until the next snapshot.
        case sequence
        /// Nothing was received for longer than the session allows.
        case silence
        /// A change of a book could not be read, in a stream whose numbers would not show its loss.
        case unreadable
        /// The book has more levels than are kept.
        case levels
    }

    public var kind: Kind
    /// Nil where the whole stream is meant.
    public var instrument: String?
    /// When it was noticed, in nanoseconds since 1970.
    public var time: Int64
    /// The exchange's numbers.
    public var expected: Int64?
    public var found: Int64?
    /// The exchange's numbers that are missing, at most; of a silence its nanoseconds.
    public var missing: Int64?
}

/// What one line did.
public enum FeedEvent: Equatable, Sendable {
    /// A book's best prices after the line; whether the book is whole.
    case book(instrument: String, top: FeedTop, isLive: Bool)
    case trade(FeedTrade)
    case liquidation(FeedLiquidation)
    /// With what earlier messages told of the instrument.
    case funding(FeedFunding)
    /// The exchange's own best prices.
    case ticker(instrument: String, top: FeedTop)
    case gap(FeedGap)
    /// A message of a type that is not read, or of one that has nothing to show.
    case unknown(type: String)
    case malformed(reason: String)
}

/// How much a session keeps. Where a bound is met, the counts say so.
public struct FeedLimits: Sendable {
    /// Instruments followed.
    public var instruments = 2000
    /// Levels of a book, both sides together.
    public var levels = 200_000
    /// Trades, forced orders and gaps kept for showing.
    public var trades = 200
    public var liquidations = 200
    public var gaps = 500
    /// Malformed lines kept, and names of unknown types.
    public var malformed = 20
    public var unknownTypes = 100
    /// Bytes of a message.
    public var message = 16 << 20
    /// Seconds without a message that are a gap in time.
    public var silence = 10.0

    public init() {}
}

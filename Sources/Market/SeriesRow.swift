import Primitives

/// One market over one calendar minute (or second).
public struct SeriesRow: Sendable, Hashable {
    /// Start of the minute; for a row per second, its moment.
    public var time: SimTime
    public var market: Int32
    public var indexUSD: Double = 0
    public var markUSD: Double = 0
    /// Mid of this venue's book, 0 when a side is empty.
    public var midUSD: Double = 0
    public var lowestTradeUSD: Double = 0
    public var liquidatedLongUSD: Double = 0
    public var liquidatedShortUSD: Double = 0
    public var vaultTakeoverUSD: Double = 0
    public var deleveragedUSD: Double = 0
    public var marginCalls = 0
    public var liquidationEvents = 0
    public var deleveragingEvents = 0
    /// At the end of the interval.
    public var bidDepth1PctUSD: Double = 0
    public var askDepth1PctUSD: Double = 0
    public var openInterestUSD: Double = 0
    public var vaultEquityUSD: Double = 0
    public var fundEquityUSD: Double = 0
    public var makerPresence: Double = 0
}

import Primitives

/// One minute of the whole market; `liquidated` and `reported` by perpetual exchange, dollars.
public struct MarketMinute: Sendable {
    public var time: SimTime
    public var liquidatedLong: [Double]
    public var liquidatedShort: [Double]
    public var reportedLong: [Double]
    public var reportedShort: [Double]
    public var openInterest: [Double]
    public var deleveraged = 0.0
    public var filledInBooks = 0.0
    public var takeovers = 0.0
    public var marginCalls = 0
    public var makerCapitalLeft = 1.0
    public var makerProfitUSD = 0.0
    public var caution = 0.0
    /// Dollars closed by force that are owed to earlier forced sales.
    public var causedByForced = 0.0
    /// The reference asset's index at the end of the minute.
    public var referenceUSD = 0.0
    public var bitcoinDepthUSD = 0.0
    /// Median over Bitcoin's books of (ask - bid) / mid at the end of the minute, basis points; nil where no book has both.
    public var bitcoinSpreadBp: Double?

    init(time: SimTime, exchanges: Int) {
        self.time = time
        let none = [Double](repeating: 0, count: exchanges)
        (liquidatedLong, liquidatedShort, reportedLong, reportedShort, openInterest) = (
            none, none, none, none, none
        )
    }

    public var liquidatedUSD: Double { liquidatedLong.reduce(0, +) + liquidatedShort.reduce(0, +) }
}

/// One minute of one book.
public struct BookRow: Sendable, BitwiseCopyable {
    /// 0 while a side is empty.
    public var midUSD: Double
    public var lowUSD: Double
    public var lastUSD: Double
    /// Takers' purchases and sales in it, dollars.
    public var boughtUSD: Double
    public var soldUSD: Double
    /// Resting within 1 % of the mid at its end, dollars.
    public var bidsUSD: Double
    public var asksUSD: Double
}

/// A session at one moment, for a page. Times are nanoseconds since 1970 in UTC.
public struct FeedState: Codable, Equatable, Sendable {
    public var format: FeedFormat
    public var counts: FeedCounts
    /// By name.
    public var instruments: [FeedInstrument]
    /// The newest, the oldest of them first.
    public var trades: [FeedTrade]
    public var liquidations: [FeedLiquidation]
    /// What the liquidation stream may not have shown; empty where it shows all, or showed none.
    public var liquidationEstimates: [LiquidationEstimate]
    /// The first of `counts.gaps`.
    public var gaps: [FeedGap]
    /// The first of `counts.malformed`.
    public var malformed: [FeedMalformed]
    /// Of `counts.unknown`.
    public var unknownTypes: [String: Int]
}

/// One instrument at one moment.
public struct FeedInstrument: Codable, Equatable, Sendable {
    public enum Status: String, Codable, Sendable {
        /// No book was told of.
        case none
        /// Changes came, but no snapshot yet.
        case waiting
        case live
        /// As the book stood before a gap.
        case stale
    }

    public var name: String
    public var status: Status
    /// The last change in the book; nil where the exchange gives no number.
    public var id: Int64?
    /// The best first.
    public var bids: [FeedLevel]
    public var asks: [FeedLevel]
    /// Levels of the whole book.
    public var bidLevels: Int
    public var askLevels: Int
    public var isCrossed: Bool
    public var updates: Int
    public var gaps: Int
    public var crossed: Int
    /// The exchange's own best prices, and how often they were equal to the book's at one number.
    public var ticker: FeedTop?
    public var tickersEqual: Int
    public var tickersDifferent: Int
    public var lastTrade: FeedTrade?
    public var funding: FeedFunding?
}

extension FeedSession {
    /// - Parameters:
    ///   - levels: of each side of each book.
    ///   - names: instruments to show; nil for all.
    public func state(levels: Int = 25, of names: Set<String>? = nil) -> FeedState {
        let shown = instruments.filter { names?.contains($0.key) ?? true }.sorted { $0.key < $1.key }
        var estimates: [LiquidationEstimate] = []
        if let first = counts.firstTime, let last = counts.lastTime {
            estimates = estimator.estimates(first: first, last: last)
        }
        return FeedState(
            format: format, counts: counts, instruments: shown.map { Self.show($0.key, $0.value, levels) },
            trades: trades.elements, liquidations: liquidations.elements, liquidationEstimates: estimates,
            gaps: gaps,
            malformed: malformed, unknownTypes: unknownTypes)
    }

    private static func show(_ name: String, _ known: Instrument, _ levels: Int) -> FeedInstrument {
        let book = known.book
        let top = book.top
        let status: FeedInstrument.Status =
            switch book.status {
            case .live: .live
            case .stale: .stale
            case .waiting: known.updates > 0 ? .waiting : .none
            }
        return FeedInstrument(
            name: name, status: status, id: book.last, bids: book.bids.top(max(0, levels)),
            asks: book.asks.top(max(0, levels)), bidLevels: book.bids.levels.count,
            askLevels: book.asks.levels.count, isCrossed: top.isCrossed, updates: known.updates,
            gaps: known.gaps,
            crossed: known.crossed, ticker: known.ticker, tickersEqual: known.tickersEqual,
            tickersDifferent: known.tickersDifferent, lastTrade: known.lastTrade, funding: known.funding)
    }
}

extension FeedTop {
    /// The best bid is not below the best ask.
    public var isCrossed: Bool {
        if let bid, let ask { bid.price >= ask.price } else { false }
    }
}

/// One exchange's stream: takes one line at a time, and holds the books, the last trades and what was counted.
///
/// Not for use by two threads at once; `state()` gives a value that is.
public final class FeedSession {
    public let format: FeedFormat
    public let limits: FeedLimits
    public internal(set) var counts = FeedCounts()
    /// The first of them, as many as the limits allow; `counts.gaps` has the number.
    public internal(set) var gaps: [FeedGap] = []
    public internal(set) var malformed: [FeedMalformed] = []
    /// Messages of types that are not read, by type.
    public internal(set) var unknownTypes: [String: Int] = [:]

    var instruments: [String: Instrument] = [:]
    var trades: FeedRing<FeedTrade>
    var liquidations: FeedRing<FeedLiquidation>
    var estimator = LiquidationEstimator()
    var events: [FeedEvent] = []
    private var tape = JSONTape()
    private var heardLiquidations = false
    private var onlyInstrument: String?

    /// What is known of one instrument.
    final class Instrument {
        var book: FeedBook
        var check = TickerCheck()
        var ticker: FeedTop?
        var lastTrade: FeedTrade?
        var funding: FeedFunding?
        /// The topic its book is from.
        var source: String?
        var updates = 0
        var gaps = 0
        var crossed = 0
        var tickersEqual = 0
        var tickersDifferent = 0

        init(levels: Int) { book = FeedBook(most: levels) }
    }

    public init(format: FeedFormat, limits: FeedLimits = FeedLimits()) {
        self.format = format
        self.limits = limits
        trades = FeedRing(most: limits.trades)
        liquidations = FeedRing(most: limits.liquidations)
    }

    /// Where a line came from, for the list of malformed ones.
    public struct Origin: Sendable {
        public var file: String
        public var line: Int

        public init(file: String, line: Int) {
            self.file = file
            self.line = line
        }

        public static let live = Origin(file: "live", line: 0)
    }

    /// Takes one message.
    ///
    /// - Parameters:
    ///   - message: JSON; other bytes are counted as malformed.
    ///   - receivedAt: nanoseconds since 1970, UTC.
    ///   - address: what was asked for, of a reply: Binance's and Bitstamp's snapshots tell their instrument there.
    /// - Returns: what it did, in order.
    @discardableResult
    public func consume(
        _ message: String, receivedAt: Int64, address: String? = nil, origin: Origin = .live
    ) -> [FeedEvent] {
        var message = message
        return message.withUTF8 {
            consume(UnsafeRawBufferPointer($0), receivedAt: receivedAt, address: address, origin: origin)
        }
    }

    /// Takes one line of a capture, with its time.
    @discardableResult
    public func consume(captureLine line: ArraySlice<UInt8>, origin: Origin) -> [FeedEvent] {
        line.withUnsafeBytes { consume(CaptureLine(bytes: $0), of: $0, origin: origin) }
    }

    func consume(_ line: CaptureLine, of bytes: UnsafeRawBufferPointer, origin: Origin) -> [FeedEvent] {
        switch line.kind {
        case .aside:
            counts.asides += 1
            return []
        case .unreadable:
            counts.messages += 1
            events = []
            refuse("a line of no known layout", counts.lastTime ?? 0, origin)
            return events
        case .message, .reply:
            var address: String?
            if case .reply(let asked) = line.kind { address = asked }
            let body = UnsafeRawBufferPointer(rebasing: bytes[line.body...])
            return consume(
                body, receivedAt: line.time ?? counts.lastTime ?? 0, address: address, origin: origin)
        }
    }

    func consume(
        _ bytes: UnsafeRawBufferPointer, receivedAt: Int64, address: String?, origin: Origin
    ) -> [FeedEvent] {
        events = []
        counts.messages += 1
        note(receivedAt)
        guard bytes.count <= limits.message, isText(bytes), tape.read(bytes) else {
            let reason = bytes.count > limits.message ? "a message of \(bytes.count) bytes" : "no JSON"
            refuse(reason, receivedAt, origin)
            // It may have been a change of any book, and nothing later would tell.
            for (name, known) in instruments where known.book.status == .live {
                lose(name, known, receivedAt)
            }
            return events
        }
        let context = FeedContext(address: address, onlyInstrument: onlyInstrument)
        let contents = tape.tokens.withUnsafeBufferPointer {
            format.contents(of: JSONValue(bytes: bytes, tokens: $0), context)
        }
        let isFirstOfLiquidations = !heardLiquidations
        for content in contents { take(content, receivedAt, origin, isFirstOfLiquidations) }
        return events
    }

    private func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
    }

    private func note(_ time: Int64) {
        if let last = counts.lastTime {
            if time < last {
                counts.outOfOrder += 1
            } else if Double(time - last) > limits.silence * 1e9 {
                add(FeedGap(kind: .silence, time: time, missing: time - last))
            }
        }
        counts.firstTime = min(counts.firstTime ?? time, time)
        counts.lastTime = max(counts.lastTime ?? time, time)
    }

    private func take(_ content: FeedContent, _ time: Int64, _ origin: Origin, _ isFirstOfLiquidations: Bool)
    {
        switch content {
        case .snapshot(let name, let snapshot): takeSnapshot(name, snapshot, time)
        case .update(let name, let update): takeUpdate(name, update, time)
        case .trade(let trade):
            counts.trades += 1
            guard let known = instrument(trade.instrument) else { return }
            known.lastTrade = trade
            trades.append(trade)
            events.append(.trade(trade))
        case .history: counts.history += 1
        case .liquidation(let order):
            heardLiquidations = true
            // OKX tells of old ones first.
            if format == .okx, isFirstOfLiquidations, let told = order.time, told < time - 10_000_000_000 {
                counts.history += 1
                return
            }
            counts.liquidations += 1
            guard instrument(order.instrument) != nil else { return }
            liquidations.append(order)
            estimator.add(order, receivedAt: time)
            events.append(.liquidation(order))
        case .funding(let facts):
            counts.funding += 1
            guard let known = instrument(facts.instrument) else { return }
            var all = known.funding ?? FeedFunding(facts.instrument)
            all.add(facts)
            known.funding = all
            events.append(.funding(all))
        case .ticker(let name, let top): takeTicker(name, top)
        case .other(let type):
            counts.unknown += 1
            let name = String(type.prefix(60))
            if unknownTypes[name] != nil || unknownTypes.count < limits.unknownTypes {
                unknownTypes[name, default: 0] += 1
            }
            events.append(.unknown(type: name))
        case .refused(let what, let book):
            refuse("not the known shape of \(what)", time, origin)
            if let book, let known = instruments[book] { lose(book, known, time) }
        }
    }

    func refuse(_ reason: String, _ time: Int64, _ origin: Origin) {
        counts.malformed += 1
        if malformed.count < limits.malformed {
            malformed.append(FeedMalformed(file: origin.file, line: origin.line, reason: reason))
        }
        events.append(.malformed(reason: reason))
    }

    func add(_ gap: FeedGap) {
        counts.gaps += 1
        if gap.kind == .sequence { counts.sequenceGaps += 1 }
        if gap.kind == .silence { counts.silences += 1 }
        if gaps.count < limits.gaps { gaps.append(gap) }
        events.append(.gap(gap))
    }

    /// Nil beyond the bound.
    func instrument(_ name: String) -> Instrument? {
        if let known = instruments[name] { return known }
        guard instruments.count < limits.instruments else {
            counts.instrumentsRefused += 1
            return nil
        }
        let new = Instrument(levels: limits.levels / 2)
        instruments[name] = new
        onlyInstrument = instruments.count == 1 ? name : nil
        return new
    }
}

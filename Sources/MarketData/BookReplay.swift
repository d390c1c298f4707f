import OrderBook
import Primitives

/// The layouts of recorded order streams.
public enum ReplayFormat: String, Sendable, CaseIterable {
    case lobster, bitstamp
}

/// What a replay of recorded messages found. `accepted` plus all `refused` is `messages`.
public struct BookReplayReport: Sendable {
    public var messages = 0
    public var accepted = 0
    /// Refused messages by reason, in the reasons' alphabetical order.
    public var refused: [(reason: String, count: Int)] = []
    /// Zero without a file of expected states.
    public var statesCompared = 0
    public var statesDiffering = 0
    /// The first differing states, at most five: where, expected, got. Prices in ticks.
    public var differences: [String] = []
    /// What the reader of the counts must know, e.g. that the files cover different spans.
    public var note: String?
    /// Orders, or price levels of anonymous quantity, the book started from.
    public var startOrders = 0
    /// Snapshot orders that were not in the book at the start: entered later, crossing, or of impossible
    /// size.
    public var snapshotOrdersLeftOut = 0
    /// Start orders dropped because a message showed that they were not there.
    public var startOrdersContradicted = 0
    /// LOBSTER only: accepted executions of an order that was not at the best price of its side.
    public var executionsAwayFromBest = 0
    /// Bitstamp only: marketable orders whose end the feed never told.
    public var pendingAtEnd = 0
    public var liveAtEnd = 0
}

/// Feeds a recorded stream to the order book and compares best prices and sizes with recorded states.
///
/// The streams were matched by the exchange, so nothing is matched again: see `LobsterReplay` and
/// `BitstampReplay`. Without a snapshot, row 1 of `expect` is the start: its levels are anonymous quantity,
/// which messages for unknown orders reduce; the first message at or better than its levels (by row: message
/// 1)
/// is already contained in it and changes no quantity; of Bitstamp's feed it tells which order some of the quantity is;
/// row 1 then agrees by construction and counts.
///
/// - Parameters:
///   - messages: LOBSTER messages (prices USD × 10,000), or Bitstamp `orders.csv` or raw capture.
///   - snapshot: LOBSTER only: resting orders at the start, in message format.
///   - expect: rows `ask price, ask size, bid price, bid size`, further levels used only at the start. Prices
///     in USD × 10,000 and shares for LOBSTER, in USD and satoshi for Bitstamp.
///   - align: how states and messages correspond; see `ReplayAlignment` and `ValueComparison`.
/// - Throws: `InputError` for a file that is missing, empty, damaged or not in its layout.
public func replayBook(
    format: ReplayFormat, messages: String, snapshot: String? = nil, expect: String? = nil,
    align: ReplayAlignment = .row
) throws -> BookReplayReport {
    let comparison = try StateComparison(expect, align, priceDecimals: format == .lobster ? 0 : 2)
    switch format {
    case .lobster: return try replayLobster(messages, snapshot, comparison, align)
    case .bitstamp:
        if let snapshot {
            throw InputError(
                file: snapshot, key: "--snapshot", found: "a snapshot for format bitstamp",
                allowed: "a snapshot only with format lobster")
        }
        return try replayBitstamp(messages, comparison)
    }
}

/// The best price of each start level a message can touch, to find the message that is in row 1 already.
private struct StartLevels {
    private var worstBid: Int64?
    private var worstAsk: Int64?

    init(_ levels: [(side: Side, price: Int64, size: Int64)]) {
        worstBid = levels.filter { $0.side == .buy }.map(\.price).min()
        worstAsk = levels.filter { $0.side == .sell }.map(\.price).max()
    }

    func touchedBy(_ side: Side, _ price: Int64) -> Bool {
        side == .buy ? worstBid.map { price >= $0 } ?? true : worstAsk.map { price <= $0 } ?? true
    }
}

// MARK: LOBSTER

private func replayLobster(
    _ path: String, _ snapshot: String?, _ comparison: StateComparison, _ align: ReplayAlignment
) throws -> BookReplayReport {
    let messages = try LobsterMessages(path: path)
    var replay = LobsterReplay()
    var report = BookReplayReport()
    var head: [LobsterMessage] = []
    var startLevels: StartLevels?
    if let snapshot {
        // Enough of the stream to know the number of its first new order.
        while head.count < 1000, head.last?.kind != .new, let message = try messages.next() {
            head.append(message)
        }
        let firstNew = head.last.flatMap { $0.kind == .new ? $0.order : nil }
        let counts = try replay.rest(readSnapshot(snapshot), firstNew: firstNew)
        report.snapshotOrdersLeftOut = counts.leftOut
    } else if let levels = try comparison.startLevels() {
        try rest(levels, in: &replay.replayed, comparison)
        startLevels = StartLevels(levels)
    }
    try comparison.begin(replay.replayed.best, agreed: startLevels != nil)
    var next = try head.isEmpty ? messages.next() : head.removeFirst()
    while let message = next {
        report.messages += 1
        if let levels = startLevels, align == .row || levels.touchedBy(message.side, message.price) {
            startLevels = nil
            replay.replayed.accept()
        } else {
            replay.apply(message)
            let best = replay.replayed.best
            try comparison.push(best)
        }
        next = try head.isEmpty ? messages.next() : head.removeFirst()
    }
    report.executionsAwayFromBest = replay.executionsAwayFromBest
    return try finish(report, replay.replayed, comparison, path)
}

private func readSnapshot(_ path: String) throws -> [LobsterMessage] {
    let rows = try LobsterMessages(path: path, snapshot: true)
    var orders: [LobsterMessage] = []
    while let row = try rows.next() { orders.append(row) }
    guard !orders.isEmpty else {
        throw InputError(file: path, found: "an empty file", allowed: "resting orders in message format")
    }
    return orders
}

// MARK: Bitstamp

private func replayBitstamp(_ path: String, _ comparison: StateComparison) throws -> BookReplayReport {
    let events = try BitstampOrders(path: path)
    var replay = BitstampReplay()
    var report = BookReplayReport()
    var containsFirst = false
    if let levels = try comparison.startLevels() {
        try rest(levels, in: &replay.replayed, comparison)
        containsFirst = true
    }
    try comparison.begin(replay.replayed.best, agreed: containsFirst)
    while let event = try events.next() {
        report.messages += 1
        if containsFirst {
            containsFirst = false
            replay.applyContained(event)
        } else {
            replay.apply(event)
            let best = replay.replayed.best
            try comparison.push(best)
        }
    }
    report.pendingAtEnd = replay.pendingOrders
    return try finish(report, replay.replayed, comparison, path)
}

// MARK: Both

private func rest(
    _ levels: [(side: Side, price: Int64, size: Int64)], in replayed: inout ReplayedBook,
    _ comparison: StateComparison
) throws {
    for level in levels {
        if let rejection = replayed.restAtStart(level.side, level.price, level.size, name: nil) {
            throw InputError(
                file: comparison.path, line: 1,
                found:
                    "a level of \(level.size) at \(level.price): \(ReplayedBook.words(rejection))",
                allowed: "a state a book can have")
        }
    }
    replayed.start.sort()
}

private func finish(
    _ unfinished: BookReplayReport, _ replayed: borrowing ReplayedBook, _ comparison: StateComparison,
    _ path: String
) throws -> BookReplayReport {
    var report = unfinished
    guard report.messages > 0 else {
        throw InputError(file: path, found: "no messages", allowed: "at least one message")
    }
    let result = try comparison.finish()
    report.accepted = replayed.accepted
    report.refused = replayed.refused.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    report.statesCompared = result.compared
    report.statesDiffering = result.differing
    report.differences = result.differences
    report.note = result.note
    report.startOrders = replayed.start.count
    report.startOrdersContradicted = replayed.start.contradicted
    report.liveAtEnd = replayed.book.liveOrders
    return report
}

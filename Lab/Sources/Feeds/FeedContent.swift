/// What one message holds, before any book or count has seen it.
enum FeedContent {
    case snapshot(String, FeedBook.Snapshot)
    case update(String, FeedBook.Update)
    case trade(FeedTrade)
    /// A trade or forced order told again when a client subscribes, of before it listened.
    case history
    case liquidation(FeedLiquidation)
    case funding(FeedFunding)
    case ticker(String, FeedTop)
    /// A type that is not read.
    case other(String)
    /// A message of a known type that cannot be read.
    case refused(String, book: String?)
}

/// What a message does not say itself.
struct FeedContext {
    /// Where the message was asked for; nil for one of the stream.
    var address: String?
    /// The instrument a snapshot without a name must be of; nil where that is not known.
    var onlyInstrument: String?
}

extension FeedFormat {
    /// Everything in one message of this exchange.
    func contents(of message: JSONValue, _ context: FeedContext) -> [FeedContent] {
        switch self {
        case .binance: binanceContents(message, context)
        case .bybit: bybitContents(message)
        case .okx: okxContents(message)
        case .hyperliquid: hyperliquidContents(message)
        case .coinbase: coinbaseContents(message)
        case .bitstamp: bitstampContents(message, context)
        case .kraken: krakenContents(message)
        }
    }
}

/// `[[price, quantity, …], …]`; nil where that is not what stands there.
func feedLevels(_ value: JSONValue?) -> [FeedLevel]? {
    guard let value, value.isArray else { return nil }
    var levels: [FeedLevel] = []
    for row in value.elements {
        var cells = row.elements
        guard let level = feedLevel(cells.next(), cells.next()) else { return nil }
        levels.append(level)
    }
    return levels
}

/// `[{price, quantity}, …]` under the exchange's own keys.
func feedLevels(_ value: JSONValue?, _ price: StaticString, _ quantity: StaticString) -> [FeedLevel]? {
    guard let value, value.isArray else { return nil }
    var levels: [FeedLevel] = []
    for row in value.elements {
        guard let level = feedLevel(row[price], row[quantity]) else { return nil }
        levels.append(level)
    }
    return levels
}

/// A price above zero with a quantity not below.
func feedLevel(_ price: JSONValue?, _ quantity: JSONValue?) -> FeedLevel? {
    guard let price = price?.number, let quantity = quantity?.number, price > .zero, quantity >= .zero
    else { return nil }
    return FeedLevel(price: price, quantity: quantity)
}

/// A name as it is given to people; nil for none and for one too long to be one.
func feedName(_ value: JSONValue?) -> String? {
    guard let text = value?.text, !text.isEmpty, text.utf8.count <= 64 else { return nil }
    return text
}

/// Nanoseconds from milliseconds.
func feedTime(milliseconds value: JSONValue?) -> Int64? { scaledTime(value, 1_000_000) }

/// Nanoseconds from microseconds.
func feedTime(microseconds value: JSONValue?) -> Int64? { scaledTime(value, 1000) }

private func scaledTime(_ value: JSONValue?, _ factor: Int64) -> Int64? {
    guard let count = value?.integer else { return nil }
    let (time, overflow) = count.multipliedReportingOverflow(by: factor)
    return overflow ? nil : time
}

/// Nanoseconds from `2021-04-17T16:43:30.244075Z`.
func feedTime(iso value: JSONValue?) -> Int64? {
    guard let text = value?.text, text.utf8.count >= 20, text.utf8.count <= 30, text.utf8.last == 0x5A
    else { return nil }
    let c = Array(text.utf8.dropLast())
    func digits(_ from: Int, _ count: Int) -> Int64? {
        c[from..<from + count].withUnsafeBytes { wholeNumber($0) }
    }
    guard let year = digits(0, 4), let month = digits(5, 2), let day = digits(8, 2), let hour = digits(11, 2),
        let minute = digits(14, 2), let second = digits(17, 2), year >= 1970, year < 2262,
        (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    var fraction: Int64 = 0
    if c.count > 20 {
        guard c[19] == 0x2E, let part = digits(20, c.count - 20) else { return nil }
        fraction = part
        for _ in (c.count - 20)..<9 { fraction *= 10 }
    }
    // Years begin in March here, so that the leap day is a year's last.
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000_000 + fraction
}

/// A trade of its parts; nil where one is missing.
func feedTrade(
    _ instrument: JSONValue?, _ price: JSONValue?, _ quantity: JSONValue?, taker: FeedSide?, time: Int64?
) -> FeedContent {
    guard let name = feedName(instrument), let level = feedLevel(price, quantity), let taker else {
        return .refused("a trade", book: nil)
    }
    return .trade(
        FeedTrade(instrument: name, price: level.price, quantity: level.quantity, taker: taker, time: time))
}

/// `buy` and `sell` in the spellings of these exchanges.
func feedSide(_ value: JSONValue?) -> FeedSide? {
    guard let value else { return nil }
    if value.equals("buy") || value.equals("Buy") || value.equals("BUY") { return .buy }
    if value.equals("sell") || value.equals("Sell") || value.equals("SELL") { return .sell }
    return nil
}

import InputFiles
import Primitives

/// A recorded price path and what reading it showed.
public struct PricePathFile: Sendable {
    public enum Kind: String, Sendable {
        /// Binance minute candles: trades, index or mark price.
        case binanceKlines
        /// Tardis.dev trades of one symbol.
        case tardisTrades
    }

    public var path: PricePath
    public var kind: Kind
    /// Data rows, the header not counted.
    public var rows: Int
    /// The longest time between two rows.
    public var largestGapSeconds: Double
    /// Rows whose time is before that of a row above them.
    public var outOfOrder: Int
}

/// Reads a price path from minute candles in the Binance kline layout or trades in the Tardis layout, plain, gzip or zip.
/// Bad data is refused, not repaired; blank lines, and headers that come again where files were put one behind the other,
/// are no data.
///
/// - Parameter longestSilence: seconds allowed between two trades; candles must follow each other by the
///   minute.
/// - Throws: `InputError` with the line for a missing or repeated minute, time going back, an impossible
///   price
///   or candle, too long a silence between trades, an empty file or any other layout.
public func readPricePath(_ path: String, longestSilence: Double = 60) throws -> PricePathFile {
    let rows = try TableRows(path: path)
    guard let first = try rows.next() else {
        throw InputError(file: path, found: "an empty file", allowed: allowedLayouts)
    }
    let names = first.texts
    if tardisColumns.allSatisfy(names.contains) { return try readTrades(rows, first, longestSilence) }
    if klineColumns.allSatisfy(names.contains) {
        return try readKlines(
            rows, first, places: try columnPlaces(klineColumns, in: first, of: rows), firstRow: nil)
    }
    // Old Binance files have no header: the first cell is then a number.
    guard first.cells.count >= 5, parseDecimal(first.cells[0], decimals: 0) != nil else {
        throw rows.error(first, found: "a first line of another layout", allowed: allowedLayouts)
    }
    return try readKlines(rows, first, places: Array(0..<5), firstRow: first)
}

private let klineColumns = ["open_time", "open", "high", "low", "close"]
private let tardisColumns = ["exchange", "symbol", "timestamp", "price"]
private let klineHeader =
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"
private let tardisHeader = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"
private let allowedLayouts =
    "Binance minute klines (`\(klineHeader)`, header optional) or Tardis trades (`\(tardisHeader)`)"

// MARK: Binance klines

/// - Parameter first: the header, or the first row where there is none; it tells how many columns there are.
private func readKlines(
    _ rows: TableRows, _ first: TableRow, places: [Int], firstRow: TableRow?
) throws -> PricePathFile {
    var candles: [Candle] = []
    var next = try firstRow ?? rows.next()
    while let row = next {
        next = try rows.next()
        if firstRow == nil && row.cells == first.cells { continue }
        guard row.cells.count == first.cells.count else {
            throw rows.error(
                row, found: "\(row.cells.count) columns",
                allowed: "\(first.cells.count) columns, as in the first line")
        }
        let cells = places.map { row.cells[$0] }
        guard let count = parseDecimal(cells[0], decimals: 0), count >= 0 else {
            throw rows.error(row, "open_time", cells[0], allowed: "milliseconds since 1970")
        }
        // Futures files are in ms; spot files since 2025 in µs; files of both years put together in both. The layout
        // does not say which, so this is the one place that looks at the size: 10^14 ms is the year 5138, 10^14 µs is
        // March 1973.
        let unit: Int64 = count > 100_000_000_000_000 ? 1000 : 1_000_000
        let (nanoseconds, overflow) = count.multipliedReportingOverflow(by: unit)
        // Half a century short of the last moment, so that adding a minute never overflows.
        guard !overflow, nanoseconds < 7_600_000_000_000_000_000 else {
            throw rows.error(row, "open_time", cells[0], allowed: "milliseconds since 1970, before 2210")
        }
        let candle = try readCandle(rows, row, cells, SimTime(nanoseconds: nanoseconds))
        if let last = candles.last { try checkNext(rows, row, last.time, candle.time) }
        candles.append(candle)
    }
    guard let path = PricePath(candles: candles) else {
        throw InputError(file: rows.path, found: "a header and no rows", allowed: "at least one row")
    }
    return PricePathFile(
        path: path, kind: .binanceKlines, rows: candles.count, largestGapSeconds: candles.count > 1 ? 60 : 0,
        outOfOrder: 0)
}

private func readCandle(
    _ lines: TableRows, _ line: TableRow, _ cells: [ArraySlice<UInt8>], _ time: SimTime
) throws -> Candle {
    var prices: [Double] = []
    for (i, key) in ["open", "high", "low", "close"].enumerated() {
        guard let price = parseDouble(cells[i + 1]), price > 0 else {
            throw lines.error(line, key, cells[i + 1], allowed: "a positive price in USD")
        }
        prices.append(price)
    }
    let candle = Candle(time: time, open: prices[0], high: prices[1], low: prices[2], close: prices[3])
    guard candle.low <= candle.high else {
        throw lines.error(
            line, "high", found: "\(candle.high) below the low \(candle.low)", allowed: "high at or above low"
        )
    }
    for (key, price) in [("open", candle.open), ("close", candle.close)] {
        guard candle.low <= price, price <= candle.high else {
            throw lines.error(
                line, key, found: "\(price)",
                allowed: "a price from the low \(candle.low) to the high \(candle.high)")
        }
    }
    return candle
}

private func checkNext(_ lines: TableRows, _ line: TableRow, _ last: SimTime, _ time: SimTime) throws {
    guard time.nanoseconds - last.nanoseconds != 60_000_000_000 else { return }
    let step = time.seconds(since: last)
    let found =
        step > 0
        ? "\(time), \(step) s after the row before"
        : step == 0 ? "\(time), the same minute twice" : "\(time), which goes back \(-step) s"
    throw lines.error(
        line, "open_time", found: found,
        allowed: "one candle a minute: \(SimTime(nanoseconds: last.nanoseconds + 60_000_000_000)) next")
}

// MARK: Tardis trades

private func readTrades(
    _ table: TableRows, _ header: TableRow, _ longestSilence: Double
) throws -> PricePathFile {
    let places = try columnPlaces(tardisColumns, in: header, of: table)
    var anchors: [(time: SimTime, price: Double)] = []
    var instrument: [ArraySlice<UInt8>] = []
    var latest: Int64?
    var (rows, largestGap, outOfOrder) = (0, Int64(0), 0)
    while let row = try table.next() {
        if row.cells == header.cells { continue }
        guard row.cells.count == header.cells.count else {
            throw table.error(
                row, found: "\(row.cells.count) columns",
                allowed: "\(header.cells.count) columns, as in the header")
        }
        let cells = places.map { row.cells[$0] }
        if instrument.isEmpty { instrument = Array(cells[..<2]) }
        guard cells[0] == instrument[0], cells[1] == instrument[1] else {
            throw table.error(
                row, "symbol", found: "\(quoted(cells[0])) \(quoted(cells[1]))",
                allowed: "one market per file, here \(quoted(instrument[0])) \(quoted(instrument[1]))")
        }
        guard let micros = parseDecimal(cells[2], decimals: 0), micros >= 0,
            micros < 7_600_000_000_000_000
        else { throw table.error(row, "timestamp", cells[2], allowed: "microseconds since 1970") }
        guard let price = parseDouble(cells[3]), price > 0 else {
            throw table.error(row, "price", cells[3], allowed: "a positive price in USD")
        }
        rows += 1
        let step = micros - (latest ?? micros)
        guard Double(step) <= longestSilence * 1e6, step >= -1_000_000 else {
            throw table.error(
                row, "timestamp",
                found:
                    "\(SimTime(nanoseconds: micros * 1000)), \(Double(step) / 1e6) s from the latest trade",
                allowed: "at most \(longestSilence) s after it, at most 1 s before it")
        }
        if step < 0 {
            // Its second may already be closed, and the path is that of the latest trade known.
            outOfOrder += 1
            continue
        }
        largestGap = max(largestGap, step)
        if let latest, latest / 1_000_000 == micros / 1_000_000 { anchors.removeLast() }
        anchors.append((SimTime(nanoseconds: micros * 1000), price))
        latest = micros
    }
    guard let path = PricePath(anchors: anchors) else {
        throw InputError(file: table.path, found: "a header and no rows", allowed: "at least one row")
    }
    return PricePathFile(
        path: path, kind: .tardisTrades, rows: rows, largestGapSeconds: Double(largestGap) / 1e6,
        outOfOrder: outOfOrder)
}

import InputFiles
import Primitives

/// One event of Bitstamp's live order feed. Nil order: a trade or a book picture, which changes no order.
struct BitstampEvent {
    enum Action: String { case created, changed, deleted }
    struct Order {
        var action: Action
        var number: Int64
        /// USD × 10^8, because a price off the tick must be told from text that is no number.
        var price: Int64
        /// What is left of the order, in satoshi (1e-8 BTC), which is the lot of the replay.
        var volume: Int64
        var side: Side
    }
    var order: Order?
}

/// Streams Bitstamp order events from `orders.csv` (see `header`) or the raw capture (receive time, event
/// name, JSON body), told apart by the first line.
final class BitstampOrders {
    private static let columns = [
        "id", "timestamp", "exchange.timestamp", "price", "volume", "action", "direction",
    ]
    static let header = columns.joined(separator: ",")
    private let lines: LineReader
    private var first: Line?
    /// Nil for a raw capture.
    private var table: (rows: TableRows, header: TableRow, places: [Int])?

    init(path: String) throws {
        lines = try LineReader(path: path)
        var line = try lines.next()
        while let blank = line, blank.bytes.allSatisfy({ $0 == 32 || $0 == 9 }) { line = try lines.next() }
        guard let line else { throw InputError(file: path, found: "an empty file", allowed: Self.allowed) }
        if Self.captureParts(line) != nil {
            first = line
        } else {
            let rows = TableRows(lines, first: line)
            guard let header = try rows.next(), header.texts.contains(where: Self.columns.contains) else {
                throw lines.error(line, found: "a first line of another layout", allowed: Self.allowed)
            }
            table = (rows, header, try columnPlaces(Self.columns, in: header, of: rows))
        }
    }

    private static let allowed =
        "header `\(header)`, or lines `<epoch ms> order_created|order_changed|order_deleted|trade|order_book"
        + " {json}`"

    func next() throws -> BitstampEvent? {
        if let table {
            guard let row = try table.rows.next() else { return nil }
            if row.cells == table.header.cells { return try next() }
            return BitstampEvent(order: try order(row, table.rows, table.places))
        }
        if let line = first {
            first = nil
            return try captured(line)
        }
        while let line = try lines.next() {
            if !line.bytes.isEmpty { return try captured(line) }
        }
        return nil
    }

    // MARK: orders.csv

    private func order(_ row: TableRow, _ rows: TableRows, _ places: [Int]) throws -> BitstampEvent.Order {
        guard row.cells.count == table?.header.cells.count else {
            throw rows.error(row, found: "\(row.cells.count) columns", allowed: "those of the header")
        }
        let cells = places.map { row.cells[$0] }
        func number(_ i: Int, decimals: Int = 0, _ allowed: String) throws -> Int64 {
            guard let value = parseDecimal(cells[i], decimals: decimals) else {
                throw rows.error(row, Self.columns[i], cells[i], allowed: allowed)
            }
            return value
        }
        for i in [1, 2] where try number(i, "milliseconds since 1970") < 0 {
            throw rows.error(row, Self.columns[i], cells[i], allowed: "milliseconds since 1970")
        }
        guard let action = BitstampEvent.Action(rawValue: String(decoding: cells[5], as: UTF8.self)) else {
            throw rows.error(row, "action", cells[5], allowed: "created, changed or deleted")
        }
        let direction = String(decoding: cells[6], as: UTF8.self)
        guard direction == "bid" || direction == "ask" else {
            throw rows.error(row, "direction", cells[6], allowed: "bid or ask")
        }
        return BitstampEvent.Order(
            action: action, number: try number(0, "a whole number"),
            price: try number(3, decimals: 8, "a decimal number of USD"),
            volume: try number(4, "a whole number of satoshi"), side: direction == "bid" ? .buy : .sell)
    }

    // MARK: Raw capture

    /// Receive time, event name and body; nil if the line does not have this shape.
    private static func captureParts(_ line: Line) -> (name: String, body: ArraySlice<UInt8>)? {
        let parts = line.bytes.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard parts.count == 3, let time = parseDecimal(parts[0], decimals: 0), time >= 0,
            parts[2].first == UInt8(ascii: "{")
        else { return nil }
        return (String(decoding: parts[1], as: UTF8.self), parts[2])
    }

    private func captured(_ line: Line) throws -> BitstampEvent {
        guard let (name, body) = Self.captureParts(line) else {
            throw lines.error(
                line, found: "a line of another layout", allowed: "`<epoch ms> <event name> {json}`")
        }
        let action: BitstampEvent.Action
        switch name {
        case "order_created": action = .created
        case "order_changed": action = .changed
        case "order_deleted": action = .deleted
        case "trade", "order_book": return BitstampEvent(order: nil)
        default:
            throw lines.error(
                line, "event name", found: "`\(name)`",
                allowed: "order_created, order_changed, order_deleted, trade or order_book")
        }
        guard let fields = flatJSON(body) else {
            throw lines.error(
                line, found: quoted(body), allowed: "a JSON object of numbers and texts without escapes")
        }
        func value(_ key: String, _ decimals: Int, _ allowed: String) throws -> Int64 {
            guard let cell = fields[key] else {
                throw lines.error(line, key, found: "nothing", allowed: allowed)
            }
            guard let value = parseDecimal(cell, decimals: decimals) else {
                throw lines.error(line, key, found: quoted(cell), allowed: allowed)
            }
            return value
        }
        let type = try value("order_type", 0, "0 (bid) or 1 (ask)")
        guard type == 0 || type == 1 else {
            throw lines.error(line, "order_type", found: "\(type)", allowed: "0 (bid) or 1 (ask)")
        }
        return BitstampEvent(
            order: BitstampEvent.Order(
                action: action, number: try value("id", 0, "a whole number"),
                price: try value("price", 8, "a decimal number of USD"),
                volume: try value("amount", 8, "a decimal number of BTC"), side: type == 0 ? .buy : .sell))
    }
}

/// The fields of a JSON object whose values are numbers or texts, as raw bytes without quotes; nil for
/// anything
/// else, escapes included: the feed has none.
func flatJSON(_ bytes: ArraySlice<UInt8>) -> [String: ArraySlice<UInt8>]? {
    var at = bytes.startIndex
    func skipSpaces() {
        while at < bytes.endIndex, bytes[at] == 32 || bytes[at] == 9 { at += 1 }
    }
    func take(_ character: Character) -> Bool {
        skipSpaces()
        guard at < bytes.endIndex, bytes[at] == character.asciiValue else { return false }
        at += 1
        return true
    }
    func token() -> ArraySlice<UInt8>? {
        if take("\"") {
            guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "\"")),
                !bytes[at..<end].contains(UInt8(ascii: "\\"))
            else { return nil }
            defer { at = end + 1 }
            return bytes[at..<end]
        }
        let end = bytes[at...].firstIndex { [32, 9, UInt8(ascii: ","), UInt8(ascii: "}")].contains($0) }
        guard let end, end > at else { return nil }
        defer { at = end }
        return bytes[at..<end]
    }
    guard take("{") else { return nil }
    var fields: [String: ArraySlice<UInt8>] = [:]
    repeat {
        guard let key = token(), take(":") else { return nil }
        skipSpaces()
        guard let value = token() else { return nil }
        fields[String(decoding: key, as: UTF8.self)] = value
    } while take(",")
    guard take("}") else { return nil }
    skipSpaces()
    return at == bytes.endIndex ? fields : nil
}

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
    static let header = "id,timestamp,exchange.timestamp,price,volume,action,direction"
    private let lines: LineReader
    private var first: Line?
    private let isCapture: Bool

    init(path: String) throws {
        lines = try LineReader(path: path)
        guard let line = try lines.next() else {
            throw InputError(file: path, found: "an empty file", allowed: Self.allowed)
        }
        isCapture = Self.captureParts(line) != nil
        if isCapture {
            first = line
        } else if line.text != Self.header {
            throw lines.error(line, found: quoted(line.bytes), allowed: Self.allowed)
        }
    }

    private static let allowed =
        "header `\(header)`, or lines `<epoch ms> order_created|order_changed|order_deleted|trade|order_book"
        + " {json}`"

    func next() throws -> BitstampEvent? {
        if let line = first {
            first = nil
            return try captured(line)
        }
        guard let line = try lines.next() else { return nil }
        return isCapture ? try captured(line) : BitstampEvent(order: try row(line))
    }

    // MARK: orders.csv

    private func row(_ line: Line) throws -> BitstampEvent.Order {
        let cells = line.cells
        guard cells.count == 7 else {
            throw lines.error(line, found: "\(cells.count) columns", allowed: "7 columns: \(Self.header)")
        }
        for (i, key) in [(1, "timestamp"), (2, "exchange.timestamp")] {
            guard let time = parseDecimal(cells[i], decimals: 0), time >= 0 else {
                throw lines.error(line, key, cells[i], allowed: "milliseconds since 1970")
            }
        }
        guard let action = BitstampEvent.Action(rawValue: String(decoding: cells[5], as: UTF8.self)) else {
            throw lines.error(line, "action", cells[5], allowed: "created, changed or deleted")
        }
        let direction = String(decoding: cells[6], as: UTF8.self)
        guard direction == "bid" || direction == "ask" else {
            throw lines.error(line, "direction", cells[6], allowed: "bid or ask")
        }
        return BitstampEvent.Order(
            action: action,
            number: try number(line, "id", cells[0], decimals: 0, allowed: "a whole number"),
            price: try number(line, "price", cells[3], decimals: 8, allowed: "a decimal number of USD"),
            volume: try number(line, "volume", cells[4], decimals: 0, allowed: "a whole number of satoshi"),
            side: direction == "bid" ? .buy : .sell)
    }

    private func number(
        _ line: Line, _ key: String, _ cell: ArraySlice<UInt8>, decimals: Int, allowed: String
    ) throws -> Int64 {
        guard let value = parseDecimal(cell, decimals: decimals) else {
            throw lines.error(line, key, cell, allowed: allowed)
        }
        return value
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
            throw lines.error(line, found: quoted(line.bytes), allowed: "`<epoch ms> <event name> {json}`")
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
            return try number(line, key, cell, decimals: decimals, allowed: allowed)
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

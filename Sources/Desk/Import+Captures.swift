import Foundation
import InputFiles
import Primitives

/// Recorded connections as cryptofeed keeps them: `address -> seconds: body` of a request, and of a socket an address line, what was
/// sent (`<-`), then `seconds: message`. Books are made again; everything else is counted.
extension Import {
    /// Whether a file begins like one.
    static func isCapture(_ start: [UInt8]) -> Bool {
        let text = String(decoding: start, as: UTF8.self)
        return text.hasPrefix("wss://") || text.hasPrefix("https://") || text.hasPrefix("ws://")
            || text.hasPrefix("http://")
    }

    mutating func addCapture(_ file: String) throws(InputError) {
        var host = ""
        var clock = Clock(.microseconds)
        var last: [RebuiltBook.Name: String] = [:]
        var seen: Set<RebuiltBook.Name> = []
        let text = try wholeText(of: file)
        for (n, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            health.rowsRead += 1
            guard let brace = line.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") })
            else {
                host = String(decoding: line.prefix(200), as: UTF8.self)
                health.drop("line of the connection")
                continue
            }
            let head = String(decoding: line[..<brace], as: UTF8.self)
            if head.contains("://") { host = head }
            guard !head.contains("<-"), !head.hasPrefix("configuration") else {
                health.drop("line of the connection")
                continue
            }
            // Received seconds with a fraction, in front of the colon.
            if let time = head.split(separator: " ").last?.dropLast(), let at = Exact(String(time)) {
                clock.see("\((at * Exact(1_000_000)).units(0)?.value ?? 0)", file, n + 1, &health)
            }
            var reader = JSONReader(Array(line[brace...]), file: file)
            guard let message = try? reader.documents().first else {
                health.drop("line that is no JSON")
                health.warn("line that is no JSON", file, n + 1, "the message is cut off or damaged")
                continue
            }
            guard let change = Self.bookChange(message, address: host) else {
                health.drop("message that is no book")
                continue
            }
            if try take(change, file, n + 1, &last) { seen.insert(change.name) }
        }
        clock.end(file, &health)
        for name in seen.sorted() {
            let levels = feeds[name]!.levels(name)
            replaceDepth(name, levels)
            if let bid = levels.first(where: \.isBid)?.price,
                let ask = levels.first(where: { !$0.isBid })?.price, bid >= ask
            {
                health.warn(
                    "crossed book", file, 0,
                    "\(name.symbol) of \(name.venue) at the end: bid \(bid), ask \(ask)")
            }
        }
        read.append((file, Self.capture))
    }

    /// - Returns: whether it changed a book.
    private mutating func take(
        _ change: BookChange, _ file: String, _ line: Int, _ last: inout [RebuiltBook.Name: String]
    ) throws(InputError) -> Bool {
        let name = change.name
        guard isOpen(name, isSnapshot: change.isSnapshot, at: "\(line)") else { return false }
        if change.isSnapshot {
            feedVersions[name] = change.version
        } else if let version = change.version, let last = feedVersions[name], version <= last {
            health.drop("change older than the snapshot")
            return false
        }
        if !change.isSnapshot, let before = change.before, let was = last[name], before != was {
            health.warn("sequence break", file, line, "\(name.symbol): \(before) after \(was)")
        }
        if change.isSnapshot || change.id != nil { last[name] = change.id }
        for (isBid, price, size) in change.levels {
            guard let price, let size else {
                throw InputError(
                    file: file, line: line, key: isBid ? "bids" : "asks",
                    found: "a level without price or size",
                    allowed: "levels of price and size")
            }
            feeds[name]!.set(isBid: isBid, price, to: size, line: line)
        }
        health.rowsKept += 1
        return true
    }

    private struct BookChange {
        var name: RebuiltBook.Name
        var isSnapshot: Bool
        /// Bids and asks with their new sizes; nil where a level is damaged.
        var levels: [(isBid: Bool, price: Exact?, size: Exact?)]
        /// What the venue numbers changes with, and the number before.
        var id: String?
        var before: String?
        /// What tells changes that a snapshot has already from those that it has not.
        var version: Int?
    }

    private static func exact(_ node: JSONText?) -> Exact? { node?.text.flatMap { Exact($0) } }

    private static func sides(_ d: JSONText, _ bids: String, _ asks: String) -> [(
        isBid: Bool, price: Exact?, size: Exact?
    )] {
        [(d[bids], true), (d[asks], false)].flatMap { list, isBid in
            (list?.list ?? []).map { level in
                (
                    isBid, exact(level.list?.first ?? level["price"]),
                    exact(level.list?.dropFirst().first ?? level["qty"])
                )
            }
        }
    }

    private static func bookChange(_ m: JSONText, address: String) -> BookChange? {
        binanceChange(m, address) ?? coinbaseChange(m) ?? krakenChange(m) ?? bitstampChange(m, address)
            ?? bybitChange(m)
    }

    /// A request's snapshot, and changes numbered from U to u after pu.
    private static func binanceChange(_ m: JSONText, _ address: String) -> BookChange? {
        if let version = m["lastUpdateId"]?.text, m["bids"] != nil, let key = address.range(of: "symbol=") {
            let symbol = String(address[key.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            return BookChange(
                name: .init(venue: binanceVenue(symbol), symbol: symbol), isSnapshot: true,
                levels: sides(m, "bids", "asks"), version: Int(version))
        }
        let d = m["data"] ?? m
        guard d["e"]?.text == "depthUpdate", let symbol = d["s"]?.text else { return nil }
        return BookChange(
            name: .init(venue: binanceVenue(symbol), symbol: symbol), isSnapshot: false,
            levels: sides(d, "b", "a"),
            id: d["u"]?.text, before: d["pu"]?.text, version: d["u"]?.text.flatMap { Int($0) })
    }

    private static func coinbaseChange(_ m: JSONText) -> BookChange? {
        guard let symbol = m["product_id"]?.text, let type = m["type"]?.text,
            ["snapshot", "l2update"].contains(type)
        else { return nil }
        let levels =
            type == "snapshot"
            ? sides(m, "bids", "asks")
            : (m["changes"]?.list ?? []).map { c in
                (
                    c.list?.first?.text == "buy", exact(c.list?.dropFirst().first),
                    exact(c.list?.dropFirst(2).first)
                )
            }
        return BookChange(
            name: .init(venue: "coinbase", symbol: symbol), isSnapshot: type == "snapshot", levels: levels)
    }

    /// Futures: numbered changes of one level.
    private static func krakenChange(_ m: JSONText) -> BookChange? {
        guard let symbol = m["product_id"]?.text, let feed = m["feed"]?.text,
            ["book_snapshot", "book"].contains(feed)
        else { return nil }
        let isSnapshot = feed == "book_snapshot"
        return BookChange(
            name: .init(venue: "kraken", symbol: symbol), isSnapshot: isSnapshot,
            levels: isSnapshot
                ? sides(m, "bids", "asks") : [(m["side"]?.text == "buy", exact(m["price"]), exact(m["qty"]))],
            id: m["seq"]?.text,
            before: isSnapshot ? nil : m["seq"]?.text.flatMap { Int($0) }.map { "\($0 &- 1)" })
    }

    /// A request's book by its address, and changes of a channel.
    private static func bitstampChange(_ m: JSONText, _ address: String) -> BookChange? {
        func version(_ d: JSONText) -> Int? { d["microtimestamp"]?.text.flatMap { Int($0) } }
        if m["microtimestamp"] != nil, m["bids"] != nil, let slash = address.range(of: "order_book/") {
            let symbol = String(address[slash.upperBound...].prefix { $0.isLetter || $0.isNumber })
            return BookChange(
                name: .init(venue: "bitstamp", symbol: symbol), isSnapshot: true,
                levels: sides(m, "bids", "asks"),
                version: version(m))
        }
        guard let channel = m["channel"]?.text, channel.hasPrefix("diff_order_book_"), let d = m["data"],
            d["bids"] != nil
        else { return nil }
        return BookChange(
            name: .init(venue: "bitstamp", symbol: String(channel.dropFirst(16))), isSnapshot: false,
            levels: sides(d, "bids", "asks"), version: version(d))
    }

    /// Bybit's older topics: whole levels, or lists of what is deleted, updated and inserted.
    private static func bybitChange(_ m: JSONText) -> BookChange? {
        guard let topic = m["topic"]?.text, topic.lowercased().hasPrefix("orderbook"), let d = m["data"]
        else { return nil }
        let symbol = topic.split(separator: ".").last.map(String.init) ?? topic
        func levels(_ list: [JSONText]?, isGone: Bool) -> [(isBid: Bool, price: Exact?, size: Exact?)] {
            (list ?? []).map {
                ($0["side"]?.text == "Buy", exact($0["price"]), isGone ? .zero : exact($0["size"]))
            }
        }
        if m["type"]?.text == "snapshot" {
            return BookChange(
                name: .init(venue: "bybit", symbol: symbol), isSnapshot: true,
                levels: levels(d["order_book"]?.list ?? d.list, isGone: false))
        }
        return BookChange(
            name: .init(venue: "bybit", symbol: symbol), isSnapshot: false,
            levels: levels(d["delete"]?.list, isGone: true) + levels(d["update"]?.list, isGone: false)
                + levels(d["insert"]?.list, isGone: false))
    }
}

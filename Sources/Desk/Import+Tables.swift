import Foundation
import InputFiles
import Primitives

/// Comma-separated files: our own tables, Tardis, Binance's depth files, Hyperliquid's contexts.
extension Import {
    /// A table and the columns that tell it.
    static let tables: [(name: String, columns: [String])] = [
        ("accounts", ["account", "venue", "collateral_asset", "collateral_amount"]),
        ("positions", ["account", "venue", "symbol", "side", "size", "entry_price"]),
        ("markets", ["venue", "symbol", "mark_price"]),
        ("tiers", ["venue", "symbol", "min_notional", "maintenance_rate"]),
        ("depth", ["venue", "symbol", "side", "price", "size"]), ("funds", ["venue", "asset", "balance"]),
        (
            "tardis book_snapshot",
            ["exchange", "symbol", "local_timestamp", "asks[0].price", "bids[0].price"]
        ),
        (
            "tardis incremental_book_L2",
            ["exchange", "symbol", "local_timestamp", "is_snapshot", "side", "price", "amount"]
        ),
        ("tardis derivative_ticker", ["exchange", "symbol", "local_timestamp", "mark_price", "index_price"]),
        ("tardis liquidations", ["exchange", "symbol", "local_timestamp", "id", "side", "price", "amount"]),
        (
            "binance depth stream",
            ["symbol", "first_update_id", "last_update_id", "update_type", "price", "qty"]
        ),
        ("binance bookDepth", ["timestamp", "percentage", "depth", "notional"]),
        ("hyperliquid asset_ctxs", ["time", "coin", "mark_px", "oracle_px"]),
    ]

    mutating func addTable(_ file: String, _ format: String?) throws(InputError) {
        let rows = try TableRows(path: file, comments: .aboveHeader)
        guard let header = try rows.next() else {
            throw InputError(file: file, found: "an empty file", allowed: "a table or JSON")
        }
        let names = Set(header.texts)
        guard let table = Self.tables.first(where: { $0.columns.allSatisfy(names.contains) }) else {
            throw InputError(
                file: file, line: header.line, found: "a header of no known table",
                allowed: Self.tables.map { "\($0.name) (\($0.columns.joined(separator: ",")))" }.joined(
                    separator: "; "))
        }
        let folder = book.folder
        defer { book.folder = folder }
        switch table.name {
        case "accounts": try book.readAccounts(file, &health)
        case "positions": try book.readPositions(file, &health)
        case "markets": try book.readMarkets(file, &health)
        case "tiers": try book.readTiers(file, &health)
        case "depth": try book.readDepth(file, &health)
        case "funds": try book.readFunds(file, &health)
        case "tardis book_snapshot": try tardisSnapshots(file)
        case "tardis incremental_book_L2": try tardisChanges(file)
        case "tardis derivative_ticker":
            try tickers(file, venue: "exchange", symbol: "symbol", mark: "mark_price", index: "index_price")
        case "tardis liquidations": try tardisLiquidations(file)
        case "binance depth stream": try binanceStream(file)
        case "binance bookDepth": try bookDepth(file)
        default: try tickers(file, venue: nil, symbol: "coin", mark: "mark_px", index: "oracle_px")
        }
        read.append((file, table.name))
    }

    /// Tardis's name of a venue as the rulebooks have it.
    static func venue(ofTardis name: String) -> String {
        switch name {
        case "binance-futures": "binance"
        case "binance-delivery": "binance-coinm"
        case "okex-swap", "okex-futures": "okx"
        case "bitmex", "deribit", "bybit", "hyperliquid", "dydx": name
        default: name
        }
    }

    /// The last book of each market; every one is looked at.
    private mutating func tardisSnapshots(_ file: String) throws(InputError) {
        var columns = ["exchange", "symbol", "timestamp", "local_timestamp"]
        for n in 0..<25 {
            columns += ["asks[\(n)].price", "asks[\(n)].amount", "bids[\(n)].price", "bids[\(n)].amount"]
        }
        let table = try BookFile(
            file, needed: Array(columns.prefix(8)), optional: Array(columns.dropFirst(8)))
        var last: [String: [AccountBook.Level]] = [:]
        var clock = Clock()
        while let row = try table.next() {
            health.rowsRead += 1
            let venue = Self.venue(ofTardis: row.text(0)), symbol = row.text(1)
            clock.see(row.text(3), file, row.line, &health)
            var levels: [AccountBook.Level] = []
            for n in 0..<25 {
                for (offset, isBid) in [(0, false), (2, true)] {
                    let c = 4 + 4 * n + offset
                    guard !row.isEmpty(c) else { continue }
                    levels.append(
                        .init(
                            venue: venue, symbol: symbol, isBid: isBid, price: try row.number(c),
                            size: try row.number(c + 1), line: row.line))
                }
            }
            let bid = levels.filter(\.isBid).map(\.price).max(),
                ask = levels.filter { !$0.isBid }.map(\.price).min()
            if let bid, let ask, bid >= ask {
                health.warn("crossed book", file, row.line, "\(symbol): bid \(bid), ask \(ask)")
            }
            if bid == nil || ask == nil {
                health.warn("empty book", file, row.line, "\(symbol) has one side only")
            }
            last[venue + "\n" + symbol] = levels
            health.rowsKept += 1
        }
        clock.end(file, &health)
        for (key, levels) in last.sorted(by: { $0.key < $1.key }) { replaceDepth(key, levels) }
    }

    private mutating func replaceDepth(_ key: String, _ levels: [AccountBook.Level]) {
        let parts = key.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        book.depth.removeAll { $0.venue == parts[0] && $0.symbol == parts[1] }
        book.depth += levels
    }

    private struct Side { var levels: [Exact: (size: Exact, line: Int)] = [:] }

    /// A book rebuilt from its changes: amount is the new total of a level, zero removes it, a snapshot begins anew.
    private mutating func tardisChanges(_ file: String) throws(InputError) {
        let table = try BookFile(
            file,
            needed: [
                "exchange", "symbol", "timestamp", "local_timestamp", "is_snapshot", "side", "price",
                "amount",
            ])
        var books: [String: (bids: Side, asks: Side, inSnapshot: Bool, isOpen: Bool)] = [:]
        var clock = Clock()
        while let row = try table.next() {
            health.rowsRead += 1
            let key = Self.venue(ofTardis: row.text(0)) + "\n" + row.text(1)
            clock.see(row.text(3), file, row.line, &health)
            var state = books[key] ?? (Side(), Side(), false, false)
            let isSnapshot = row.text(4).lowercased() == "true"
            if isSnapshot && !state.inSnapshot { state = (Side(), Side(), true, true) }
            state.inSnapshot = isSnapshot
            defer { books[key] = state }
            guard state.isOpen else {
                health.drop("change before the first snapshot")
                continue
            }
            let price = try row.number(6), size = try row.number(7)
            let level: (size: Exact, line: Int)? = size.isZero ? nil : (size, row.line)
            if row.text(5) == "bid" {
                state.bids.levels[price] = level
            } else {
                state.asks.levels[price] = level
            }
            health.rowsKept += 1
        }
        clock.end(file, &health)
        for (key, state) in books.sorted(by: { $0.key < $1.key }) {
            let parts = key.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            func levels(_ side: Side, _ isBid: Bool) -> [AccountBook.Level] {
                side.levels.sorted { isBid ? $0.key > $1.key : $0.key < $1.key }.map {
                    .init(
                        venue: parts[0], symbol: parts[1], isBid: isBid, price: $0.key, size: $0.value.size,
                        line: $0.value.line)
                }
            }
            replaceDepth(key, levels(state.bids, true) + levels(state.asks, false))
        }
    }

    /// Binance's stream as rows: a snapshot, or changes in which `pu` is the `u` before.
    private mutating func binanceStream(_ file: String) throws(InputError) {
        let table = try BookFile(
            file,
            needed: [
                "symbol", "timestamp", "first_update_id", "last_update_id", "side", "update_type", "price",
                "qty",
            ], optional: ["pu"])
        var sides: [String: (bids: Side, asks: Side)] = [:]
        var lastID: [String: String] = [:]
        var clock = Clock()
        while let row = try table.next() {
            health.rowsRead += 1
            let symbol = row.text(0), id = row.text(3), previous = row.text(8)
            clock.see(row.text(1), file, row.line, &health)
            if let before = lastID[symbol], before != id, previous != "-1", !previous.isEmpty,
                previous != before
            {
                health.warn("sequence break", file, row.line, "\(symbol): pu \(previous) after u \(before)")
            }
            lastID[symbol] = id
            var state = sides[symbol] ?? (Side(), Side())
            let price = try row.number(6), size = try row.number(7)
            let level: (size: Exact, line: Int)? = size.isZero ? nil : (size, row.line)
            if row.text(4) == "b" {
                state.bids.levels[price] = level
            } else {
                state.asks.levels[price] = level
            }
            sides[symbol] = state
            health.rowsKept += 1
        }
        clock.end(file, &health)
        for (symbol, state) in sides.sorted(by: { $0.key < $1.key }) {
            let venue = symbol.contains("USD_") ? "binance-coinm" : "binance"
            var levels: [AccountBook.Level] = []
            for (price, level) in state.bids.levels.sorted(by: { $0.key > $1.key }) {
                levels.append(
                    .init(
                        venue: venue, symbol: symbol, isBid: true, price: price, size: level.size,
                        line: level.line))
            }
            for (price, level) in state.asks.levels.sorted(by: { $0.key < $1.key }) {
                levels.append(
                    .init(
                        venue: venue, symbol: symbol, isBid: false, price: price, size: level.size,
                        line: level.line))
            }
            replaceDepth(venue + "\n" + symbol, levels)
        }
    }

    private mutating func tickers(_ file: String, venue: String?, symbol: String, mark: String, index: String)
        throws(InputError)
    {
        let table = try BookFile(file, needed: [symbol, mark, index] + (venue.map { [$0] } ?? []))
        var last: [String: AccountBook.Market] = [:]
        while let row = try table.next() {
            health.rowsRead += 1
            guard let price = try row.optional(1), !price.isZero else {
                health.drop("row without a mark")
                continue
            }
            let name = venue == nil ? "hyperliquid" : Self.venue(ofTardis: row.text(3))
            last[name + "\n" + row.text(0)] = .init(
                venue: name, symbol: row.text(0), mark: price, index: try row.optional(2), contract: .linear,
                contractSize: .one, line: row.line)
            health.rowsKept += 1
        }
        for (_, market) in last.sorted(by: { $0.key < $1.key }) {
            addMarket(market, replaces: true, file: file)
        }
    }

    /// Not part of a book: looked at, and said what it is worth as evidence.
    private mutating func tardisLiquidations(_ file: String) throws(InputError) {
        let table = try BookFile(
            file, needed: ["exchange", "symbol", "timestamp", "local_timestamp", "side", "price", "amount"],
            optional: ["id"])
        var seen: Set<[ArraySlice<UInt8>]> = []
        var seconds: Set<Substring> = []
        var clock = Clock()
        var isThrottled = false
        while let row = try table.next() {
            health.rowsRead += 1
            if !seen.insert(row.cells).inserted { health.drop("exact duplicate") }
            clock.see(row.text(3), file, row.line, &health)
            isThrottled = isThrottled || row.text(0).hasPrefix("binance")
            seconds.insert(row.text(3).dropLast(6))
        }
        clock.end(file, &health)
        if isThrottled {
            health.warn(
                "throttled source", file, 0,
                "Binance shows one liquidation a symbol and second: \(seconds.count) seconds hold one; the total is a lower bound"
            )
        }
        health.warn(
            "not part of a book", file, 0, "liquidations are looked at, and none is kept: a book has accounts"
        )
    }

    /// Depth by bands of per cent: not a book. A band that stays to the last figure for twenty rows is frozen; a side whose
    /// dollars over coins lie beyond the other side's is crossed.
    private mutating func bookDepth(_ file: String) throws(InputError) {
        let table = try BookFile(file, needed: ["timestamp", "percentage", "depth", "notional"])
        struct Band {
            var value = ""
            var run = 0
            var longest = 0
            var line = 0
            var end = ""
        }
        var bands: [String: Band] = [:]
        var implied: [String: (price: Double, time: String)] = [:]
        var crossed = (count: 0, line: 0, time: "")
        while let row = try table.next() {
            health.rowsRead += 1
            let name = row.text(1), value = row.text(2)
            var band = bands[name] ?? Band()
            band.run = value == band.value ? band.run + 1 : 0
            band.value = value
            if band.run > band.longest {
                (band.longest, band.line, band.end) = (band.run, row.line, row.text(0))
            }
            bands[name] = band
            let depth = try row.number(2), notional = try row.number(3)
            guard !depth.isZero, let share = Exact(name), !share.isZero else { continue }
            implied[name] = (notional.double / depth.double, row.text(0))
            let other = share.isNegative ? String(name.dropFirst()) : "-" + name
            if let mine = implied[name], let theirs = implied[other], mine.time == theirs.time {
                if (share.isNegative ? mine.price : theirs.price)
                    > (share.isNegative ? theirs.price : mine.price)
                {
                    crossed.count += 1
                    if crossed.count == 1 { (crossed.line, crossed.time) = (row.line, row.text(0)) }
                }
            }
        }
        for (name, band) in bands.sorted(by: { $0.key < $1.key }) where band.longest >= 20 {
            health.warn(
                "frozen band", file, band.line,
                "the band at \(name) % stays the same for \(band.longest + 1) rows, until \(band.end)")
        }
        if crossed.count > 0 {
            health.warn(
                "crossed bands", file, crossed.line,
                "bids are priced above asks in \(crossed.count) pairs of bands, first at \(crossed.time)")
        }
        health.warn("not part of a book", file, 0, "bands of depth are looked at, and none is kept")
    }
}

/// Times of a file: their span, the largest gap, what is out of order.
struct Clock {
    private var first: Int64?
    private var last: Int64?
    private var gap: Int64 = 0
    private var backwards = 0

    mutating func see(_ text: String, _ file: String, _ line: Int, _ health: inout Health) {
        guard let time = Int64(text) else {
            return health.warn("time that is none", file, line, "`\(text.prefix(40))`")
        }
        if let last {
            if time < last { backwards += 1 }
            gap = max(gap, time - last)
        }
        first = first ?? time
        last = max(last ?? time, time)
    }

    /// Units are told by the size of a time of this century.
    private static func seconds(_ ticks: Int64, at time: Int64) -> Double {
        Double(ticks)
            / (time > 100_000_000_000_000_000
                ? 1e9 : time > 100_000_000_000_000 ? 1e6 : time > 100_000_000_000 ? 1e3 : 1)
    }

    func end(_ file: String, _ health: inout Health) {
        guard let first, let last else { return }
        let span = Self.seconds(last - first, at: last), hole = Self.seconds(gap, at: last)
        if backwards > 0 {
            health.warn("out of order", file, 0, "\(backwards) times lie before the one above")
        }
        if hole > 60 && hole > span / 20 {
            health.warn("gap", file, 0, "\(hole) seconds without a row, of \(span)")
        }
    }
}

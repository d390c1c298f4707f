import InputFiles
import Primitives

/// Feeds of order books: the last book of each market is kept, and every one is looked at.
extension Import {
    mutating func tardisSnapshots(_ file: String) throws(InputError) {
        var columns = ["exchange", "symbol", "timestamp", "local_timestamp"]
        for n in 0..<25 {
            columns += ["asks[\(n)].price", "asks[\(n)].amount", "bids[\(n)].price", "bids[\(n)].amount"]
        }
        let table = try BookFile(
            file, needed: Array(columns.prefix(8)), optional: Array(columns.dropFirst(8)))
        var last: [RebuiltBook.Name: [AccountBook.Level]] = [:]
        var clock = Clock(.microseconds)
        while let row = try table.next() {
            health.rowsRead += 1
            let name = RebuiltBook.Name(venue: Self.venue(ofTardis: row.text(0)), symbol: row.text(1))
            clock.see(row.text(3), file, row.line, &health)
            var levels: [AccountBook.Level] = []
            for n in 0..<25 {
                for (offset, isBid) in [(0, false), (2, true)] {
                    let c = 4 + 4 * n + offset
                    guard !row.isEmpty(c) else { continue }
                    levels.append(
                        .init(
                            venue: name.venue, symbol: name.symbol, isBid: isBid, price: try row.number(c),
                            size: try row.number(c + 1), line: row.line))
                }
            }
            let (bid, ask) = (
                levels.filter(\.isBid).map(\.price).max(), levels.filter { !$0.isBid }.map(\.price).min()
            )
            if let bid, let ask, bid >= ask {
                health.warn("crossed book", file, row.line, "\(name.symbol): bid \(bid), ask \(ask)")
            }
            if bid == nil || ask == nil {
                health.warn("empty book", file, row.line, "\(name.symbol) has one side only")
            }
            last[name] = levels
            health.rowsKept += 1
        }
        clock.end(file, &health)
        for (name, levels) in last.sorted(by: { $0.key < $1.key }) { replaceDepth(name, levels) }
    }

    mutating func replaceDepth(_ name: RebuiltBook.Name, _ levels: [AccountBook.Level]) {
        book.depth.removeAll { $0.venue == name.venue && $0.symbol == name.symbol }
        book.depth += levels
    }

    /// Shows a feed's book one row: a change before any snapshot of it is none, and counted.
    mutating func isOpen(_ name: RebuiltBook.Name, isSnapshot: Bool, at time: String) -> Bool {
        feeds[name, default: RebuiltBook()].see(isSnapshot: isSnapshot, at: time)
        if !feeds[name]!.isOpen { health.drop("change before the first snapshot") }
        return feeds[name]!.isOpen
    }

    mutating func tardisChanges(_ file: String) throws(InputError) {
        let table = try BookFile(
            file,
            needed: [
                "exchange", "symbol", "timestamp", "local_timestamp", "is_snapshot", "side", "price",
                "amount",
            ])
        var seen: Set<RebuiltBook.Name> = []
        var clock = Clock(.microseconds)
        while let row = try table.next() {
            health.rowsRead += 1
            let name = RebuiltBook.Name(venue: Self.venue(ofTardis: row.text(0)), symbol: row.text(1))
            clock.see(row.text(3), file, row.line, &health)
            seen.insert(name)
            guard isOpen(name, isSnapshot: row.text(4).lowercased() == "true", at: row.text(3)) else {
                continue
            }
            feeds[name]!.set(
                isBid: row.text(5) == "bid", try row.number(6), to: try row.number(7), line: row.line)
            health.rowsKept += 1
        }
        clock.end(file, &health)
        for name in seen.sorted() { replaceDepth(name, feeds[name]!.levels(name)) }
    }

    /// Binance's stream as rows: a snapshot, or changes in which `pu` is the `u` before.
    mutating func binanceStream(_ file: String) throws(InputError) {
        let table = try BookFile(
            file,
            needed: [
                "symbol", "timestamp", "first_update_id", "last_update_id", "side", "update_type", "price",
                "qty",
            ], optional: ["pu"])
        var seen: Set<RebuiltBook.Name> = []
        var lastID: [String: String] = [:]
        var clock = Clock(.milliseconds)
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
            let name = RebuiltBook.Name(venue: Self.binanceVenue(symbol), symbol: symbol)
            seen.insert(name)
            guard isOpen(name, isSnapshot: row.text(5) == "snap", at: id) else { continue }
            feeds[name]!.set(
                isBid: row.text(4) == "b", try row.number(6), to: try row.number(7), line: row.line)
            health.rowsKept += 1
        }
        clock.end(file, &health)
        for name in seen.sorted() { replaceDepth(name, feeds[name]!.levels(name)) }
    }
}

import Foundation
import InputFiles
import Primitives

/// Comma-separated files: our own tables, Tardis, Binance's depth files, Hyperliquid's contexts. Feeds of books are in
/// `Import+Books.swift`.
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
        ("aave liquidations", ["collateralReserve", "principalReserve", "timestamp", "liquidator"]),
        ("hyperliquid liquidations", ["time", "user", "liquidated_ntl_pos"]),
        ("hyperliquid ledger updates", ["time", "user", "delta_usd"]),
        ("binance bookDepth", ["timestamp", "percentage", "depth", "notional"]),
        ("lending", ["protocol", "account", "collateral_asset", "debt_asset"]),
        ("prices", ["asset", "price_usd"]),
        (
            "large borrowers",
            ["asset_name", "collateral_amount", "debt_amount_usdt", "original_user_address"]
        ),
        ("outstanding debts", ["user_address", "outstanding_debt_usdt", "current_hf"]),
        ("aave user history", ["user", "totalCollateral", "totalDebt", "healthFactor", "tokenAddress"]),
        ("hyperliquid asset_ctxs", ["time", "coin", "mark_px", "oracle_px"]),
    ]

    mutating func addTable(_ file: String, _ format: String?) throws(InputError) {
        let rows = try TableRows(path: file, comments: .aboveHeader)
        guard let header = try rows.next() else {
            throw InputError(file: file, found: "an empty file", allowed: "a table or JSON")
        }
        let names = Set(header.texts)
        guard
            let table = Self.tables.first(where: {
                (format == nil || format == $0.name) && $0.columns.allSatisfy(names.contains)
            })
        else {
            throw unknownTable(file, header.line, names, format)
        }
        switch table.name {
        case "accounts": try book.readAccounts(file, &health)
        case "positions": try book.readPositions(file, &health)
        case "markets": try book.readMarkets(file, &health)
        case "tiers": try book.readTiers(file, &health)
        case "depth": try book.readDepth(file, &health)
        case "funds": try book.readFunds(file, &health)
        case "lending": try book.readLoans(file, &health)
        case "prices": try book.readPrices(file, &health)
        case "large borrowers": try largeBorrowers(file)
        case "outstanding debts": try outstandingDebts(file)
        case "aave user history": try userHistory(file)
        case "tardis book_snapshot": try tardisSnapshots(file)
        case "tardis incremental_book_L2": try tardisChanges(file)
        case "tardis derivative_ticker":
            try tickers(file, venue: "exchange", symbol: "symbol", mark: "mark_price", index: "index_price")
        case "tardis liquidations" where format == nil && file.contains("trades"): try tardisTrades(file)
        case "tardis liquidations": try tardisLiquidations(file)
        case "binance depth stream": try binanceStream(file)
        case "aave liquidations": try lookAt(file, table.name, time: "timestamp")
        case "hyperliquid liquidations", "hyperliquid ledger updates": try lookAt(file, table.name, time: nil)
        case "binance bookDepth": try bookDepth(file)
        default: try tickers(file, venue: nil, symbol: "coin", mark: "mark_px", index: "oracle_px")
        }
        hasUnfoundRows = true
        read.append((file, table.name))
    }

    /// Of the table whose columns are there most, what is missing.
    private func unknownTable(_ file: String, _ line: Int, _ names: Set<String>, _ format: String?)
        -> InputError
    {
        func share(_ table: (name: String, columns: [String])) -> Double {
            Double(table.columns.count(where: names.contains)) / Double(table.columns.count)
        }
        let near = Self.tables.filter { format == nil || $0.name == format }.max { share($0) < share($1) }
        let missing = near.map { $0.columns.filter { !names.contains($0) }.joined(separator: ", ") } ?? ""
        let found =
            format == nil
            ? "a header of no known table; the nearest is \(near?.name ?? "none"), without \(missing)"
            : "a header without \(missing)"
        return InputError(
            file: file, line: line, found: found,
            allowed: "a table of " + Self.tables.map(\.name).joined(separator: ", ") + " (docs/books.md)")
    }

    /// Tardis's name of a venue as the rulebooks have it.
    static func venue(ofTardis name: String) -> String {
        switch name {
        case "binance-futures": "binance"
        case "binance-delivery": "binance-coinm"
        case "okex-swap", "okex-futures": "okx"
        default: name
        }
    }

    private mutating func tickers(_ file: String, venue: String?, symbol: String, mark: String, index: String)
        throws(InputError)
    {
        findRows()
        let table = try BookFile(file, needed: [symbol, mark, index] + (venue.map { [$0] } ?? []))
        var last: [RebuiltBook.Name: (mark: Exact, index: Exact?, line: Int)] = [:]
        while let row = try table.next() {
            health.rowsRead += 1
            guard let price = try row.optional(1), !price.isZero else {
                health.drop("row without a mark")
                continue
            }
            let name = venue == nil ? "hyperliquid" : Self.venue(ofTardis: row.text(3))
            last[.init(venue: name, symbol: row.text(0))] = (price, try row.optional(2), row.line)
            health.rowsKept += 1
        }
        for (name, row) in last.sorted(by: { $0.key < $1.key }) {
            addPrice(name.venue, name.symbol, row.mark, row.index, file: file, line: row.line)
        }
    }

    /// A table of events, which no book has: its rows are counted, and what is wrong with them said.
    ///
    /// - Parameter time: a column of seconds; nil where times are texts.
    private mutating func lookAt(_ file: String, _ name: String, time: String?) throws(InputError) {
        let rows = try TableRows(path: file, comments: .aboveHeader)
        guard let header = try rows.next() else { return }
        let place = time.flatMap { header.texts.firstIndex(of: $0) }
        var seen: Set<[String]> = []
        var clock = Clock(.seconds)
        while let row = try rows.next() {
            health.rowsRead += 1
            let cells = row.texts
            health.drop(seen.insert(cells).inserted ? "row of \(name)" : "exact duplicate")
            if let place, place < cells.count { clock.see(cells[place], file, row.line, &health) }
        }
        if place != nil { clock.end(file, &health) }
        health.warn(
            "not part of a book", file, 0, "\(name) are looked at, and none is kept: a book has accounts")
    }

    /// Trades have the header of liquidations: a file of that name is taken for them.
    private mutating func tardisTrades(_ file: String) throws(InputError) {
        let table = try BookFile(file, needed: ["exchange", "symbol", "local_timestamp", "price", "amount"])
        var clock = Clock(.microseconds)
        while let row = try table.next() {
            health.rowsRead += 1
            health.drop("trade")
            clock.see(row.text(2), file, row.line, &health)
        }
        clock.end(file, &health)
        health.warn(
            "not part of a book", file, 0, "trades are looked at, and none is kept: a book has accounts")
    }

    /// Not part of a book: looked at, and said what it is worth as evidence.
    private mutating func tardisLiquidations(_ file: String) throws(InputError) {
        let table = try BookFile(
            file, needed: ["exchange", "symbol", "timestamp", "local_timestamp", "side", "price", "amount"],
            optional: ["id"])
        var seen: Set<[ArraySlice<UInt8>]> = []
        var seconds: Set<Substring> = []
        var clock = Clock(.microseconds)
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

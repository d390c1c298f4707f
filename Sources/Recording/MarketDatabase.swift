import Clearing
import Exchanges
import Foundation
import GRDB
import Market
import MarketData
import Primitives
import Venues

/// The tables of `run.sqlite` of a whole-market run. Bulk tables hold numbers only; `venues`, `assets`, `books` and
/// `stages` say what they stand for. Column names carry their units; times are UTC milliseconds since 1970.
struct MarketDatabase: RecordDatabase {
    let queue: DatabaseQueue
    private let units: [[ContractUnit]]
    /// By venue.
    private let settlements: [Settlement]
    private let assetsOfMarket: [[Int]]

    static let schema = """
        CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        INSERT INTO about VALUES ('notice', 'Nothing here is investment advice.');
        CREATE TABLE venues (id INTEGER PRIMARY KEY, venue TEXT NOT NULL, settlement TEXT NOT NULL);
        CREATE TABLE assets (id INTEGER PRIMARY KEY, asset TEXT NOT NULL);
        CREATE TABLE books (id INTEGER PRIMARY KEY, venue_id INTEGER NOT NULL, asset_id INTEGER NOT NULL, is_spot INTEGER NOT NULL);
        CREATE TABLE stages (id INTEGER PRIMARY KEY, stage TEXT NOT NULL);
        CREATE TABLE minutes (time_utc TEXT NOT NULL, time_ms INTEGER NOT NULL, liquidated_long_usd REAL,
            liquidated_short_usd REAL, reported_long_usd REAL, reported_short_usd REAL, takeovers_usd REAL,
            deleveraged_usd REAL, margin_calls INTEGER, open_interest_usd REAL, btc_depth_1pct_usd REAL,
            maker_capital_left_share REAL, maker_caution REAL, caused_by_forced_usd REAL, btc_spread_bp REAL);
        CREATE TABLE venue_minutes (time_ms INTEGER NOT NULL, venue_id INTEGER NOT NULL, liquidated_long_usd REAL,
            liquidated_short_usd REAL, reported_long_usd REAL, reported_short_usd REAL, open_interest_usd REAL);
        CREATE TABLE asset_minutes (time_ms INTEGER NOT NULL, asset_id INTEGER NOT NULL, index_usd REAL,
            volatility_per_sqrt_second REAL, maker_presence REAL);
        CREATE TABLE book_minutes (time_ms INTEGER NOT NULL, book_id INTEGER NOT NULL, mid_usd REAL, lowest_trade_usd REAL,
            last_trade_usd REAL);
        CREATE TABLE events (time_ms INTEGER NOT NULL, venue_id INTEGER NOT NULL, stage_id INTEGER NOT NULL,
            asset_id INTEGER, account INTEGER NOT NULL, counterparty INTEGER, coins REAL, price_usd REAL, amount REAL,
            loss REAL);
        CREATE TABLE minute_hashes (time_utc TEXT NOT NULL, state_hash TEXT NOT NULL);
        -- The columns that both kinds of run have, under one name. A payment in coins has no price and no dollars here.
        CREATE VIEW event_list AS SELECT strftime('%Y-%m-%dT%H:%M:%SZ', time_ms / 1000, 'unixepoch') AS time_utc, time_ms,
            venue, stage, asset, account, counterparty, coins, price_usd,
            CASE settlement WHEN 'USD' THEN amount ELSE amount * price_usd END AS amount_usd
            FROM events JOIN venues ON venues.id = venue_id JOIN stages ON stages.id = stage_id
            LEFT JOIN assets ON assets.id = asset_id;
        """

    init(path: String, _ exchanges: borrowing Exchanges) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        var venues: [(String, String)] = []
        var units: [[ContractUnit]] = []
        var settlements: [Settlement] = []
        for e in exchanges.names.indices {
            var settlement = Settlement.dollars
            var markets: [ContractUnit] = []
            if e < exchanges.perps.count {
                settlement = exchanges.perps[e].rulebook.settlement
                markets =
                    exchanges.perps[e].rulebook.markets.map(\.spec.unit)
                    + exchanges.perps[e].rulebook.collateral.map(\.spec.unit)
            }
            venues.append((exchanges.names[e], settlement.currency))
            settlements.append(settlement)
            units.append(markets)
        }
        var assetsOfMarket = units.map { [Int](repeating: -1, count: $0.count) }
        for place in exchanges.books where !place.isSpot {
            assetsOfMarket[Int(place.exchange)][Int(place.market)] = Int(place.asset)
        }
        self.units = units
        self.settlements = settlements
        self.assetsOfMarket = assetsOfMarket
        let (assets, books) = (exchanges.assets, exchanges.books)
        try queue.write { db in
            try db.execute(sql: Self.schema)
            for (i, venue) in venues.enumerated() {
                try db.execute(sql: "INSERT INTO venues VALUES (?, ?, ?)", arguments: [i, venue.0, venue.1])
            }
            for (i, asset) in assets.enumerated() {
                try db.execute(sql: "INSERT INTO assets VALUES (?, ?)", arguments: [i, asset])
            }
            for (i, book) in books.enumerated() {
                try db.execute(
                    sql: "INSERT INTO books VALUES (?, ?, ?, ?)",
                    arguments: [i, Int(book.exchange), Int(book.asset), book.isSpot])
            }
            for kind in ClearingEvent.Kind.allCases {
                try db.execute(
                    sql: "INSERT INTO stages VALUES (?, ?)", arguments: [Int(kind.rawValue), kind.stageName])
            }
        }
    }

    func close() throws {
        try queue.leaveOneFile()
    }

    func bytes() throws -> Int {
        try queue.read { db in
            try (Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0)
                * (Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
        }
    }

    /// Writes one batch in one transaction.
    func write(_ batch: MarketBatch) throws {
        try queue.write { db in
            try insert(batch.minutes, db)
            var rows = try SQLiteRows(db, "INSERT INTO asset_minutes VALUES (?, ?, ?, ?, ?)")
            for row in batch.assets {
                rows.add(row.time.milliseconds)
                rows.add(Int64(row.asset))
                rows.add(row.indexUSD)
                rows.add(row.volatility)
                rows.add(row.presence)
                try rows.end()
            }
            rows = try SQLiteRows(db, "INSERT INTO book_minutes VALUES (?, ?, ?, ?, ?)")
            for row in batch.books {
                rows.add(row.time.milliseconds)
                rows.add(Int64(row.book))
                if row.midUSD > 0 { rows.add(row.midUSD) } else { rows.addNull() }
                rows.add(row.lowUSD)
                rows.add(row.lastUSD)
                try rows.end()
            }
            rows = try SQLiteRows(db, "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            for event in batch.events { try insert(event, &rows) }
            let hash = try db.cachedStatement(sql: "INSERT INTO minute_hashes VALUES (?, ?)")
            for (time, value) in batch.hashes { try hash.execute(arguments: [time.description, value]) }
        }
    }

    private func insert(_ event: MarketBatch.Event, _ rows: inout SQLiteRows) throws {
        let (e, venue) = (event.event, Int(event.venue))
        let unit = e.market >= 0 ? units[venue][Int(e.market)] : nil
        rows.add(e.time.milliseconds)
        rows.add(Int64(venue))
        rows.add(Int64(e.kind.rawValue))
        if e.market >= 0, assetsOfMarket[venue][Int(e.market)] >= 0 {
            rows.add(Int64(assetsOfMarket[venue][Int(e.market)]))
        } else {
            rows.addNull()
        }
        rows.add(Int64(e.account))
        if e.counterparty >= 0 { rows.add(Int64(e.counterparty)) } else { rows.addNull() }
        let settlement = settlements[venue]
        if let unit, let coins = coins(e, unit, settlement) { rows.add(coins) } else { rows.addNull() }
        if let unit, e.price.count > 0 { rows.add(unit.usd(e.price)) } else { rows.addNull() }
        rows.add(settlement.amount(e.amount))
        rows.add(settlement.amount(e.loss))
        try rows.end()
    }

    /// The change of the position in coins: of an inverse contract what its dollars are worth at the event's price, nil
    /// where it has none.
    private func coins(_ e: ClearingEvent, _ unit: ContractUnit, _ settlement: Settlement) -> Double? {
        guard unit.isInverse else { return unit.coins(e.lots) }
        if e.lots == .zero { return 0 }
        return e.price.count > 0 ? settlement.amount(unit.notional(e.lots, at: e.price)) : nil
    }

    private func insert(_ minutes: [MarketMinute], _ db: Database) throws {
        let market = try db.cachedStatement(
            sql: "INSERT INTO minutes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for minute in minutes {
            try market.execute(arguments: [
                minute.time.description, minute.time.milliseconds, minute.liquidatedLong.reduce(0, +),
                minute.liquidatedShort.reduce(0, +), minute.reportedLong.reduce(0, +),
                minute.reportedShort.reduce(0, +), minute.takeovers, minute.deleveraged, minute.marginCalls,
                minute.openInterest.reduce(0, +), minute.bitcoinDepthUSD, minute.makerCapitalLeft,
                minute.caution, minute.causedByForced, minute.bitcoinSpreadBp,
            ])
            var rows = try SQLiteRows(db, "INSERT INTO venue_minutes VALUES (?, ?, ?, ?, ?, ?, ?)")
            for v in minute.liquidatedLong.indices {
                rows.add(minute.time.milliseconds)
                rows.add(Int64(v))
                rows.add(minute.liquidatedLong[v])
                rows.add(minute.liquidatedShort[v])
                rows.add(minute.reportedLong[v])
                rows.add(minute.reportedShort[v])
                rows.add(minute.openInterest[v])
                try rows.end()
            }
        }
    }
}

/// Rows on their way to the database.
struct MarketBatch: RecordRows {
    struct Event: Sendable {
        var venue: Int32
        var event: ClearingEvent
    }
    var minutes: [MarketMinute] = []
    var books: [BookRow] = []
    var assets: [AssetRow] = []
    var events: [Event] = []
    var hashes: [(time: SimTime, hash: String)] = []
    var rowCount: Int { minutes.count + books.count + assets.count + events.count + hashes.count }
}

extension DatabaseQueue {
    /// Folds the write-ahead log in, so that one plain file is left, and lets go of it even if that fails.
    func leaveOneFile() throws {
        defer { try? close() }
        try writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
        }
    }
}

import Clearing
import Foundation
import GRDB
import Market
import MarketData
import Primitives

/// The tables of `run.sqlite`. Column names carry their units; times are UTC.
struct RunDatabase: RecordDatabase {
    let queue: DatabaseQueue
    private let assets: [AssetUnits]

    init(path: String, venue: String, assets: [AssetUnits]) throws {
        self.assets = assets
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            // With a write-ahead log a killed process loses at most the transaction it was in.
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            try db.execute(sql: Self.schema)
            try db.execute(sql: "INSERT INTO about VALUES ('venue', ?)", arguments: [venue])
        }
    }

    private static let series = """
        time_utc TEXT NOT NULL, time_ms INTEGER NOT NULL, asset TEXT NOT NULL,
        index_usd REAL, mark_usd REAL, mid_usd REAL, lowest_trade_usd REAL,
        liquidated_long_usd REAL, liquidated_short_usd REAL, vault_takeover_usd REAL, deleveraged_usd REAL,
        margin_calls INTEGER, liquidation_events INTEGER, deleveraging_events INTEGER,
        bid_depth_1pct_usd REAL, ask_depth_1pct_usd REAL, open_interest_usd REAL,
        vault_equity_usd REAL, fund_equity_usd REAL, maker_presence REAL
        """

    static let schema = """
        CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        INSERT INTO about VALUES ('notice', 'Nothing here is investment advice.');
        CREATE TABLE minutes (\(series));
        CREATE TABLE seconds (\(series));
        CREATE TABLE minute_hashes (time_utc TEXT NOT NULL, state_hash TEXT NOT NULL);
        CREATE TABLE events (
            time_utc TEXT NOT NULL, time_ms INTEGER NOT NULL, stage TEXT NOT NULL, asset TEXT,
            account INTEGER NOT NULL, counterparty INTEGER, coins REAL, price_usd REAL, amount_usd REAL,
            loss_usd REAL, equity_usd REAL, maintenance_usd REAL, reason TEXT NOT NULL);
        -- The columns that both kinds of run have, under one name.
        CREATE VIEW event_list AS SELECT time_utc, time_ms, (SELECT value FROM about WHERE key = 'venue') AS venue,
            stage, asset, account, counterparty, coins, price_usd, amount_usd FROM events;
        """

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
    func write(_ batch: RecordBatch) throws {
        try queue.write { db in
            try insert(batch.minutes, into: "minutes", db)
            try insert(batch.seconds, into: "seconds", db)
            let hash = try db.cachedStatement(sql: "INSERT INTO minute_hashes VALUES (?, ?)")
            for (time, value) in batch.hashes { try hash.execute(arguments: [time.description, value]) }
            let rows = EventRows(
                statement: try db.cachedStatement(sql: EventRows.insert).sqliteStatement, assets: assets)
            try rows.insert(batch.events)
        }
    }

    private func insert(_ rows: [SeriesRow], into table: String, _ db: Database) throws {
        // Depth, open interest and equities are measured by the minute only.
        func measured(_ value: Double) -> Double? { table == "minutes" ? value : nil }
        let places = Array(repeating: "?", count: 20).joined(separator: ", ")
        let statement = try db.cachedStatement(sql: "INSERT INTO \(table) VALUES (\(places))")
        for r in rows {
            try statement.execute(arguments: [
                r.time.description, r.time.milliseconds, assets[Int(r.market)].name, r.indexUSD, r.markUSD,
                r.midUSD,
                r.lowestTradeUSD, r.liquidatedLongUSD, r.liquidatedShortUSD, r.vaultTakeoverUSD,
                r.deleveragedUSD,
                r.marginCalls, r.liquidationEvents, r.deleveragingEvents, measured(r.bidDepth1PctUSD),
                measured(r.askDepth1PctUSD), measured(r.openInterestUSD), measured(r.vaultEquityUSD),
                measured(r.fundEquityUSD), r.makerPresence,
            ])
        }
    }
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

/// What the recorder must know of a market to print its rows.
public struct AssetUnits: Sendable {
    public var name: String
    public var unit: ContractUnit
    public init(name: String, unit: ContractUnit) {
        self.name = name
        self.unit = unit
    }
}

/// Rows on their way to the database.
struct RecordBatch: RecordRows {
    var minutes: [SeriesRow] = []
    var seconds: [SeriesRow] = []
    var hashes: [(time: SimTime, hash: String)] = []
    var events: [ClearingEvent] = []
    var rowCount: Int { minutes.count + seconds.count + hashes.count + events.count }
}

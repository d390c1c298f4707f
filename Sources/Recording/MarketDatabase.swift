import Exchanges
import GRDB
import Primitives

/// `run.sqlite` while it is written. Its tables are in `MarketSchema`.
struct MarketDatabase: RecordDatabase {
    let queue: DatabaseQueue
    private let ledgers: [EventPage.Ledger]

    init(path: String, _ exchanges: borrowing Exchanges) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        ledgers = EventPage.ledgers(of: exchanges)
        let names = NameTables.all.map { $0.cells(exchanges) }
        try queue.write { db in
            try db.execute(sql: MarketSchema.sql)
            for cells in names { try cells.write(db) }
        }
    }

    func close() throws {
        // For speed alone: where they do not fit on the disk, every row is there still and is found by a scan.
        try? queue.write { db in try db.execute(sql: EventTable.indexes) }
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
            for cells in batch.minutes { try cells.write(db) }
            try EventTable.events.write(EventPage(entries: batch.events, ledgers: ledgers), db)
            try MinuteHash.table.write(batch.hashes, db)
        }
    }
}

/// Rows on their way to the database.
struct MarketBatch: RecordRows {
    /// Rows of the minute tables.
    var minutes: [Cells] = []
    var events: [EventPage.Entry] = []
    var hashes: [MinuteHash] = []
    var rowCount: Int { minutes.reduce(events.count + hashes.count) { $0 + $1.rowCount } }
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

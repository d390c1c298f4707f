import GRDB
import Primitives
import Recording
import Synchronization

/// What a recording of the whole market holds beyond its minutes, read when it is first asked for and then kept.
public final class RecordedSeries: Sendable {
    /// A price at the end of a minute.
    public struct Price: Sendable {
        /// Unix seconds of the minute's start.
        public var seconds: Int64
        public var usd: Double
    }

    /// One minute of a venue, dollars.
    struct VenueMinute: Sendable {
        var seconds: Int64
        var liquidatedLong: Double
        var liquidatedShort: Double
        var reportedLong: Double
        var reportedShort: Double
        var openInterest: Double
    }

    /// One minute of a book, dollars.
    struct BookMinute: Sendable {
        var seconds: Int64
        /// Nil while a side was empty.
        var mid: Double?
        var lowest: Double
        var last: Double
        /// Of takers.
        var bought: Double
        var sold: Double
        /// Within 1 % of the mid.
        var bids: Double
        var asks: Double

        var volume: Double { bought + sold }
    }

    /// What takers traded on a book in some window, dollars.
    struct Traded: Sendable {
        var id: Int
        var venue: String
        var asset: String
        var isSpot: Bool
        var bought: Double
        var sold: Double

        var volume: Double { bought + sold }
    }

    /// What takeovers or deleveraging moved in one second on one venue of one asset.
    struct Forced: Sendable {
        var milliseconds: Int64
        var venue: String
        var asset: String
        /// As the recording names it.
        var stage: String
        var usd: Double
        var coins: Double
        var count: Int
    }

    private let path: String
    private let indexes = Mutex<[String: [Price]]>([:])
    private let venues = Mutex<[String: [VenueMinute]]>([:])
    private let books = Mutex<[String: [BookMinute]]>([:])
    private let windows = Mutex<[String: [Traded]]>([:])
    private let forcedRows = Mutex<[Forced]?>(nil)
    private let looked = Mutex<Set<String>>([])

    init(_ path: String) { self.path = path }

    /// The whole market's minutes. Every value of the tables that measures read is looked at once, here.
    func minutes() throws -> [RunRecord.Minute] {
        try read(["minutes", "assets", "asset_minutes", "venues", "stages", "events"]) { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT time_ms / 1000, liquidated_long_usd, liquidated_short_usd, reported_long_usd,
                        reported_short_usd, takeovers_usd, deleveraged_usd, open_interest_usd,
                        btc_depth_1pct_usd, btc_spread_bp, filled_in_books_usd FROM minutes ORDER BY time_ms
                    """
            ).map {
                RunRecord.Minute(
                    seconds: $0[0], liquidatedLong: $0[1], liquidatedShort: $0[2], reportedLong: $0[3],
                    reportedShort: $0[4], takenOver: $0[5], deleveraged: $0[6], openInterest: $0[7],
                    depth: $0[8], spreadBp: $0[9], filledInBooks: $0[10])
            }
        }
    }

    /// An asset's index at the end of each minute; empty for an asset that is not in the run.
    ///
    /// - Throws: `InputError` for a recording that is damaged.
    public func index(_ asset: String) throws -> [Price] {
        try kept(asset, in: indexes) {
            try read([]) { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT time_ms / 1000, index_usd FROM asset_minutes JOIN assets ON assets.id = asset_id
                        WHERE asset = ? ORDER BY time_ms
                        """, arguments: [asset]
                ).map { Price(seconds: $0[0], usd: $0[1]) }
            }
        }
    }

    /// A venue's minutes, those of all its ledgers together; empty for a venue without contracts.
    func venue(_ venue: String) throws -> [VenueMinute] {
        try kept(venue, in: venues) {
            try read(["venue_minutes"]) { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT time_ms / 1000, sum(liquidated_long_usd), sum(liquidated_short_usd),
                            sum(reported_long_usd), sum(reported_short_usd), sum(open_interest_usd)
                        FROM venue_minutes JOIN venues ON venues.id = venue_id WHERE venue = ?
                        GROUP BY time_ms ORDER BY time_ms
                        """, arguments: [venue]
                ).map {
                    VenueMinute(
                        seconds: $0[0], liquidatedLong: $0[1], liquidatedShort: $0[2], reportedLong: $0[3],
                        reportedShort: $0[4], openInterest: $0[5])
                }
            }
        }
    }

    /// A venue's book of an asset; empty where it has none.
    func book(_ venue: String, _ asset: String) throws -> [BookMinute] {
        try kept("\(venue) \(asset)", in: books) {
            try read(["books", "book_minutes"]) { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT time_ms / 1000, mid_usd, lowest_trade_usd, last_trade_usd, bought_usd, sold_usd,
                            bids_1pct_usd, asks_1pct_usd FROM book_minutes
                        WHERE book_id = (SELECT min(books.id) FROM books JOIN venues ON venues.id = venue_id
                            JOIN assets ON assets.id = asset_id WHERE venue = ? AND asset = ?) ORDER BY time_ms
                        """, arguments: [venue, asset]
                ).map {
                    BookMinute(
                        seconds: $0[0], mid: $0[1], lowest: $0[2], last: $0[3], bought: $0[4], sold: $0[5],
                        bids: $0[6], asks: $0[7])
                }
            }
        }
    }

    /// What takers traded in the minutes that begin in a window, by the number of the book.
    func traded(_ window: Range<Int64>) throws -> [Int: Traded] {
        let (first, last) = (max(window.lowerBound, -1 << 40), min(window.upperBound, 1 << 40))
        let rows = try kept("\(first) \(last)", in: windows) {
            try read(["books", "book_minutes"]) { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT books.id, venue, asset, is_spot, sum(bought_usd), sum(sold_usd)
                        FROM book_minutes JOIN books ON books.id = book_id
                            JOIN venues ON venues.id = venue_id JOIN assets ON assets.id = asset_id
                        WHERE time_ms >= ? AND time_ms < ? GROUP BY book_id
                        """, arguments: [first * 1000, last * 1000]
                ).map {
                    Traded(
                        id: $0[0], venue: $0[1], asset: $0[2], isSpot: ($0[3] as Int) != 0, bought: $0[4],
                        sold: $0[5])
                }
            }
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
    }

    /// Takeovers and deleveraging by the second; empty where the run kept no events.
    func forced() throws -> [Forced] {
        try forcedRows.withLock { rows in
            if let rows { return rows }
            let read = try read([]) { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        WITH sums AS MATERIALIZED (
                            SELECT time_ms, venue_id, asset_id, stage_id, sum(abs(coins * price_usd)) AS usd,
                                sum(abs(coins)) AS coins, count(*) AS count
                            FROM events WHERE stage_id IN (SELECT id FROM stages
                                WHERE stage IN ('vault takeover', 'fund takeover', 'auto-deleveraging'))
                            GROUP BY time_ms, venue_id, asset_id, stage_id)
                        SELECT time_ms, venue, coalesce(asset, ''), stage, usd, coins, count
                        FROM sums JOIN venues ON venues.id = venue_id JOIN stages ON stages.id = stage_id
                        LEFT JOIN assets ON assets.id = asset_id ORDER BY time_ms, venue_id, asset_id, stage_id
                        """
                ).map {
                    Forced(
                        milliseconds: $0[0], venue: $0[1], asset: $0[2], stage: $0[3],
                        usd: $0[4] ?? 0, coins: $0[5] ?? 0, count: $0[6])
                }
            }
            rows = read
            return read
        }
    }

    /// The most that was deleveraged of one account, dollars; nil where nobody was.
    func mostDeleveragedOfOne(_ venue: String?) throws -> Double? {
        try read([]) { db in
            try Double.fetchOne(
                db,
                sql: """
                    SELECT sum(abs(coins * price_usd)) AS usd FROM events
                    WHERE stage_id IN (SELECT id FROM stages WHERE stage = 'auto-deleveraging')
                        AND (?1 IS NULL OR +venue_id IN (SELECT id FROM venues WHERE venue = ?1))
                    GROUP BY +venue_id, +counterparty ORDER BY usd DESC LIMIT 1
                    """, arguments: [venue])
        }
    }

    /// Reads, after every value of the tables was looked at: once each.
    private func read<T: Sendable>(_ tables: [String], _ body: @Sendable (Database) throws -> T) throws -> T {
        let fresh = looked.withLock { seen in tables.filter { !seen.contains($0) } }
        let result = try readRecording(path, tables: fresh, body)
        looked.withLock { $0.formUnion(fresh) }
        return result
    }

    private func kept<T: Sendable>(
        _ key: String, in cache: borrowing Mutex<[String: [T]]>, _ read: () throws -> [T]
    ) throws -> [T] {
        if let rows = cache.withLock({ $0[key] }) { return rows }
        let rows = try read()
        cache.withLock { $0[key] = rows }
        return rows
    }
}

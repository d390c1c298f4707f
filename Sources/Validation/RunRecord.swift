import Foundation
import GRDB
import Primitives
import Recording

/// What a finished run folder says, for comparing it with the record.
public struct RunRecord: Sendable {
    public var folder: String
    public var summary: MarketSummary
    /// Unix seconds of the announcement; 0 without one.
    public var news: Int64 = 0
    /// A day without the announcement.
    public var isCalm = false
    /// Bitcoin's index at the end of each minute, and the minute's Unix time.
    public var bitcoin: [(seconds: Int64, usd: Double)] = []
    /// Bitcoin's depth within 1 % of the mid, all books, both sides, dollars, and its spread, at the end of each minute.
    public var depth: [(seconds: Int64, usd: Double)] = []
    public var spreadBp: [Double] = []
    /// Hyperliquid's forced closings by minute, dollars: taken over by the vault, and closed by deleveraging.
    public var hyperliquid: [Forced] = []

    /// Unix seconds at which the simulation ended.
    public var end: Int64 = 0

    public struct Forced: Sendable {
        public var seconds: Int64
        public var takenOver = 0.0
        public var deleveraged = 0.0
    }

    init(
        _ summary: MarketSummary, news: Int64, end: Int64, bitcoin: [(seconds: Int64, usd: Double)],
        depth: [(seconds: Int64, usd: Double)]
    ) {
        folder = summary.run
        (self.summary, self.news, self.end, self.bitcoin, self.depth) = (summary, news, end, bitcoin, depth)
    }

    /// Reads `manifest.json`, `summary.json` and `run.sqlite`. An unfinished run has no verdict.
    public init(folder: String) throws { try self.init(FinishedRun(folder: folder)) }

    /// - Throws: `InputError` for a recording that cannot be read.
    public init(_ run: FinishedRun) throws {
        folder = run.folder
        summary = run.summary
        news = run.manifest.settings["news.time_utc"].flatMap { SimTime(iso8601: $0.text) }?.seconds ?? 0
        isCalm = run.isCalm
        try readMinutes(folder + "/run.sqlite")
        end = run.end ?? bitcoin.last.map { $0.seconds + 60 } ?? 0
    }

    private mutating func readMinutes(_ path: String) throws {
        (bitcoin, hyperliquid, depth, spreadBp) = try readRecording(
            path, tables: ["minutes", "assets", "asset_minutes", "venues", "stages", "events"]
        ) { db in
            let prices = try Row.fetchAll(
                db,
                sql: """
                    SELECT time_ms / 1000, index_usd FROM asset_minutes JOIN assets ON assets.id = asset_id
                    WHERE asset = 'BTC' ORDER BY time_ms
                    """
            ).map { (seconds: $0[0] as Int64, usd: $0[1] as Double) }
            let forced = try Row.fetchAll(
                db,
                sql: """
                    SELECT time_ms / 60000 * 60 AS minute,
                        SUM(CASE WHEN stage = 'vault takeover' THEN ABS(coins * price_usd) ELSE 0 END),
                        SUM(CASE WHEN stage = 'auto-deleveraging' THEN ABS(coins * price_usd) ELSE 0 END)
                    FROM events JOIN venues ON venues.id = venue_id JOIN stages ON stages.id = stage_id
                    WHERE venue = 'hyperliquid' GROUP BY minute ORDER BY minute
                    """
            ).map { Forced(seconds: $0[0], takenOver: $0[1] ?? 0, deleveraged: $0[2] ?? 0) }
            let minutes = try RecordedMinutes(db)
            let depth = zip(minutes.seconds, minutes.all("btc_depth_1pct_usd")).map { (seconds: $0, usd: $1) }
            return (prices, forced, depth, minutes["btc_spread_bp"].compactMap { $0 })
        }
    }
}

import GRDB
import Recording

/// What was closed by force, from the events: dollars by price, in steps of a quarter per cent of a price of calm, and the
/// largest single closings. What venues sold again of what they took over is left out.
struct Closings {
    struct Step {
        /// Middle of the step, dollars.
        var price: Double
        var longs = 0.0
        var shorts = 0.0
    }
    /// By asset, cheapest first; empty where the run kept no events.
    private(set) var steps: [(asset: String, calm: Double, steps: [Step])] = []

    struct One {
        var milliseconds: Int64
        /// As `explain --account` takes it.
        var account: String
        var venue: String
        var stage: String
        var asset: String
        var isLong: Bool
        var price: Double
        var usd: Double
    }
    /// Largest first.
    private(set) var largest: [One] = []

    static let stepShare = 0.0025

    /// - Parameter prices: assets whose steps are wanted, each with its price of calm.
    /// - Throws: `InputError` if the recording cannot be read.
    init(folder: String, prices: [(asset: String, usd: Double)]) throws {
        (steps, largest) = try readRecording(
            folder + "/run.sqlite", tables: ["venues", "stages", "assets"]
        ) { db in
            (
                try prices.map {
                    ($0.asset, $0.usd, try Self.steps(db, $0.asset, width: $0.usd * Self.stepShare))
                },
                try Self.largest(db)
            )
        }
    }

    private static func steps(_ db: Database, _ asset: String, width: Double) throws -> [Step] {
        try Row.fetchAll(
            db,
            sql: """
                WITH \(StoryList.house)
                SELECT CAST(round(price_usd / ?1) AS INTEGER) AS step,
                    sum(CASE WHEN coins < 0 THEN -coins * price_usd ELSE 0 END),
                    sum(CASE WHEN coins > 0 THEN coins * price_usd ELSE 0 END)
                FROM events WHERE asset_id = (SELECT id FROM assets WHERE asset = ?2) AND price_usd > 0
                    AND \(StoryList.closings) AND (venue_id, account) NOT IN house
                GROUP BY step ORDER BY step
                """, arguments: [width, asset]
        ).map { Step(price: Double($0[0] as Int64) * width, longs: $0[1] ?? 0, shorts: $0[2] ?? 0) }
    }

    private static func largest(_ db: Database) throws -> [One] {
        try Row.fetchAll(
            db,
            sql: """
                WITH \(StoryList.house), most AS (
                    SELECT * FROM events WHERE coins <> 0 AND price_usd > 0 AND \(StoryList.closings)
                        AND (venue_id, account) NOT IN house
                    ORDER BY abs(coins) * price_usd DESC, time_ms, venue_id, account LIMIT 12)
                SELECT CAST(time_ms AS INTEGER), \(StoryList.venueLabel) || ':' || CAST(account AS TEXT), venue, stage, asset,
                    CAST(coins AS REAL), CAST(price_usd AS REAL)
                FROM most JOIN venues ON venues.id = venue_id JOIN stages ON stages.id = stage_id
                    JOIN assets ON assets.id = asset_id
                ORDER BY abs(coins) * price_usd DESC, time_ms, venue_id, account
                """
        ).map { row in
            let (coins, price): (Double, Double) = (row[5], row[6])
            return One(
                milliseconds: row[0], account: row[1], venue: row[2], stage: row[3], asset: row[4],
                isLong: coins < 0,
                price: price, usd: abs(coins) * price)
        }
    }
}

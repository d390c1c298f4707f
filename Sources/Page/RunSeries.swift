import GRDB
import Primitives
import Recording
import Scenarios
import Validation

/// The minutes of a recorded run, as the page draws them. Every list has one value a minute, in the order of `times`.
public struct RunSeries: Sendable {
    /// Unix seconds of the minutes' starts.
    public var times: [Int64] = []
    public var liquidatedLong: [Double] = []
    public var liquidatedShort: [Double] = []
    public var reportedLong: [Double] = []
    public var reportedShort: [Double] = []
    public var takenOver: [Double] = []
    public var deleveraged: [Double] = []
    public var marginCalls: [Double] = []
    public var openInterest: [Double] = []
    public var depth: [Double] = []
    /// A gap is nil: makers with no capital have none left.
    public var makerCapitalLeft: [Double?] = []
    public var makerCaution: [Double] = []
    public var causedByForced: [Double] = []
    /// Index prices by asset; a gap is nil.
    public var index: [String: [Double?]] = [:]
    /// The reference asset's mid-price by venue, with " spot" behind a spot venue's name; nil while a side of the book is empty.
    public var bitcoin: [String: [Double?]] = [:]
    /// Closed by force on each perpetual venue, all its ledgers together.
    public var venueLongs: [String: [Double]] = [:]
    public var venueShorts: [String: [Double]] = [:]

    /// - Throws: `InputError` if the file is not a recording of the whole market.
    public init(database path: String, reference: String) throws {
        self = try readRecording(
            path,
            tables: [
                "minutes", "venues", "assets", "books", "asset_minutes", "book_minutes", "venue_minutes",
            ]
        ) { db in
            var series = RunSeries()
            try series.readMinutes(db)
            try series.readIndex(db)
            try series.readReference(db, reference)
            series.venueLongs = try series.byVenue(db, "liquidated_long_usd")
            series.venueShorts = try series.byVenue(db, "liquidated_short_usd")
            return series
        }
    }

    private init() {}

    private mutating func readMinutes(_ db: Database) throws {
        let minutes = try RecordedMinutes(db)
        times = minutes.seconds
        liquidatedLong = minutes.all("liquidated_long_usd")
        liquidatedShort = minutes.all("liquidated_short_usd")
        reportedLong = minutes.all("reported_long_usd")
        reportedShort = minutes.all("reported_short_usd")
        takenOver = minutes.all("takeovers_usd")
        deleveraged = minutes.all("deleveraged_usd")
        marginCalls = minutes.all("margin_calls")
        openInterest = minutes.all("open_interest_usd")
        depth = minutes.all("btc_depth_1pct_usd")
        makerCapitalLeft = minutes["maker_capital_left_share"]
        makerCaution = minutes.all("maker_caution")
        causedByForced = minutes.all("caused_by_forced_usd")
    }

    private mutating func readIndex(_ db: Database) throws {
        index = try byName(
            db,
            "SELECT asset, time_ms / 1000, index_usd FROM asset_minutes JOIN assets ON assets.id = asset_id")
    }

    private mutating func readReference(_ db: Database, _ reference: String) throws {
        bitcoin = try byName(
            db,
            """
            SELECT venue || CASE WHEN is_spot THEN ' spot' ELSE '' END, time_ms / 1000, mid_usd
            FROM book_minutes JOIN books ON books.id = book_id JOIN venues ON venues.id = venue_id
                JOIN assets ON assets.id = asset_id WHERE asset = ?
            """, [reference])
    }

    private func byVenue(_ db: Database, _ column: String) throws -> [String: [Double]] {
        try byName(
            db,
            """
            SELECT venue, time_ms / 1000, sum(\(column)) FROM venue_minutes JOIN venues ON venues.id = venue_id
            GROUP BY venue, time_ms
            """
        ).mapValues { $0.map { $0 ?? 0 } }
    }

    /// Rows of name, time and value as one list a name.
    private func byName(
        _ db: Database, _ sql: String, _ arguments: StatementArguments = []
    ) throws -> [String: [Double?]] {
        let place = Dictionary(times.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
        var all: [String: [Double?]] = [:]
        let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
        while let row = try rows.next() {
            guard let at = place[row[1]] else { continue }
            let value: Double? = row[2]
            all[row[0], default: [Double?](repeating: nil, count: times.count)][at] =
                value.flatMap { $0 > 0 ? $0 : nil }
        }
        return all
    }

    /// Each asset's index in the last minute that began by a moment; those without one are left out.
    func prices(of assets: some Sequence<String>, at seconds: Int64) -> [(asset: String, usd: Double)] {
        guard let at = times.lastIndex(where: { $0 <= seconds }) ?? times.indices.first else { return [] }
        return assets.compactMap { name in index[name]?[at].map { (name, $0) } }
    }

    /// Worth of all assets but some: index price times supply; nil in a minute in which a price is missing.
    func total(of assets: [AssetRow], without left: [String]) -> [Double?] {
        let assets = assets.filter { !left.contains($0.name) && index[$0.name] != nil }
            .map { ($0.name, $0.supply) }.sorted { $0.0 < $1.0 }
        guard !assets.isEmpty else { return times.map { _ in nil } }
        return times.indices.map { i in
            var sum = 0.0
            for (name, supply) in assets {
                guard let price = index[name]![i] else { return nil }
                sum += price * supply
            }
            return sum
        }
    }

    /// Change of each minute's index from that of the minute before `reference`, percent: the median over the assets.
    public func medianChange(of assets: [String], from reference: Int64) -> [Double?] {
        guard let start = times.lastIndex(where: { $0 <= reference }) else { return [] }
        return times.indices.map { i in
            let changes = assets.compactMap { name -> Double? in
                guard let prices = index[name], let now = prices[i], let before = prices[start] else {
                    return nil
                }
                return (now / before - 1) * 100
            }
            return quantile(changes, 0.5)
        }
    }
}

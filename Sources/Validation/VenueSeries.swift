import GRDB
import Primitives
import Recording

/// The minutes of a recorded run of one venue, all its markets together but for prices. Every list has one value a minute, in
/// the order of `times`.
public struct VenueSeries: Sendable {
    /// Unix seconds of the minutes' starts, and as text.
    public var times: [Int64] = []
    public var timesUtc: [String] = []
    public var liquidatedLong: [Double] = []
    public var liquidatedShort: [Double] = []
    public var takenOver: [Double] = []
    public var deleveraged: [Double] = []
    public var marginCalls: [Double] = []
    public var openInterest: [Double] = []
    /// Both sides within 1 % of the mid.
    public var depth: [Double] = []
    public var vaultEquity: [Double] = []
    public var fundEquity: [Double] = []
    /// By asset: index, mark, and mid of the venue's own book, nil while a side is empty.
    public var prices: [String: Prices] = [:]
    /// Unix seconds of the minute that falls are counted from.
    public var reference: Int64?

    public struct Prices: Sendable {
        public var index: [Double?]
        public var mark: [Double?]
        public var mid: [Double?]
    }

    /// - Throws: `InputError` if the recording cannot be read.
    public init(_ run: FinishedRun) throws {
        self = try readRecording(run.folder + "/run.sqlite", .venue, tables: ["minutes"]) { db in
            var series = VenueSeries()
            try series.read(db)
            return series
        }
        reference =
            run.manifest.settings["window.reference_utc"].flatMap { SimTime(iso8601: $0.text) }?.seconds
    }

    private init() {}

    private mutating func read(_ db: Database) throws {
        let sums = try Row.fetchAll(
            db,
            sql: """
                SELECT time_ms / 1000, min(time_utc), sum(liquidated_long_usd), sum(liquidated_short_usd),
                    sum(vault_takeover_usd), sum(deleveraged_usd), sum(margin_calls), sum(open_interest_usd),
                    sum(bid_depth_1pct_usd + ask_depth_1pct_usd), max(vault_equity_usd), max(fund_equity_usd)
                FROM minutes GROUP BY time_ms ORDER BY time_ms
                """)
        for row in sums {
            times.append(row[0])
            timesUtc.append(row[1])
            liquidatedLong.append(row[2])
            liquidatedShort.append(row[3])
            takenOver.append(row[4])
            deleveraged.append(row[5])
            marginCalls.append(row[6])
            openInterest.append(row[7])
            depth.append(row[8])
            vaultEquity.append(row[9])
            fundEquity.append(row[10])
        }
        let place = Dictionary(times.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { $1 })
        let gaps = [Double?](repeating: nil, count: times.count)
        for row in try Row.fetchAll(
            db, sql: "SELECT asset, time_ms / 1000, index_usd, mark_usd, mid_usd FROM minutes")
        {
            guard let at = place[row[1]] else { continue }
            var own = prices[row[0]] ?? Prices(index: gaps, mark: gaps, mid: gaps)
            own.index[at] = row[2]
            own.mark[at] = row[3]
            let mid: Double = row[4]
            own.mid[at] = mid > 0 ? mid : nil
            prices[row[0]] = own
        }
    }

    /// The lowest depth after the reference minute over that in it; nil where either was not seen.
    var lowestDepthShare: Double? {
        guard let reference, let before = zip(times, depth).filter({ $0.0 <= reference }).last?.1, before > 0,
            let low = zip(times, depth).filter({ $0.0 > reference }).map(\.1).min()
        else { return nil }
        return low / before
    }
}

import Foundation
import GRDB
import Primitives
import Scenarios

@testable import Recording
@testable import Validation

/// A run folder made by hand: 120 minutes from 12:00 UTC on 2 January 2026, news at 12:10, Bitcoin lowest at 12:40:30. Every
/// figure that a measure reads is small enough to do the sum on paper.
struct SyntheticRun {
    static let names = MeasureNames(
        assets: [
            .init(name: "BTC", kind: "coin", rank: 1), .init(name: "ETH", kind: "coin", rank: 2),
            .init(name: "ALT", kind: "coin", rank: 60), .init(name: "USDX", kind: "stable", rank: 3),
        ], venues: ["x", "y", "z"],
        tables: [
            "lows.csv":
                "venue,asset,fall_pct,guess\nx,ETH,45,0\nx,ALT,90,1\ny,ETH,40,1\ny,ALT,50,1\ny,BTC,1,0\n",
            "more.csv":
                "venue,asset,fall_pct,guess\nx,ETH,45,0\nx,ALT,90,1\ny,ETH,40,1\nz,BTC,9,1\n",
            "volumes.csv":
                "asset,perpetual_usd_m,spot_usd_m\nBTC,3,2\nETH,2,1\nALT,1,9\nUSDX,0,4\n",
        ])

    static let start = SimTime(iso8601: "2026-01-02T12:00:00Z")!.seconds
    static let news = start + 600

    /// Minutes after the news that the run came to.
    var length = 110
    var settings = [
        "window.start_utc": "2026-01-02T12:00:00Z",
        "window.reference_utc": "2026-01-02T12:09:00Z", "news.time_utc": "2026-01-02T12:10:00Z",
    ]
    var summary = Self.figures
    /// The event whose files and settings the folder keeps, in place of `settings`.
    var event: Scenario?
    /// With books and events, as `--record full` keeps.
    var isFull = true

    /// Bitcoin's index at the end of a minute after the news: down by 12 % in half an hour, back above half in nine minutes.
    static func index(_ minute: Int) -> Double {
        minute < 0
            ? 100 : minute <= 30 ? 100 - 0.4 * Double(minute) : min(97, 88 + 0.7 * Double(minute - 30))
    }

    static let books: [(venue: Int, asset: Int, isSpot: Bool)] = [
        (0, 0, false), (1, 0, false), (2, 1, true), (2, 2, true), (2, 3, true),
    ]

    static func depth(_ minute: Int) -> Double {
        minute < 0 ? 100 : minute < 20 ? 10 : minute < 60 ? 5 : 80
    }

    /// By minute after the news: venue, longs, shorts, billions of dollars.
    static let liquidated: [Int: [(venue: Int, long: Double, short: Double)]] = [
        20: [(0, 1, 0)], 30: [(0, 4, 0)], 31: [(0, 1, 1), (1, 1, 0)], 80: [(1, 1, 1)],
    ]

    private static var figures: MarketSummary {
        var s = MarketSummary()
        s.scenario = "made-by-hand"
        s.fallPct = ["BTC": 12, "ETH": 20, "TOTAL3": 25]
        s.fallTimeUtc = ["BTC": "2026-01-02T12:40:30Z"]
        (s.liquidatedLongUsd, s.liquidatedShortUsd) = (8e9, 2e9)
        (s.reportedLongUsd, s.reportedShortUsd) = (4e9, 1e9)
        (s.accountsLiquidated, s.marginCalls) = (1_500_000, 4000)
        (s.openInterestBeforeUsd, s.openInterestLowUsd) = (100e9, 70e9)
        (s.btcOpenInterestFallPct, s.btcOpenInterestCoinsFallPct) = (21, 11)
        (s.vaultTakeoverUsd, s.fundTakeoverUsd, s.deleveragedUsd) = (3e9, 1e9, 2e9)
        (s.filledInBooksUsd, s.deleveragedOfTradersUsd) = (4.5e9, 1.5e9)
        (s.makerProfitUsd, s.makerProfitGapMicroUsd) = (-7e6, 3)
        (s.deleveragedAccounts, s.deleveragedTop1pctShare) = (50, 0.4)
        (s.fundDrawUsd, s.badDebtUsd, s.socialisedLossUsd) = (5e6, 6e6, 7e6)
        (s.realisedLossUsd, s.marginLostUsd, s.peakMinuteUsd) = (2.5e9, 3e9, 4e9)
        s.firstDeleveragingSeconds = 33
        s.makerCapitalLeftMinShare = 0.2
        (s.leverageBefore, s.leverageAfter) = (2, 1.5)
        s.majors = ["BTC", "ETH"]
        s.cohorts = ["whales BTC": .init(asset: "BTC", beforeCoins: 100, lowCoins: 105, afterCoins: 110)]
        s.anatomy.falls = [
            "BTC": .init(
                fallLog: 0.1, newsLog: 0.02, forcedLog: 0.05, otherLog: 0.03, amplification: 5,
                forcedShare: 0.5)
        ]
        s.lending = [
            "aave": .init(liquidatedUsd: 2e8, badDebtUsd: 1e6, liquidations: 1, borrowers: 1, debtUsd: 1)
        ]
        (s.lendingLiquidatedUsd, s.lendingBadDebtUsd) = (3e8, 2e6)
        s.collateralLowUsd = ["USDX": ["z": 0.65, "y": 0.95, "on-chain pool": 0.98]]
        var (x, y, z) = (MarketVenueResult(), MarketVenueResult(), MarketVenueResult())
        x.fallPct = ["BTC": 12, "ETH": 20, "ALT": 95]
        y.fallPct = ["BTC": 13, "ETH": 30, "ALT": 40]
        z.fallPct = ["USDX": 35]
        (x.liquidatedLongUsd, x.liquidatedShortUsd) = (6e9, 1e9)
        (y.liquidatedLongUsd, y.liquidatedShortUsd) = (2e9, 1e9)
        (x.reportedLongUsd, x.reportedShortUsd) = (3e9, 0.5e9)
        (y.reportedLongUsd, y.reportedShortUsd) = (1e9, 0.5e9)
        (x.accountsLiquidated, y.accountsLiquidated) = (1_000_000, 500_000)
        (x.openInterestBeforeUsd, x.openInterestLowUsd) = (50e9, 30e9)
        (x.vaultTakeoverUsd, x.fundTakeoverUsd, x.deleveragedUsd) = (3e9, 1e9, 2e9)
        (x.filledInBooksUsd, x.deleveragedOfTradersUsd) = (3.5e9, 1.4e9)
        (x.deleveragedAccounts, x.deleveragedTop1pctShare) = (50, 0.4)
        (x.fundDrawUsd, x.badDebtUsd, x.socialisedLossUsd) = (5e6, 6e6, 7e6)
        x.firstDeleveragingSeconds = 33
        s.byVenue = ["x": x, "y": y, "z": z]
        return s
    }

    // MARK: Recording

    /// All folders of this process, gone with it: measures read on after a run was read.
    private static let root: String = {
        atexit { try? FileManager.default.removeItem(atPath: SyntheticRun.root) }
        return FileManager.default.temporaryDirectory.path
            + "/synthetic-\(ProcessInfo.processInfo.processIdentifier)"
    }()

    func record() throws -> RunRecord { try RunRecord(folder: folder()) }

    func folder() throws -> String {
        let folder = Self.root + "/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var manifest = Manifest()
        manifest.status = .finished
        manifest.scenario = summary.scenario
        manifest.simulatedUntilUtc = SimTime(seconds: Self.news + Int64(length) * 60).description
        manifest.settings = settings.mapValues {
            .init(text: $0, file: "", source: nil, role: nil, low: nil, high: nil)
        }
        if let event {
            manifest.settings = event.file.settings.mapValues {
                .init(
                    text: $0.text, file: $0.file, source: $0.source, role: $0.role, low: $0.low, high: $0.high
                )
            }
            try event.export(to: folder + "/event")
        }
        try manifest.write(folder: folder)
        try summary.json().write(toFile: folder + "/summary.json", atomically: true, encoding: .utf8)
        let queue = try DatabaseQueue(path: folder + "/run.sqlite")
        try queue.write { db in
            try db.execute(sql: MarketSchema.sql)
            try fill(db)
        }
        try queue.close()
        return folder
    }

    /// Inserts a row; columns that are not named hold nought or an empty text.
    private func insert(_ table: String, _ row: [String: any DatabaseValueConvertible], _ db: Database) throws
    {
        let columns = try db.columns(in: table)
        let values = columns.map { column -> (any DatabaseValueConvertible)? in
            if let value = row[column.name] { return value }
            return column.type == "TEXT" ? "" : 0
        }
        try db.execute(
            sql: "INSERT INTO \(table) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))",
            arguments: StatementArguments(values))
    }

    private func fill(_ db: Database) throws {
        for (i, venue) in Self.names.venues.enumerated() {
            try insert("venues", ["id": i, "venue": venue, "settlement": "USD"], db)
        }
        for (i, asset) in Self.names.assets.enumerated() {
            try insert("assets", ["id": i, "asset": asset.name], db)
        }
        for (i, stage) in ["vault takeover", "fund takeover", "auto-deleveraging"].enumerated() {
            try insert("stages", ["id": i, "stage": stage], db)
        }
        for (id, book) in Self.books.enumerated() {
            try insert(
                "books",
                ["id": id, "venue_id": book.venue, "asset_id": book.asset, "is_spot": book.isSpot ? 1 : 0], db
            )
        }
        for minute in -10..<length { try fill(minute, db) }
        if isFull { try fillEvents(db) }
    }

    private func fill(_ minute: Int, _ db: Database) throws {
        let time = (Self.news + Int64(minute) * 60) * 1000
        let forced = Self.liquidated[minute] ?? []
        let open = (minute < 0 ? 100 : max(70, 100 - Double(minute))) * 1e9
        try insert(
            "minutes",
            [
                "time_ms": time, "liquidated_long_usd": forced.reduce(0) { $0 + $1.long } * 1e9,
                "liquidated_short_usd": forced.reduce(0) { $0 + $1.short } * 1e9,
                "reported_long_usd": forced.reduce(0) { $0 + $1.long } * 0.5e9,
                "takeovers_usd": minute == 40 ? 4e9 : 0, "filled_in_books_usd": minute == 30 ? 30.0 : 0.0,
                "open_interest_usd": open,
                "btc_depth_1pct_usd": Self.depth(minute), "btc_spread_bp": minute < 0 ? 1.0 : 3.0,
            ], db)
        for venue in 0..<2 {
            let own = forced.filter { $0.venue == venue }
            try insert(
                "venue_minutes",
                [
                    "time_ms": time, "venue_id": venue,
                    "liquidated_long_usd": own.reduce(0) { $0 + $1.long } * 1e9,
                    "liquidated_short_usd": own.reduce(0) { $0 + $1.short } * 1e9,
                    "open_interest_usd": open / 2,
                ], db)
        }
        let btc = Self.index(minute)
        let eth = minute.isMultiple(of: 2) ? 100.0 : 100 * exp(0.001)
        for (asset, usd) in [btc, eth, 1].enumerated() {
            try insert("asset_minutes", ["time_ms": time, "asset_id": asset, "index_usd": usd], db)
        }
        guard isFull else { return }
        for book in 0..<Self.books.count {
            let isBitcoin = book < 2
            // Bitcoin trades 2 a minute on x and 1 on y, ten times as much after the news; Ether a fixed 5, ALT 1 and USDX 2 on
            // z, spot.
            let volume = isBitcoin ? (book == 0 ? 2.0 : 1) * (minute < 0 ? 1 : 10) : [5, 1, 2][book - 2]
            let mid = isBitcoin ? (book == 0 ? btc * 0.99 : btc) : book == 2 ? eth : 1
            try insert(
                "book_minutes",
                [
                    "time_ms": time, "book_id": book, "mid_usd": mid,
                    "lowest_trade_usd": (isBitcoin ? btc : mid) - (book == 0 ? 1 : 0.5),
                    "last_trade_usd": isBitcoin ? btc : mid,
                    "bought_usd": volume * 0.25, "sold_usd": volume * 0.75,
                    "bids_1pct_usd": minute < 0 ? 8.0 : 2, "asks_1pct_usd": minute < 0 ? 4.0 : 3,
                ], db)
        }
    }

    private func fillEvents(_ db: Database) throws {
        // Time, stage, asset, winner, coins, price: all on venue x.
        let rows: [(String, Int, Int, Int?, Double, Double)] = [
            ("12:30:00", 0, 0, nil, -10, 90), ("12:41:00", 0, 0, nil, -90, 90),
            ("12:42:30", 2, 0, 7, 5, 90), ("12:43:00", 2, 0, 7, 10, 88), ("12:43:00", 2, 2, 8, 20, 1),
            ("12:50:00", 1, 0, nil, -10, 100),
        ]
        for (time, stage, asset, winner, coins, price) in rows {
            let at = SimTime(iso8601: "2026-01-02T\(time)Z")!
            var row: [String: any DatabaseValueConvertible] = [
                "time_ms": at.milliseconds, "venue_id": 0, "stage_id": stage, "asset_id": asset, "account": 1,
                "coins": coins, "price_usd": price,
            ]
            if let winner { row["counterparty"] = winner }
            try insert("events", row, db)
        }
    }
}

/// A measure of the made-up event.
func call(_ text: String) throws -> MeasureCall {
    try MeasureCall(text, file: "test", names: SyntheticRun.names)
}

import Primitives
import Recording

/// What changed hands, who came to the book for it, and how much of it was forced.
extension Measure {
    private static let market = MeasureArgument.optional("market", .word(["perpetual", "spot"]))
    private static let books =
        [MeasureArgument.optional("venues", .venues), market, .optional("assets", .assets)]
        + MeasureArgument.group
    private static let noBooks = "no such books in the run, or nothing traded on them"

    static let trading: [Measure] = [
        Measure(
            "volume_usd", .usd, "what takers traded on some books, every fill once",
            books + MeasureArgument.window, value: { try $0.tradedSums().reduce(0) { $0 + $1.volume } }
        ).settled(by: "before"),
        Measure(
            "volume_share", .share, "the same of all that was traded on such markets",
            books + MeasureArgument.window, otherwise: noBooks,
            value: { m in
                let all = try m.tradedSums(all: true).reduce(0) { $0 + $1.volume }
                return all > 0 ? try m.tradedSums().reduce(0) { $0 + $1.volume } / all : nil
            }
        ).settled(by: "before"),
        Measure(
            "volume_times", .times,
            "a minute's volume over a minute's from the start to the end of the reference minute, the median book",
            books + MeasureArgument.window, otherwise: noBooks,
            value: { m in
                guard let window = try m.window(), !window.isEmpty else {
                    throw Untold("no window: `after` and `before` say which")
                }
                let length = wholeMinutes(window.clamped(to: m.run.start..<max(m.run.start, m.run.end - 59)))
                let calm = m.run.start..<max(m.run.start, m.run.reference - 59)
                let calmLength = wholeMinutes(calm)
                let before = try m.run.series.traded(calm)
                return quantile(
                    try m.tradedSums().compactMap { book in
                        guard let was = before[book.id], was.volume > 0, length > 0 else { return nil }
                        return book.volume / length / (was.volume / calmLength)
                    }, 0.5)
            }
        ).settled(by: "before"),
        Measure(
            "net_over_gross", .share,
            "takers' purchases less their sales over both, the median book: below 0 where they sold",
            books + MeasureArgument.window, otherwise: noBooks,
            value: { m in
                quantile(
                    try m.tradedSums().compactMap {
                        $0.volume > 0 ? ($0.bought - $0.sold) / $0.volume : nil
                    }, 0.5)
            }
        ).settled(by: "before"),
        Measure(
            "volume_rank_correlation", .rho,
            "Spearman's correlation over coins of the volume with that of a table (asset, perpetual_usd_m, spot_usd_m)",
            [.required("table", .volumes), .required("market", .word(["perpetual", "spot"]))]
                + MeasureArgument.window, otherwise: "fewer than three of the recorded coins, or all alike",
            value: { m in
                let recorded = try RecordedVolume.read(m.text("table")!, names: m.names)
                var traded: [String: Double] = [:]
                for book in try m.tradedSums() { traded[book.asset, default: 0] += book.volume }
                let pairs = recorded.compactMap { row in
                    traded[row.asset].map { (row.usd(of: m.text("market")!), $0) }
                }
                return rankCorrelation(pairs.map(\.0), pairs.map(\.1))
            }
        ).settled(by: "before"),
        Measure(
            "filled_over_liquidated", .share,
            "traders' forced orders that filled in the books, of all that was liquidated", [.ofVenue],
            otherwise: "nothing was liquidated",
            value: { m in
                let all = try m.liquidatedInAll()
                return all > 0 ? try m.figure(\.filledInBooksUsd, \.filledInBooksUsd) / all : nil
            }),
        Measure(
            "deleveraged_over_liquidated", .share,
            "traders closed against winners, of all that was liquidated", [.ofVenue],
            otherwise: "nothing was liquidated",
            value: { m in
                let all = try m.liquidatedInAll()
                return all > 0
                    ? try m.figure(\.deleveragedOfTradersUsd, \.deleveragedOfTradersUsd) / all : nil
            }),
        Measure(
            "forced_volume_share", .share,
            "traders' forced orders that filled in the books, of the volume of perpetuals",
            MeasureArgument.window, otherwise: "nothing was traded",
            value: { m in
                let window = try m.window() ?? m.run.start..<m.run.end
                let books = try m.run.series.traded(window).values.filter { !$0.isSpot }
                let all = books.reduce(0) { $0 + $1.volume }
                let forced = m.run.minutes.filter { window.contains($0.seconds) }
                return all > 0 ? forced.reduce(0) { $0 + $1.filledInBooks } / all : nil
            }
        ).settled(by: "before"),
    ]
}

/// How many minutes begin in a window of seconds: what was traded is kept by the minute.
func wholeMinutes(_ window: Range<Int64>) -> Double {
    guard !window.isEmpty else { return 0 }
    let first = (window.lowerBound + 59) / 60
    let last = (window.upperBound - 1) / 60
    return Double(max(0, last - first + 1))
}

extension Reading {
    /// What was traded in the window on the books asked for, in the order of their numbers.
    ///
    /// - Parameter all: on every venue and of every asset.
    func tradedSums(all: Bool = false) throws -> [RecordedSeries.Traded] {
        let window = try window() ?? run.start..<run.end
        let books = try run.series.traded(window).values.sorted { $0.id < $1.id }
        return books.filter { book in
            if let market = text("market"), (market == "spot") != book.isSpot { return false }
            if all { return true }
            if let venues = list("venues"), !venues.contains(book.venue) { return false }
            if let assets = list("assets"), !assets.contains(book.asset) { return false }
            return isInGroup(book.asset)
        }
    }
}

import Primitives
import Recording

/// A run's markets beside a table of recorded ones.
extension Measure {
    private static let table = [
        MeasureArgument.required("table", .table), .ofVenue,
    ]
    private static let few = "fewer than three of the recorded markets, or all alike"

    static let records: [Measure] = [
        Measure(
            "rank_correlation", .rho,
            "Spearman's correlation of the falls with those of a table (venue, asset, fall_pct, guess); with `venue` of its rows alone",
            table, otherwise: few,
            value: { m in
                let pairs = try m.recordedFalls()
                return rankCorrelation(pairs.map(\.recorded.fallPct), pairs.map(\.fall))
            }),
        Measure(
            "rank_correlation_gain", .rho,
            "what `rank_correlation` is higher by than the correlation of the table's guess", table,
            otherwise: few,
            value: { m in
                let pairs = try m.recordedFalls()
                let recorded = pairs.map(\.recorded.fallPct)
                guard let own = rankCorrelation(recorded, pairs.map(\.fall)),
                    let guess = rankCorrelation(recorded, pairs.map(\.recorded.guess))
                else { return nil }
                return own - guess
            }),
    ]
}

extension Reading {
    /// The rows of the table with their fall in the run.
    ///
    /// - Throws: `Untold` where the run has no such market: fewer rows are another figure.
    func recordedFalls() throws -> [(recorded: RecordedFall, fall: Double)] {
        let file = text("table")!
        return try RecordedFall.read(file, names: names).compactMap { row in
            if let venue, row.venue != venue { return nil }
            guard let fall = summary.byVenue[row.venue]?.fallPct[row.asset] else {
                throw Untold("no fall of \(row.asset) on \(row.venue) in the run, which \(file) has")
            }
            return (row, fall)
        }
    }
}

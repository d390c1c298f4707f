import Primitives
import Recording

/// How mid-prices moved: not single trades, which in an empty book may be anywhere.
extension Measure {
    private static let books: [MeasureArgument] = [
        .required("venue", .venue), .required("assets", .assets),
    ]
    private static let untold = "no mid in the reference minute, none since, or none had fallen so far"

    static let mids: [Measure] = [
        Measure(
            "mid_change_pct", .percent,
            "a venue's mids at a moment over those of the reference minute, less 1, the median of some assets",
            books + [.required("at", .moment)], isOfEvent: false,
            seen: { m in
                let at = try m.moment("at")!
                return Seen(
                    quantile(
                        try m.midPaths().compactMap { path in
                            path.minutes.last { $0.seconds + 60 <= at }.map {
                                ($0.mid! / path.before - 1) * 100
                            }
                        }, 0.5), otherwise: untold)
            }),
        Measure(
            "highest_mid_pct", .percent,
            "the highest mid of a window over that of the reference minute, less 1, the median of some assets; of those that had been down by `fallen` before it",
            books + MeasureArgument.window + [.optional("fallen", .number(0...100), or: "0")],
            otherwise: untold,
            value: { m in
                let window = try m.window() ?? m.sinceReference
                return quantile(
                    try m.midPaths().compactMap { path in
                        let before = path.minutes.filter { $0.seconds < window.lowerBound }.compactMap(\.mid)
                            .min()
                        let fallen = (1 - (before ?? path.before) / path.before) * 100
                        guard m.number("fallen") == 0 || fallen >= m.number("fallen") else { return nil }
                        return path.minutes.filter { window.contains($0.seconds) }.compactMap(\.mid).max()
                            .map { ($0 / path.before - 1) * 100 }
                    }, 0.5)
            }
        ).settled(by: "before"),
        Measure(
            "second_fall_pct", .percent,
            "from the highest mid of a window to the lowest after it, by `until`: below 0, the median of some assets",
            books + MeasureArgument.window + [.required("until", .moment)], otherwise: untold,
            value: { m in
                let window = try m.window() ?? m.sinceReference
                let until = try m.moment("until")!
                return quantile(
                    try m.midPaths().compactMap { path in
                        guard
                            let high = path.minutes.filter({ window.contains($0.seconds) })
                                .max(by: { $0.mid! < $1.mid! })
                        else { return nil }
                        let low = path.minutes.filter {
                            $0.seconds >= high.seconds && $0.seconds + 60 <= until
                        }.compactMap(\.mid).min()
                        return low.map { ($0 / high.mid! - 1) * 100 }
                    }, 0.5)
            }
        ).settled(by: "until"),
    ]
}

extension Reading {
    /// Empty in a run that ended before.
    fileprivate var sinceReference: Range<Int64> { run.reference..<max(run.reference, run.end) }

    /// Of each asset asked for: the mid of the reference minute, and the minutes after it that have one.
    fileprivate func midPaths() throws -> [(before: Double, minutes: [RecordedSeries.BookMinute])] {
        try (list("assets") ?? []).compactMap { asset in
            let minutes = try run.series.book(venue!, asset).filter { $0.mid != nil }
            guard let before = minutes.last(where: { $0.seconds < run.reference })?.mid else { return nil }
            return (before, minutes.filter { $0.seconds >= run.reference })
        }
    }
}

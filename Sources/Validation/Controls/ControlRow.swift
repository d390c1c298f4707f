import Primitives
import Recording

/// What must hold of the world whatever its parameters: judged over all runs together.
public struct ControlRow: Codable, Sendable {
    public var control: String
    public var allowed: String
    public var found: String
    /// Nil where the runs given do not tell.
    public var holds: Bool?
    /// In place of a verdict.
    var unjudged: String { allowed == Self.reported ? "shown" : "not judged" }

    private static let reported = "reported"

    /// - Parameters:
    ///   - event: runs of the event.
    ///   - runs: of its controls, those there are.
    /// - Throws: `InputError` for a recording that cannot be read.
    public static func rows(
        _ controls: Controls, event: [RunRecord], runs: [(control: Controls.Run, run: RunRecord)]
    ) throws -> [ControlRow] {
        var rows: [ControlRow] = []
        for (control, run) in runs {
            for hold in control.holds { rows.append(try held(hold, control.what, run, event)) }
        }
        for seeds in controls.seeds { rows.append(try overSeeds(seeds, event)) }
        if let first = event.first, !controls.shows.isEmpty {
            rows.append(try shown("the event (first seed)", controls.shows, first))
        }
        for (control, run) in runs where !control.shows.isEmpty {
            rows.append(try shown(control.what, control.shows, run))
        }
        return rows
    }

    private static func held(
        _ hold: Controls.Hold, _ what: String, _ run: RunRecord, _ event: [RunRecord]
    ) throws -> ControlRow {
        let measure = hold.measure
        let seen = try measure.seen(run)
        switch hold.bound {
        case .band(let band):
            let value = seen.value(upTo: band.upperBound)
            return ControlRow(
                control: what,
                allowed:
                    "\(measure.text) from \(measure.said(band.lowerBound)) to \(measure.said(band.upperBound))",
                found: value.map(measure.said) ?? seen.why, holds: value.map(band.contains))
        case .belowOfEvent(let most):
            let allowed = "\(measure.text) under \(rounded(most * 100)) % of the event's"
            func unseen(_ why: String) -> ControlRow {
                ControlRow(control: what, allowed: allowed, found: why, holds: nil)
            }
            let all = quantile(try event.compactMap { try measure.seen($0).figure }, 0.5) ?? 0
            guard all > 0 else { return unseen("nothing in the event's runs") }
            guard run.end >= event.map(\.end).max() ?? 0 else {
                return unseen("it ended before the event's runs")
            }
            guard let figure = seen.figure else { return unseen(seen.why) }
            return ControlRow(
                control: what, allowed: allowed, found: rounded(figure / all * 100) + " %",
                holds: figure < most * all)
        }
    }

    private static func overSeeds(_ seeds: Controls.Seeds, _ event: [RunRecord]) throws -> ControlRow {
        let measure = seeds.measure
        let values = try event.compactMap { try measure.seen($0).figure }.sorted()
        func row(_ count: Int, _ found: String, _ holds: Bool?) -> ControlRow {
            ControlRow(
                control: "\(seeds.what): \(measure.text) over \(count) seeds",
                allowed:
                    "5-95 % band under \(measure.said(seeds.band)), no gap over \(measure.said(seeds.gap))",
                found: found, holds: holds)
        }
        guard values.count >= seeds.runs, let low = quantile(values, 0.05), let high = quantile(values, 0.95)
        else { return row(seeds.runs, "\(values.count) runs given", nil) }
        let gap = zip(values, values.dropFirst()).map { $1 - $0 }.max() ?? 0
        return row(
            values.count, "band \(rounded(high - low)), largest gap \(rounded(gap))",
            high - low < seeds.band && gap <= seeds.gap)
    }

    private static func shown(_ what: String, _ measures: [MeasureCall], _ run: RunRecord) throws
        -> ControlRow
    {
        let figures = try measures.compactMap { $0.figure(try $0.seen(run), run) }
        return ControlRow(
            control: what, allowed: reported,
            found: figures.isEmpty ? "nothing was seen" : figures.joined(separator: ", "), holds: nil)
    }
}

import Ensembles
import Foundation
import Primitives
import Validation

/// What a calibration found: ranked points, the posterior, what the facts leave open, and how far each target is.
public struct CalibrationPage {
    let plan: CalibrationPlan
    let targets: [CalibrationPlan.Target]
    let points: [CalibrationPoint]
    private let kept: [CalibrationPoint]
    private let posterior: Posterior?

    public init(_ calibration: Calibration) {
        self.init(plan: calibration.plan, targets: calibration.targets, points: calibration.points)
    }

    init(plan: CalibrationPlan, targets: [CalibrationPlan.Target], points: [CalibrationPoint]) {
        self.plan = plan
        self.targets = targets
        self.points = points
        kept = CalibrationPoint.kept(points, plan.keep)
        posterior = kept.count > 1 ? Posterior(kept.map(\.shares)) : nil
    }

    // MARK: Tables

    /// Of `rows`.
    public var columns: [String] {
        ["point", "round", "score"] + plan.parameters.map(\.key) + targets.map { "\($0.role)_\($0.key)" }
    }

    /// A row a point, in the order they were tried.
    public var rows: [[EnsembleFolder.Cell]] {
        points.map { point in
            [
                .number(Double(point.number)), .number(Double(point.round)),
                point.score.isFinite ? .number(point.score) : .none,
            ] + zip(plan.parameters, point.shares).map { .init(typed: $0.value(at: $1)) }
                + targets.indices.map { point.median($0).map(EnsembleFolder.Cell.number) ?? .none }
        }
    }

    // MARK: JSON

    public struct Output: Encodable, Sendable {
        public struct Parameter: Encodable, Sendable {
            public var key: String
            public var p5: Double
            public var median: Double
            public var p95: Double
            /// Of the posterior's 5-95 % range over the box.
            public var widthShare: Double
        }
        public struct Row: Encodable, Sendable {
            public var point: Int
            public var score: Double
            public var values: [String: Double]
            public var targetsInside: Int
        }
        /// A direction that the facts leave open: its width over that of points drawn anywhere in the box.
        public struct Open: Encodable, Sendable {
            public var width: Double
            public var weights: [String: Double]
        }
        public var folder: String
        public var points: Int
        public var failed: Int
        public var ranked: [Row]
        public var posterior: [Parameter]
        public var directions: [Open]
    }

    /// As `calibrate --json` prints it.
    public func output(folder: String) -> Output {
        Output(
            folder: folder, points: points.count, failed: points.filter { !$0.score.isFinite }.count,
            ranked: kept.map { point in
                .init(
                    point: point.number, score: point.score,
                    values: Dictionary(
                        uniqueKeysWithValues: zip(plan.parameters, point.shares).map {
                            ($0.key, Double($0.value(at: $1)) ?? 0)
                        }), targetsInside: inside(point, "fit"))
            },
            posterior: posterior.map { p in
                plan.parameters.indices.map { k in
                    let parameter = plan.parameters[k]
                    func value(_ share: Double) -> Double { Double(parameter.value(at: share)) ?? 0 }
                    return .init(
                        key: parameter.key, p5: value(p.low[k]), median: value(p.median[k]),
                        p95: value(p.high[k]),
                        widthShare: p.high[k] - p.low[k])
                }
            } ?? [],
            directions: posterior?.directions.map { direction in
                .init(
                    width: direction.width,
                    weights: Dictionary(
                        uniqueKeysWithValues: zip(plan.parameters.map(\.key), direction.weights)))
            } ?? [])
    }

    private func inside(_ point: CalibrationPoint, _ role: String) -> Int {
        targets.indices.filter { t in
            targets[t].role == role && point.median(t).map { targets[t].miss($0) == 0 } ?? false
        }.count
    }

    // MARK: Markdown

    public var markdown: String {
        let runs = points.count * plan.seeds.count
        let failed = points.filter { !$0.score.isFinite }.count
        var text = """
            # Calibration of \(plan.run.scenario)

            Written by `undertow calibrate`. \(points.count) points in \(plan.rounds) rounds, \(plan.seeds.count) seed(s) each
            (\(plan.seeds.map { "\($0)" }.joined(separator: ", "))): \(runs) runs at `--scale \(plan.run.scale)`\(plan.run.until.map { " until \($0)" } ?? ""),
            \(failed) points failed. A score is the mean over seeds of the weighted squared misses of the `fit` targets, a miss being the
            distance from the band in widths of the band. Held-out facts are shown, and never counted.

            ## The best points


            """
        let fit = targets.filter { $0.role == "fit" }.count
        let heldOut = targets.count - fit
        text += table(
            ["point", "score", "fit inside of \(fit)", "held out inside of \(heldOut)"]
                + plan.parameters.map { "`\($0.key)`" },
            kept.prefix(10).map { p in
                ["\(p.number)", number(p.score), "\(inside(p, "fit"))", "\(inside(p, "held_out"))"]
                    + zip(plan.parameters, p.shares).map { short($0.value(at: $1)) }
            })
        guard let posterior else { return text + "\nFewer than two points have a score: no posterior.\n" }
        text += "\n## The posterior: the best \(kept.count) of \(points.count) points\n\n"
        text += table(
            ["key", "box", "5 %", "median", "95 %", "width of the box", ""],
            plan.parameters.indices.map { k in
                let p = plan.parameters[k]
                let width = posterior.high[k] - posterior.low[k]
                let atEdge = posterior.median[k] < 0.1 || posterior.median[k] > 0.9
                return [
                    "`\(p.key)`", "\(short(p.value(at: 0))) to \(short(p.value(at: 1)))",
                    short(p.value(at: posterior.low[k])),
                    short(p.value(at: posterior.median[k])), short(p.value(at: posterior.high[k])),
                    number(width),
                    [width > 0.6 ? "sloppy" : "", atEdge ? "at the edge of the box" : ""].filter {
                        !$0.isEmpty
                    }
                    .joined(separator: ", "),
                ]
            })
        text += "\n## Directions that the facts leave open\n\n"
        text += "Width 1 is that of points drawn anywhere in the box.\n\n"
        text += table(
            ["width", "direction"],
            posterior.directions.map { direction in
                let parts = zip(plan.parameters, direction.weights).sorted { abs($0.1) > abs($1.1) }.prefix(3)
                return [
                    number(direction.width),
                    parts.map { "\(number($0.1)) `\($0.0.key)`" }.joined(separator: ", "),
                ]
            })
        text += ridges(posterior)
        text += "\n## Targets\n\n"
        text += table(
            ["fact", "role", "band", "best point", "kept points, 5-95 %", "kept inside"],
            targets.indices.map { t in
                let values = kept.compactMap { $0.median(t) }
                let inside = values.filter { targets[t].miss($0) == 0 }.count
                let range = quantile(values, 0.05).map {
                    "\(number($0)) to \(number(quantile(values, 0.95)!))"
                }
                return [
                    "`\(targets[t].key)`", targets[t].role,
                    "\(number(targets[t].low)) to \(number(targets[t].high))",
                    kept[0].median(t).map(number) ?? "not told", range ?? "not told",
                    "\(inside) of \(kept.count)",
                ]
            })
        return text
    }

    private func ridges(_ posterior: Posterior) -> String {
        var lines: [String] = []
        for i in plan.parameters.indices {
            for j in plan.parameters.indices where j > i && abs(posterior.correlations[i][j]) > 0.6 {
                lines.append(
                    "- `\(plan.parameters[i].key)` and `\(plan.parameters[j].key)`: \(number(posterior.correlations[i][j]))"
                )
            }
        }
        return lines.isEmpty
            ? ""
            : "\nRidges (correlation beyond .6 among the kept):\n\n" + lines.joined(separator: "\n") + "\n"
    }

    private func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(
            separator: "\n") + "\n"
    }

    private func number(_ x: Double) -> String { String(format: "%.3g", x) }
    private func short(_ text: String) -> String { Double(text).map(number) ?? text }
}

import Ensembles
import Primitives
import Scenarios
import Validation

/// A calibration on its way: rounds of points, the first fills the box of the free keys, each later one draws around the best
/// share of all so far.
public struct Calibration {
    public let plan: CalibrationPlan
    public let targets: [CalibrationPlan.Target]
    /// What each target asks of a run.
    private let asked: [AskedMeasure]
    public let folder: EnsembleFolder
    public private(set) var points: [CalibrationPoint] = []
    private let file: String
    /// Runs of the last round that were interrupted, or left for others (`PointRuns.isLooking`).
    public private(set) var left: [PointRuns.Point] = []

    /// Reads and checks the plan, opens its folder.
    ///
    /// - Throws: `InputError` for a plan that cannot run, or a folder that is another plan's.
    public init(plan file: String, out: String) throws {
        let plan = try CalibrationPlan(file: file) { text, line, run in
            let names = MeasureNames(try Scenario(ScenarioFile(named: run.scenario)))
            return try MeasureCall(text, file: file, line: line, names: names).text
        }
        let ends = plan.parameters.flatMap { p in
            [
                [Assignment(key: p.key, value: p.value(at: 0))],
                [Assignment(key: p.key, value: p.value(at: 1))],
            ]
        }
        try plan.run.check(ends, file: file)
        self.plan = plan
        self.file = file
        (targets, asked) = try plan.targetsOrRecorded(file: file)
        folder = try EnsembleFolder(out, plan: file)
    }

    /// Runs every round; what an earlier attempt finished is not run again.
    ///
    /// - Parameter runs: the runs of a round, from 1; only how many at a time they go is their own.
    /// - Returns: the round in which it was interrupted; nil where it came to its end.
    /// - Throws: `InputError` where every point fails.
    public mutating func run(_ runs: (_ round: Int) -> PointRuns) throws -> Int? {
        for round in 0..<plan.rounds {
            let shares = plan.round(round, around: CalibrationPoint.kept(points, plan.keep).map(\.shares))
            let all = shares.enumerated().flatMap { i, share in
                plan.seeds.map { point(points.count + i + 1, share, seed: $0) }
            }
            let runs = runs(round + 1)
            let outcomes = runs.run(all)
            left = zip(all, outcomes).filter { $0.1 == .interrupted }.map(\.0)
            if runs.isInterrupted() || (runs.isLooking && !left.isEmpty) { return round + 1 }
            for (i, share) in shares.enumerated() {
                let own = i * plan.seeds.count..<(i + 1) * plan.seeds.count
                points.append(
                    CalibrationPoint(
                        number: points.count + 1, round: round + 1, shares: share,
                        measures: try own.map { k in
                            guard case .done = outcomes[k] else { return nil }
                            return try CalibrationPoint.measures(all[k].folder, targets, asked)
                        }))
            }
            CalibrationPoint.score(&points, targets)
        }
        guard points.contains(where: { $0.score.isFinite }) else {
            throw InputError(
                file: file, found: "a plan whose every point fails", allowed: "at least one point that runs")
        }
        return nil
    }

    private func point(_ number: Int, _ share: [Double], seed: UInt64) -> PointRuns.Point {
        PointRuns.Point(
            folder: folder.folder(number) + "/seed-\(seed)",
            arguments: plan.run.arguments(
                zip(plan.parameters, share).map { Assignment(key: $0.key, value: $0.value(at: $1)) }
                    + [Assignment(key: "seed", value: "\(seed)")],
                measures: asked.map(\.call.text)))
    }
}

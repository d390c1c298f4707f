import ArgumentParser
import Ensembles
import Foundation
import InputFiles
import Primitives
import Recording
import Scenarios
import Validation

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract:
            "Looks for parameters that bring a scenario near recorded facts; says which directions the facts leave open.",
        discussion: """
            Rounds of points: the first fills the box of the free keys (Sobol), each later one draws around the best share of all
            so far. A point's score is the mean over seeds of the weighted squared misses of its `fit` targets, a miss being the
            distance from the band in widths of the band. Held-out targets are shown and never count. Resumable like `sweep`.
            """)

    @Argument(help: "The plan (YAML): scenario, set, free, targets, seeds, points, rounds, keep.") var plan:
        String
    @Option(parsing: .unconditional, help: "The folder of the calibration.", transform: Allowed.path("--out"))
    var out: String
    @Option(
        parsing: .unconditional, help: "Runs at a time; the result does not depend on it.",
        transform: Allowed.threads)
    var threads: Int = ProcessInfo
        .processInfo
        .activeProcessorCount
    @Option(
        parsing: .unconditional, help: "Writes the page of the calibration there, too.",
        transform: Allowed.path("--write"))
    var write: String?
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    func run() throws {
        try PointRuns.check(threads: threads)
        let plan = try CalibrationPlan(file: self.plan) { text, line in
            try MeasureCall(text, file: self.plan, line: line, names: .builtIn).text
        }
        let ends = plan.parameters.flatMap { p in
            [
                [Assignment(key: p.key, value: p.value(at: 0))],
                [Assignment(key: p.key, value: p.value(at: 1))],
            ]
        }
        try plan.run.check(ends, file: self.plan)
        let (targets, asked) = try targets(of: plan)
        let folder = try EnsembleFolder(out, plan: self.plan)
        var points: [CalibrationPoint] = []
        for round in 0..<plan.rounds {
            let kept = CalibrationPoint.kept(points, plan.keep).map(\.shares)
            let shares = plan.round(round, around: kept)
            let runs = shares.enumerated().flatMap { i, share in
                plan.seeds.map { seed in
                    PointRuns.Point(
                        folder: folder.folder(points.count + i + 1) + "/seed-\(seed)",
                        arguments: plan.run.arguments(
                            zip(plan.parameters, share).map {
                                Assignment(key: $0.key, value: $0.value(at: $1))
                            }
                                + [Assignment(key: "seed", value: "\(seed)")]))
                }
            }
            let outcomes = PointRuns(
                title: "round \(round + 1) of \(plan.rounds)", processes: threads, isQuiet: quiet || json
            ).run(runs)
            if Interrupt.isRequested {
                Undertow.complain("interrupted in round \(round + 1); the same command goes on")
                throw ExitCode(130)
            }
            for (i, share) in shares.enumerated() {
                let own = i * plan.seeds.count..<(i + 1) * plan.seeds.count
                points.append(
                    CalibrationPoint(
                        number: points.count + 1, round: round + 1, shares: share,
                        measures: own.map { k in
                            guard case .done = outcomes[k] else { return nil }
                            return Self.measures(runs[k].folder, targets, asked)
                        }))
            }
            // Targets that no run so far tells anything of do not count: a run that ends early has no midnight.
            let told = targets.indices.filter { t in
                points.contains { $0.measures.contains { $0?[t] != nil } }
            }
            for i in points.indices { points[i].score(targets, told) }
        }
        guard points.contains(where: { $0.score.isFinite }) else {
            throw InputError(
                file: self.plan, found: "a plan whose every point fails",
                allowed: "at least one point that runs")
        }
        let page = CalibrationPage(plan: plan, targets: targets, points: points)
        try folder.writeTables(page.columns, page.rows)
        let text = page.markdown
        do {
            try text.write(toFile: out + "/calibration.md", atomically: true, encoding: .utf8)
            if let write { try text.write(toFile: write, atomically: true, encoding: .utf8) }
        } catch {
            throw InputError(
                file: write ?? out, found: "the page cannot be written: \(plainWords(error))",
                allowed: "a path that can be written")
        }
        print(json ? try Recording.json(page.output(folder: out), nullable: []) : text)
    }

    /// What a target asks of a run, and in which unit.
    private typealias Asked = (measure: MeasureCall, unit: String)

    /// The plan's, or the facts of roles fit and held_out that are recorded of the scenario.
    private func targets(of plan: CalibrationPlan) throws -> ([CalibrationPlan.Target], [Asked]) {
        if let targets = plan.targets {
            let calls = try targets.map { try MeasureCall($0.key, file: self.plan, names: .builtIn) }
            return (targets, calls.map { ($0, $0.measure.unit.name) })
        }
        let facts = EventRecord.of(
            scenario: try Scenario(ScenarioFile(named: plan.run.scenario)).name
        ).facts.filter {
            $0.role == "fit" || $0.role == "held_out"
        }
        guard !facts.isEmpty else {
            throw InputError(
                file: self.plan, key: "targets",
                found: "no targets, and nothing recorded of \(plan.run.scenario)",
                allowed: "`targets:` with measures and bands")
        }
        let targets = facts.map {
            CalibrationPlan.Target(
                key: $0.measure.text, low: $0.low, high: $0.high, weight: 1, role: $0.role)
        }
        return (targets, facts.map { ($0.measure, $0.unit) })
    }

    /// By target; nil where the run does not tell, all nil for a run that cannot be read.
    private static func measures(
        _ folder: String, _ targets: [CalibrationPlan.Target], _ asked: [Asked]
    ) -> [Double?]? {
        let inside = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard
            let run = inside.sorted().first(where: {
                FileManager.default.fileExists(atPath: "\(folder)/\($0)/manifest.json")
            }), let record = try? RunRecord(folder: "\(folder)/\(run)")
        else { return nil }
        return try? zip(targets, asked).map { target, asked in
            try asked.measure.seen(record, in: asked.unit).value(upTo: target.high)
        }
    }
}

/// One point of a calibration and what its runs measured.
struct CalibrationPoint {
    var number: Int
    var round: Int
    /// Of each free key's range.
    var shares: [Double]
    /// By seed, then by target; nil for a run that failed.
    var measures: [[Double?]?]
    private(set) var score = Double.infinity

    /// A run that failed makes the point's score infinite; a target that this run alone does not tell is a miss of one band.
    mutating func score(_ targets: [CalibrationPlan.Target], _ told: [Int]) {
        guard measures.allSatisfy({ $0 != nil }) else {
            score = .infinity
            return
        }
        let bySeed = measures.map { values in
            told.filter { targets[$0].role == "fit" }.reduce(0.0) { sum, t in
                let miss = values![t].map(targets[t].miss) ?? 1
                return sum + targets[t].weight * miss * miss
            }
        }
        score = bySeed.reduce(0, +) / Double(bySeed.count)
    }

    /// Median over the seeds.
    func median(_ target: Int) -> Double? {
        quantile(measures.compactMap { $0?[target] }, 0.5)
    }

    /// The best share of the points, best first; at least two where two have a score.
    static func kept(_ points: [CalibrationPoint], _ share: Double) -> [CalibrationPoint] {
        let scored = points.filter { $0.score.isFinite }.sorted {
            ($0.score, $0.number) < ($1.score, $1.number)
        }
        return Array(scored.prefix(max(2, Int((Double(points.count) * share).rounded(.up)))))
    }
}

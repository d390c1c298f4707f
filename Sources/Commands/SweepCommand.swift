import Analysis
import ArgumentParser
import Ensembles
import Foundation
import Recording

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Many runs of a scenario on every core; resumable.",
        discussion:
            "Stopped or killed at any moment, the same command goes on where it was. A point that fails is a row of the tables, not the end."
            + HelpExamples.text("sweep plan.yaml --out runs/sweep"))

    @Argument(help: "The plan (YAML): scenario, set, sweep, design, points.") var plan: String
    @Option(
        parsing: .unconditional,
        help: "The folder of the sweep: results.csv, results.sqlite, a folder a point.",
        transform: Allowed.path("--out"))
    var out: String
    @Option(
        parsing: .unconditional,
        help: "Runs at a time, one a processor without; the tables do not depend on it.",
        transform: Allowed.threads)
    var threads: Int?
    @OptionGroup var fleet: FleetOptions
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    private struct Output: Encodable {
        var points: Int
        var done: Int
        var failed: Int
        var left: Int
        var resultsCsv: String
        var resultsSqlite: String
        var failures: [String: String]
    }

    func run() throws {
        try fleet.refuse(threads: threads)
        let plan = try SweepPlan(file: self.plan)
        try plan.run.check(plan.points, file: self.plan)
        try fleet.becomeFleet(
            "sweep", plan: self.plan, out: out, isQuiet: quiet || json, json: json)
        let folder = try EnsembleFolder(out, plan: self.plan)
        let points = plan.points.enumerated().map { i, point in
            PointRuns.Point(folder: folder.folder(i + 1), arguments: plan.run.arguments(point))
        }
        let runs =
            fleet.runsNothing
            ? .looking
            : PointRuns(
                shown: "sweep", processes: threads,
                isQuiet: quiet || json)
        let outcomes = runs.run(points)
        if fleet.left {
            let left = zip(points, outcomes).filter { $0.1 == .interrupted }.map(\.0)
            print(try FleetOptions.list(left, files: plan.run.places()))
            return
        }
        let table = SweepTable(plan, outcomes, points.map { EnsembleFolder.result($0.folder) })
        try folder.writeTables(table.columns, table.rows)
        var output = Output(
            points: points.count, done: 0, failed: 0, left: 0, resultsCsv: out + "/results.csv",
            resultsSqlite: out + "/results.sqlite", failures: [:])
        for (i, outcome) in outcomes.enumerated() {
            switch outcome {
            case .done: output.done += 1
            case .failed(let reason):
                output.failed += 1
                output.failures["\(i + 1)"] = reason
            case .interrupted: output.left += 1
            }
        }
        if json {
            print(try Recording.json(output))
        } else {
            print(
                "\(output.done) of \(output.points) points done, \(output.failed) failed, \(output.left) left: \(out)/results.csv"
            )
            for (number, reason) in output.failures.sorted(by: { Int($0.key)! < Int($1.key)! }).prefix(5) {
                print("  point \(number): \(reason)")
            }
            if output.failed > 5 { print("  … and \(output.failed - 5) more: column `error`") }
            if output.left > 0 { print("The same command goes on.") }
        }
        if Caller.current.isStopped { throw ExitCode(130) }
        // A point that fails is a row; when all of them do, nothing came of the sweep.
        if output.failed == output.points { throw ExitCode(1) }
    }
}

import ArgumentParser
import Ensembles
import Foundation
import Primitives
import Recording
import Scenarios

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Many runs of a scenario on every core; resumable.",
        discussion:
            "Stopped or killed at any moment, the same command goes on where it was. A point that fails is a row of the tables, not the end."
    )

    @Argument(help: "The plan (YAML): scenario, set, sweep, design, points.") var plan: String
    @Option(
        parsing: .unconditional,
        help: "The folder of the sweep: results.csv, results.sqlite, a folder a point.",
        transform: Allowed.path("--out"))
    var out: String
    @Option(
        parsing: .unconditional, help: "Runs at a time; the tables do not depend on it.",
        transform: Allowed.threads)
    var threads: Int = ProcessInfo
        .processInfo
        .activeProcessorCount
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
        try PointRuns.check(threads: threads)
        let plan = try SweepPlan(file: self.plan)
        try plan.run.check(plan.points, file: self.plan)
        let folder = try EnsembleFolder(out, plan: self.plan)
        let points = plan.points.enumerated().map { i, point in
            PointRuns.Point(folder: folder.folder(i + 1), arguments: plan.run.arguments(point))
        }
        let outcomes = PointRuns(title: "sweep", processes: threads, isQuiet: quiet || json).run(points)
        try write(plan, points, outcomes, folder)
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
            print(try Recording.json(output, nullable: []))
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
        if Interrupt.isRequested { throw ExitCode(130) }
        // A point that fails is a row; when all of them do, nothing came of the sweep.
        if output.failed == output.points { throw ExitCode(1) }
    }

    /// What differs from one machine or moment to the next, and what other columns say.
    private static let left = [
        "wall_seconds", "build_seconds", "peak_memory_mb", "worst_step_ms", "steps_over100_ms", "threads",
        "seed",
        "scale",
    ]

    private func write(
        _ plan: SweepPlan, _ points: [PointRuns.Point], _ outcomes: [PointRuns.Outcome],
        _ folder: EnsembleFolder
    ) throws {
        let results = points.map { EnsembleFolder.result($0.folder) }
        var keys: Set<String> = []
        for result in results {
            for (key, value) in result ?? [:] where value is NSNumber && !Self.left.contains(key) {
                keys.insert(key)
            }
        }
        let falls = ["BTC", "ETH", "TOTAL", "TOTAL2", "TOTAL3"].filter { name in
            results.contains { ($0?["fall_pct"] as? [String: Any])?[name] != nil }
        }
        let metrics = keys.sorted()
        let columns =
            ["point"] + plan.axes.map(\.key) + ["status", "error", "state_hash"] + metrics
            + falls.map { "fall_pct_\($0.lowercased())" }
        let rows: [[EnsembleFolder.Cell]] = points.indices.map { i in
            let result = results[i]
            var row: [EnsembleFolder.Cell] = [.number(Double(i + 1))]
            row += plan.points[i].map { .init(typed: $0.value) }
            switch outcomes[i] {
            case .done: row += [.text("done"), .none]
            case .failed(let reason): row += [.text("failed"), .text(reason)]
            case .interrupted: row += [.text("left"), .none]
            }
            row.append((result?["state_hash"] as? String).map(EnsembleFolder.Cell.text) ?? .none)
            for key in metrics {
                row.append((result?[key] as? NSNumber).map { .number($0.doubleValue) } ?? .none)
            }
            let map = result?["fall_pct"] as? [String: Any]
            for name in falls {
                row.append((map?[name] as? NSNumber).map { .number($0.doubleValue) } ?? .none)
            }
            return row
        }
        try folder.writeTables(columns, rows)
    }
}

import Ensembles
import Foundation
import GRDB
import Primitives
import Synchronization
import Testing

@testable import Analysis

/// A program in place of `undertow`: prints a result for seed 1, fails for seed 2, prints nonsense for seed 3.
private let program = """
    #!/bin/sh
    while [ $# -gt 0 ]; do
        [ "$1" = --seed ] && seed=$2
        [ "$1" = --out ] && out=$2
        shift
    done
    echo once >>"$out/../../../calls"
    case $seed in
    1) echo '{"state_hash":"a","seed":1,"majors":["BTC"],"fall_pct":{"BTC":12.5},"liquidated_long_usd":3e9,"bad_debt_usd":0,"threads":4}' ;;
    2) echo 'undertow: it will not' >&2; exit 2 ;;
    *) echo 'nothing of use' ;;
    esac
    """

@Suite("Ensembles of runs")
struct EnsembleTests {
    private func inFolder<T>(_ plan: String, _ body: (_ plan: String, _ out: String, PointRuns) throws -> T)
        throws
        -> T
    {
        try withFolder { folder in
            let file = folder + "/program"
            try program.write(toFile: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
            try plan.write(toFile: folder + "/plan.yaml", atomically: true, encoding: .utf8)
            return try body(
                folder + "/plan.yaml", folder + "/out", PointRuns(executable: file, processes: 2))
        }
    }

    private let sweep = "scenario: textbook-waterfall\nsweep: {seed: [1, 2, 3], accounts.total: [200]}\n"

    @Test func aPointIsDoneOnceAndAFailureIsSaid() throws {
        try inFolder(sweep) { file, out, runs in
            let plan = try SweepPlan(file: file)
            let folder = try EnsembleFolder(out, plan: file)
            let points = plan.points.enumerated().map { i, point in
                PointRuns.Point(folder: folder.folder(i + 1), arguments: plan.run.arguments(point))
            }
            #expect(folder.folder(7).hasSuffix("/points/00007"))
            let outcomes = runs.run(points)
            #expect(outcomes == [.done, .failed("undertow: it will not"), .failed("printed no result")])
            // Who looks at the folder alone finds the same, and runs nothing.
            var looking = runs
            looking.isLooking = true
            #expect(looking.run(points) == outcomes)
            let other = PointRuns.Point(folder: folder.folder(4), arguments: points[0].arguments)
            #expect(looking.run([other]) == [.interrupted])
            let told = Mutex<[PointRuns.Progress]>([])
            var again = runs
            again.progress = { now in told.withLock { $0.append(now) } }
            #expect(again.run(points)[0] == .done)
            // Three points, then the two that had no result.
            #expect(
                try String(contentsOfFile: out + "/../calls", encoding: .utf8).split(separator: "\n").count
                    == 5)
            let last = told.withLock { $0.last }
            #expect(last?.done == 3 && last?.found == 1 && last?.total == 3)
            var interrupted = runs
            interrupted.isInterrupted = { true }
            #expect(interrupted.run(points) == [.interrupted, .interrupted, .interrupted])

            let table = SweepTable(plan, outcomes, points.map { EnsembleFolder.result($0.folder) })
            #expect(
                table.columns == [
                    "point", "seed", "accounts.total", "status", "error", "state_hash", "bad_debt_usd",
                    "liquidated_long_usd", "fall_pct_btc",
                ])
            #expect(
                table.rows[0] == [
                    .number(1), .number(1), .number(200), .text("done"), .none, .text("a"), .number(0),
                    .number(3e9), .number(12.5),
                ])
            #expect(table.rows[1][3...5] == [.text("failed"), .text("undertow: it will not"), .none])
        }
    }

    /// Measures have commas among their arguments.
    @Test func aHeaderIsQuotedLikeACell() {
        #expect(
            EnsembleFolder.csv(["fit_f(a=1, b=2)", "x"], [[.number(1), .none]])
                == "\"fit_f(a=1, b=2)\",x\n1,\n")
    }

    @Test func aFolderIsOfOnePlan() throws {
        try inFolder(sweep) { file, out, _ in
            do { _ = try EnsembleFolder(out, plan: file) }
            do { _ = try EnsembleFolder(out, plan: file) }
            try (sweep + "# another\n").write(toFile: file, atomically: true, encoding: .utf8)
            #expect(throws: InputError.self) { try EnsembleFolder(out, plan: file) }
            let other = out + "-other"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
            try "mine".write(toFile: other + "/letter.txt", atomically: true, encoding: .utf8)
            #expect(throws: InputError.self) { try EnsembleFolder(other, plan: file) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: other) == ["letter.txt"])
        }
    }

    @Test func bothTablesHaveTheSameRows() throws {
        try inFolder(sweep) { file, out, _ in
            let folder = try EnsembleFolder(out, plan: file)
            let rows: [[EnsembleFolder.Cell]] = [
                [.number(1), .init(typed: "0.5"), .text("a \"b\", c")],
                [.number(2e9), .init(typed: "x"), .none],
            ]
            try folder.writeTables(["point", "key", "note"], rows)
            #expect(
                try String(contentsOfFile: out + "/results.csv", encoding: .utf8)
                    == "point,key,note\n1,0.5,\"a \"\"b\"\", c\"\n2000000000,x,\n")
            let read = try DatabaseQueue(path: out + "/results.sqlite").read { db in
                try Row.fetchAll(db, sql: "SELECT point, key, note FROM results ORDER BY point")
            }
            #expect(read[0]["key"] == 0.5 && read[0]["note"] == "a \"b\", c")
            #expect(read[1]["point"] == 2_000_000_000 && (read[1]["note"] as String?) == nil)
        }
    }

    @Test func aPlanThatCannotRunIsRefusedBeforeTheFirstRun() throws {
        try inFolder("scenario: textbook-waterfall\nsweep: {accounts.totl: [200]}\n") { file, _, _ in
            let plan = try SweepPlan(file: file)
            #expect {
                try plan.run.check(plan.points, file: file)
            } throws: { error in
                let error = error as? InputError
                return error?.file == file && error?.nearest == "accounts.total"
            }
        }
    }

    // MARK: Rules

    private let rules = """
        scenario: textbook-waterfall
        seeds: [1, 2]
        rules:
          fewer: {accounts.total: 200}
        """

    @Test func rulesAreComparedOverPairs() throws {
        try inFolder(rules) { file, _, _ in
            let plan = try ComparisonPlan(file: file)
            func result(_ fall: Double, _ usd: Double) -> [String: Any] {
                [
                    "majors": ["BTC"], "fall_pct": ["BTC": fall], "liquidated_long_usd": usd,
                    "gains_usd": [String: Double](),
                ]
            }
            let output = RuleComparison.output(
                plan, [.done, .done, .done, .failed("why")],
                [result(10, 1e9), result(20, 3e9), result(11, 1e9), result(23, 3e9)])
            let fall = try #require(output.rows.first { $0.figure == "fall of BTC" })
            #expect(fall.result.base == 15 && fall.result.changed == 17 && fall.result.difference == 2)
            #expect(fall.rule == "fewer" && fall.set == "accounts.total=200" && fall.result.pairs == 2)
            let usd = try #require(output.rows.first { $0.figure == "liquidated" })
            #expect(usd.result.base == 2 && usd.unit == "bn USD" && usd.result.difference == 0)
            #expect(output.failures == ["4": "why"] && output.left == 0)
            // A figure that no pair tells has no row; nor has one that only one pair tells.
            #expect(!output.rows.contains { $0.figure == "deleveraged" })
            let half = RuleComparison.output(
                plan, [.done, .interrupted, .done, .interrupted],
                [result(10, 1), nil, result(11, 1), nil])
            #expect(half.rows.isEmpty && half.left == 2)
        }
    }

    /// What is clear is no difference of nought and nought: dollars are read in the unit of their size.
    @Test(arguments: [(1e-6, 3e-6, "thousand USD", 1.0, 3.0), (2, 0.001, "bn USD", 2, 0.001)])
    func smallDollarsAreShown(base: Double, changed: Double, unit: String, shownBase: Double, shown: Double) {
        let row = RuleComparison.Row(
            rule: "", set: "", key: "", figure: "", unit: "bn USD",
            result: PairedDifference([(base, changed), (base, changed)]))
        #expect(row.shown.unit == unit)
        #expect(abs(row.shown.result.base - shownBase) < 1e-9 && abs(row.shown.result.changed - shown) < 1e-9)
        #expect(abs(row.shown.result.difference - (shown - shownBase)) < 1e-9)
        #expect(row.result.base == base)
    }

    @Test func theTableOfRulesIsWritten() throws {
        // Both seeds are the program's first: every run has a result.
        try inFolder(
            "scenario: textbook-waterfall\nseeds: [1, 2]\nrules:\n  fewer: {accounts.total: 200}\n"
        ) {
            file, out, runs in
            let comparison = try RuleComparison(plan: file, out: out, runs)
            #expect(comparison.output.failures.count == 2 && comparison.output.rows.isEmpty)
            let table = try String(contentsOfFile: out + "/comparison.csv", encoding: .utf8)
            #expect(table.hasPrefix("rule,set,figure,unit,base_mean,changed_mean,difference_mean,"))
            #expect(comparison.text.contains("run 2 failed: undertow: it will not"))
            #expect(comparison.markdown.contains("## fewer\n\n`accounts.total: 200`"))
        }
    }
}

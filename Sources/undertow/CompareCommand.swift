import Analysis
import ArgumentParser
import Ensembles
import Foundation
import Primitives
import Recording
import Scenarios
import Validation

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Runs side by side, against recorded facts with pass bands, or one rule against another.",
        discussion:
            "With a plan (YAML: scenario, scale, until, set, seeds, rules) every set of rules runs on the same seeds as the base, and the differences are shown with their intervals; resumable like a sweep. With --facts (built in, or a table of your own) the exit code is 1 if a fact of role `always` or a control does not hold."
    )

    @Argument(help: "Run folders (with --facts, of one scenario and scale), or one plan.")
    var runs: [String]
    @Option(
        parsing: .unconditional, help: "With a plan: the folder of its runs and of comparison.csv.",
        transform: Allowed.path("--out"))
    var out: String?
    @Option(
        parsing: .unconditional, help: "With a plan: runs at a time; the result does not depend on it.",
        transform: Allowed.threads)
    var threads: Int =
        ProcessInfo.processInfo.activeProcessorCount
    @Flag(help: "No progress.") var quiet = false
    @Option(help: "A table of facts, or `built-in`; without a value the built-in table.") var facts: String?
    @Option(help: "A run of october-2025-calm: liquidations under 3 % of the event's.") var calm: String?
    @Option(help: "A run of half the withdrawal without news: under 15 %.") var withdrawalOnly: String?
    @Option(help: "A run of the news without withdrawal: under 15 %.") var newsOnly: String?
    @Option(help: "A run with the news doubled, shown and not judged.") var doubled: String?
    @Option(help: "A run with the news quadrupled, shown and not judged.") var quadrupled: String?
    @Flag(
        help:
            "Runs of one scenario at scale 1 and others: which facts a scale keeps within the full-scale seeds' range."
    )
    var scales = false
    @Option(
        parsing: .unconditional, help: "With --scales: writes the rows that are not kept as CSV.",
        transform: Allowed.path("--table"))
    var table: String?
    @Option(
        parsing: .unconditional, help: "Writes the comparison as a page of Markdown, too.",
        transform: Allowed.path("--write"))
    var write: String?
    @Flag(help: "One JSON object on standard output.") var json = false

    private struct Result: Encodable {
        var runs: [String]
        var rows: [FactRow]
        var controls: [ControlRow]
        var calm: [CalmRow]
    }

    func run() throws {
        if runs.count == 1, runs[0].hasSuffix(".yaml") || runs[0].hasSuffix(".yml") {
            return try compareRules(runs[0])
        }
        let finished = try runs.map { try FinishedRun(folder: $0) }
        guard let first = finished.first else {
            throw InputError(file: "compare", found: "no run", allowed: "run folders, or one plan")
        }
        try checkWrites()
        if scales { return try compareScales(finished.map { try RunRecord($0) }) }
        guard let facts else {
            print(SideBySide(finished).text)
            return
        }
        for other in finished where other.scenario != first.scenario || other.scale != first.scale {
            throw InputError(
                file: other.folder, found: "\(other.scenario) at scale \(other.scale)",
                allowed: "\(first.scenario) at scale \(first.scale), as the first run")
        }
        let records = try finished.map { try RunRecord($0) }
        if facts == "built-in", records.allSatisfy(\.isCalm) {
            return try compareCalm(records[0])
        }
        let table = try self.table(facts, first)
        let controls: [(String, Double, String?)] = [
            ("october-2025-calm, the same start without news", 0.03, calm),
            ("half of the makers' withdrawal without news", 0.15, withdrawalOnly),
            ("the news without the makers' withdrawal", 0.15, newsOnly),
        ]
        var rows = ControlRow.rows(
            records,
            controls: try controls.compactMap { name, most, folder in
                try folder.map { (name: name, most: most, run: try RunRecord(folder: $0)) }
            })
        if let calm { rows.append(ControlRow.ordinary(try RunRecord(folder: calm))) }
        rows.append(.news("the event (first seed)", records[0]))
        if let doubled { rows.append(.news("the news doubled", try RunRecord(folder: doubled))) }
        if let quadrupled { rows.append(.news("the news quadrupled", try RunRecord(folder: quadrupled))) }
        let page = ValidationPage(
            facts: FactRow.rows(table, records), controls: rows, runs: records,
            calm: try calm.map { CalmMarket.rows(try RunRecord(folder: $0)) } ?? [])
        if let write { try writePage(page.markdown, to: write) }
        print(
            json
                ? try Recording.json(
                    Result(runs: runs, rows: page.facts, controls: page.controls, calm: page.calm))
                : page.text)
        try fail(page.facts, page.controls)
    }

    private func fail(_ facts: [FactRow], _ controls: [ControlRow]) throws {
        let fails =
            facts.contains { $0.role == "always" && $0.inside == false }
            || controls.contains { $0.holds == false }
        if fails { throw ExitCode(1) }
    }

    /// A file that nothing would be written to is not passed over.
    private func checkWrites() throws {
        let allowed = "with --facts, --scales or a plan: runs side by side are printed"
        if write != nil, facts == nil, !scales {
            throw InputError(file: "--write", found: "nothing to write", allowed: allowed)
        }
        if table != nil, !scales {
            throw InputError(file: "--table", found: "nothing to write", allowed: "with --scales")
        }
        if out != nil {
            throw InputError(file: "--out", found: "runs, not a plan", allowed: "with a plan, for its runs")
        }
    }

    private func table(_ facts: String, _ first: FinishedRun) throws -> [Fact] {
        let table = facts == "built-in" ? Fact.of(scenario: first.scenario) : try FactFile.read(facts)
        guard !table.isEmpty else {
            throw InputError(
                file: first.folder, key: "scenario", found: first.scenario,
                allowed:
                    "october-2025 or october-2025-btc: nothing is recorded of others; or --facts with a table of your own"
            )
        }
        return table
    }

    private func compareScales(_ records: [RunRecord]) throws {
        let scenario = records[0].summary.scenario
        for record in records where record.summary.scenario != scenario {
            throw InputError(
                file: record.folder, found: record.summary.scenario, allowed: "\(scenario), as the first run")
        }
        let page = try ScalePage(records, Fact.of(scenario: scenario))
        if let write { try writePage(page.markdown, to: write) }
        if let table { try writePage(page.table, to: table) }
        print(json ? try Recording.json(["rows": page.rows]) : page.markdown)
    }

    /// A run without news is compared with ordinary days, not with the event.
    private func compareCalm(_ record: RunRecord) throws {
        guard write == nil else {
            throw InputError(
                file: "--write", found: "runs without news",
                allowed: "runs of the event, with --calm for a run without news: the page is of the event")
        }
        let rows = CalmMarket.rows(record)
        print(
            json
                ? try Recording.json(
                    Result(runs: runs, rows: [], controls: [ControlRow.ordinary(record)], calm: rows))
                : CalmMarket.text(rows))
    }

    private func compareRules(_ plan: String) throws {
        guard table == nil, facts == nil, !scales else {
            throw InputError(
                file: plan, found: "a plan with --facts, --scales or --table",
                allowed: "--out, --write, --json")
        }
        guard let out else {
            throw InputError(file: "--out", found: "no folder", allowed: "a folder for the runs of \(plan)")
        }
        let comparison = try RuleComparison(
            plan: plan, out: out,
            PointRuns(shown: "compare", processes: threads, isQuiet: quiet || json))
        if let write { try writePage(comparison.markdown, to: write) }
        print(json ? try Recording.json(comparison.output) : comparison.text)
        if Interrupt.isRequested { throw ExitCode(130) }
        // Nothing came of it: as in a sweep whose every point fails.
        if comparison.output.failures.count == comparison.plan.points.count { throw ExitCode(1) }
    }
}

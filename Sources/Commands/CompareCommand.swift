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
            + HelpExamples.text(
                "compare RUN RUN", "compare RUN --facts",
                "compare docs/rules-plan.yaml --out runs/rules --by losses_of=longs",
                "compare examples/desk examples/desk-rules.yaml"))

    @Argument(
        help:
            "Run folders (with --facts, of one event, scale and settings, each seed once), one plan, or a book and its plan."
    )
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
    @Option(
        help:
            "A control run of the event as `name=RUN`; `undertow scenarios controls` lists them. May stand several times."
    )
    var control: [String] = []
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
    @Option(
        parsing: .unconditional,
        help:
            "With a plan: ranks the rules by a loss, the least first: deleveraged_usd, accounts_liquidated, bad_debt_usd, fund_draw_usd, losses_of=longs and the like."
    )
    var by: String?
    @Flag(help: "One JSON object on standard output.") var json = false

    private struct Result: Encodable {
        var runs: [String]
        var rows: [FactRow]
        var controls: [ControlRow]
        /// Of controls that have facts of their own, by name.
        var controlFacts: [String: [FactRow]]
    }

    func run() throws {
        if runs.count == 1, runs[0].hasSuffix(".yaml") || runs[0].hasSuffix(".yml") {
            return try compareRules(runs[0])
        }
        if runs.count == 2, runs[1].hasSuffix(".yaml"),
            FileManager.default.fileExists(atPath: runs[0] + "/accounts.csv")
        {
            return try compareBook(runs[0], BookPlan(file: runs[1]))
        }
        let finished = try runs.map { try FinishedRun(folder: $0) }
        guard let first = finished.first else {
            throw InputError(file: "compare", found: "no run", allowed: "run folders, or one plan")
        }
        try checkWrites()
        guard by == nil else {
            throw InputError(file: "--by", found: "runs", allowed: "one plan, whose rules are ranked")
        }
        if scales { return try compareScales(finished, EventRecord(first)) }
        guard let facts else {
            let table = SideBySide(finished)
            print(json ? try Recording.json(table.output) : table.text)
            return
        }
        for other in finished where other.scenario != first.scenario || other.scale != first.scale {
            throw InputError(
                file: other.folder, found: "\(other.scenario) at scale \(other.scale)",
                allowed: "\(first.scenario) at scale \(first.scale), as the first run")
        }
        try AlikeRuns.check(finished)
        let records = try finished.map { try RunRecord($0) }
        guard write == nil || !records.allSatisfy(\.isCalm) else {
            throw InputError(
                file: "--write", found: "runs without news",
                allowed: "runs of the event, with --control for a run without news: the page is of the event")
        }
        let controls = try EventRecord(first).controls
        let runs = try self.controls(controls)
        let page = ValidationPage(
            facts: try FactRow.rows(try table(facts, first), records),
            controls: try ControlRow.rows(controls, event: records, runs: runs), runs: records,
            ofControls: try runs.filter { !$0.control.facts.isEmpty }.map {
                ($0.control.what, try FactRow.rows($0.control.facts, [$0.run]))
            })
        if let write { try writePage(page.markdown, to: write) }
        let names = runs.filter { !$0.control.facts.isEmpty }.map(\.control.name)
        print(
            json
                ? try Recording.json(
                    Result(
                        runs: self.runs, rows: page.facts, controls: page.controls,
                        controlFacts: Dictionary(
                            uniqueKeysWithValues: zip(names, page.ofControls.map(\.facts)))))
                : page.text)
        try fail(page.facts, page.controls)
    }

    /// The control runs given, each of which is what it is called.
    private func controls(_ known: Controls) throws -> [(control: Controls.Run, run: RunRecord)] {
        var runs: [(control: Controls.Run, run: RunRecord)] = []
        for text in control {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw InputError(file: "--control", found: "`\(text)`", allowed: "name=RUN")
            }
            let control = try known.run(named: parts[0], option: "--control")
            guard !runs.contains(where: { $0.control.name == control.name }) else {
                throw InputError(
                    file: "--control", found: "`\(control.name)` twice", allowed: "each control once")
            }
            let run = try FinishedRun(folder: parts[1])
            try control.check(run)
            runs.append((control, try RunRecord(run)))
        }
        return runs
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
        guard control.isEmpty || (facts != nil && !scales) else {
            throw InputError(
                file: "--control", found: "nothing to judge it by", allowed: "with --facts, without --scales")
        }
        if out != nil {
            throw InputError(file: "--out", found: "runs, not a plan", allowed: "with a plan, for its runs")
        }
    }

    private func table(_ facts: String, _ first: FinishedRun) throws -> [Fact] {
        let event = try EventRecord(first)
        let table = facts == "built-in" ? event.facts : try FactFile.read(facts, names: event.names)
        guard !table.isEmpty else {
            throw InputError(
                file: first.folder, key: "scenario", found: first.scenario,
                allowed:
                    "a run of an event with a facts.csv: nothing is recorded of this one; or --facts with a table of your own"
            )
        }
        return table
    }

    private func compareScales(_ finished: [FinishedRun], _ event: EventRecord) throws {
        let scenario = finished[0].scenario
        for run in finished where run.scenario != scenario {
            throw InputError(
                file: run.folder, found: run.scenario, allowed: "\(scenario), as the first run")
        }
        try AlikeRuns.check(finished)
        let records = try finished.map { try RunRecord($0) }
        let page = try ScalePage(records, event.facts)
        if let write { try writePage(page.markdown, to: write) }
        if let table { try writePage(page.table, to: table) }
        print(json ? try Recording.json(["rows": page.rows]) : page.markdown)
    }

    private func compareRules(_ plan: String) throws {
        guard table == nil, facts == nil, !scales, control.isEmpty else {
            throw InputError(
                file: plan, found: "a plan with --facts, --control, --scales or --table",
                allowed: "--out, --write, --json")
        }
        guard let out else {
            throw InputError(file: "--out", found: "no folder", allowed: "a folder for the runs of \(plan)")
        }
        if let by { _ = try RuleComparison.key(of: by) }
        let comparison = try RuleComparison(
            plan: plan, out: out,
            PointRuns(shown: "compare", processes: threads, isQuiet: quiet || json))
        if let write {
            // A page of some of the rules looks like one of all of them.
            if Caller.current.isStopped {
                Undertow.complain("\(write) is left as it was: not every run has been made")
            } else {
                try writePage(comparison.markdown, to: write)
            }
        }
        let ranking = try by.map { try comparison.text(rankedBy: $0) + "\n\n" } ?? ""
        print(json ? try Recording.json(comparison.output) : ranking + comparison.text)
        if Caller.current.isStopped { throw ExitCode(130) }
        // Nothing came of it: as in a sweep whose every point fails.
        if comparison.output.failures.count == comparison.plan.points.count { throw ExitCode(1) }
    }
}

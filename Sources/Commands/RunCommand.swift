import Analysis
import ArgumentParser
import Foundation
import MarketData
import Primitives
import Recording
import Running
import Scenarios
import Validation

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Simulates a scenario and leaves a run folder.",
        discussion: HelpExamples.text(
            "run october-2025 --scale 10 --until 2025-10-10T22:00:00Z",
            "run october-2025-btc --seed 7 --json",
            "run october-2025-btc --set venues.hyperliquid.rulebook=okx",
            "run october-2025 --scale 50 --change '2025-10-10T21:10:00Z rules.fund_multiple=5'",
            "run my-event --record minute --out results"))

    @Argument(
        help: "A built-in event, an event's folder or a YAML file.", completion: ScenarioNames.completion)
    var scenario: String
    @Option(help: "What is kept: off, minute or full.") var record: String = "full"
    @Option(parsing: .unconditional, help: "Seed of every random stream.", transform: Allowed.seed)
    var seed: UInt64 = 1
    @Option(
        parsing: .unconditional, help: "Replace so many similar accounts by one.",
        transform: Allowed.whole("--scale", 1...RunOptions.mostScale))
    var scale: Int = 1
    @Option(help: "Stop at this UTC time, e.g. 2025-10-10T21:30:00Z.") var until: String?
    @Option(name: .customLong("set"), parsing: .singleValue, help: "key.path=value, repeatable.")
    var overrides: [String] = []
    @Option(help: "A recorded index path: Binance klines or Tardis trades, gz accepted.") var indexPath:
        String?
    @Option(
        help: "A book of your own accounts, in place of as much of the population on their venues.",
        completion: .directory)
    var book: String?
    @Option(
        name: .customLong("change"), parsing: .unconditionalSingleValue,
        help:
            "Done to the running world, repeatable: \"2025-10-10T21:15:00Z rules.fund_multiple=3\", or sell=BTC@binance:200e6, buy=, news=-2, outage=binance:orders:30."
    )
    var changes: [String] = []
    @Option(
        parsing: .unconditional, help: "Threads; the result does not depend on it.",
        transform: Allowed.threads)
    var threads: Int = 1
    @Option(
        parsing: .unconditional, help: "Folder that run folders are made in.",
        transform: Allowed.path("--out"))
    var out: String = "runs"
    @Option(
        parsing: .unconditional, help: "Size at which recording stops, in MB; reported when reached.",
        transform: Allowed.whole("--record-limit-mb", 1...1_000_000))
    var recordLimitMb: Int =
        4096
    @Flag(
        help:
            "Run every fast path beside its slow twin; for small --set universe.assets and accounts.total."
    )
    var twins = false
    @Flag(
        help:
            "Also the fall that the same announcement causes again at the start, at the low, at the end."
    )
    var fragility = false
    @Option(
        name: .customLong("measure"), parsing: .unconditionalSingleValue,
        help:
            "Also this figure of the run, repeatable: \"fall_pct(asset=BTC)\"; `scenarios measures` lists what may be asked."
    )
    var measures: [String] = []
    @Flag(help: "Print one JSON object.") var json = false
    @Flag(help: "No progress, no table: only the folder.") var quiet = false

    func run() throws {
        let run = try checkedRun()
        let asked = try askedMeasures(of: run)
        if let note = try run.indexPath()?.note, !quiet, !json { Undertow.complain(note) }
        // What is not kept is said before the minutes are spent.
        if !quiet, !json { for note in run.scenario.scaleNotes(scale) { Undertow.complain(note) } }
        try execute(run, asked)
    }

    private func askedMeasures(of run: ScenarioRun) throws -> [MeasureCall] {
        if measures.isEmpty { return [] }
        guard run.record != .off else {
            throw InputError(
                file: "--measure", found: "--record off beside it",
                allowed: "minute or full: it is read from the recording")
        }
        let names = MeasureNames(run.scenario)
        return try measures.map { try MeasureCall($0, file: "--measure", names: names) }
    }

    /// The run that the options ask for, everything that can be known before it checked.
    func checkedRun() throws -> ScenarioRun {
        guard let level = RecordLevel(rawValue: record) else {
            throw InputError(
                file: "--record", found: "`\(record)`", allowed: "off, minute, full",
                nearest: nearestName(to: record, among: RecordLevel.allCases.map(\.rawValue)))
        }
        var stop: SimTime?
        if let until {
            guard let time = SimTime(iso8601: until) else {
                throw InputError(
                    file: "--until", found: "`\(until)`", allowed: "a UTC time like 2025-10-10T21:30:00Z")
            }
            stop = time
        }
        let checked = try Scenario(ScenarioFile(named: scenario, overrides: overrides))
        // What the run is to be set beside is read before it, so that no run is lost to a table of facts.
        _ = try EventRecord(checked)
        if let stop, stop <= checked.start || stop > checked.end {
            throw InputError(
                file: "--until", found: "\(stop)", allowed: "after \(checked.start), up to \(checked.end)")
        }
        if fragility { try Fragility.check(checked) }
        if fragility && !changes.isEmpty {
            throw InputError(
                file: "--fragility", found: "--change beside it",
                allowed: "one of them: its worlds would have the changes, too")
        }
        var run = ScenarioRun(scenario: checked, seed: seed)
        run.scale = scale
        run.threads = threads
        run.until = stop
        run.indexPathFile = indexPath
        run.bookFolder = book.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        if let own = try run.ownBook(), own.accounts.isEmpty {
            throw InputError(
                file: "--book",
                found: "no account that the event's venues take in: "
                    + own.leftOut.keys.sorted().joined(separator: "; "),
                allowed: "accounts with positions on "
                    + (try checked.perpetuals().keys.sorted().joined(separator: ", ")))
        }
        run.changes = try changes.map { try RunChange($0) }
        run.usesTwins = twins
        run.record = level
        run.recordLimitMegabytes = recordLimitMb
        run.out = out
        if indexPath != nil && !checked.isIndexImposed {
            throw InputError(
                file: "--index-path", found: "a path for a world that makes its own index",
                allowed: "an event with index.kind imposed or model: here indices come from the spot books")
        }
        return run
    }

    private func execute(_ run: ScenarioRun, _ asked: [MeasureCall]) throws {
        let forks = fragility ? Forks(reference: run.scenario.referenceAsset) : nil
        var result = try run.executeShown(isQuiet: quiet || json, forks: forks)
        if let forks, !result.isInterrupted, result.failure == nil {
            let caller = Caller.current
            let falls = try Fragility(run.scenario, after: result.summary, forks: forks).falls {
                caller.isStopped
            }
            try result.add("--fragility") { $0.fragility = falls }
        }
        if !asked.isEmpty, !result.isInterrupted, result.failure == nil {
            let record = try RunRecord(folder: result.summary.run)
            let figures = try asked.map { try $0.measured(record) }
            try result.add("--measure") { $0.measures = figures }
        }
        if json {
            print(try result.summary.json())
        } else if !quiet {
            print(result.report.text)
            if let own = result.own { print("\n" + own.text(leftOut: try run.ownBook()?.leftOut ?? [:])) }
        } else if result.failure == nil {
            print(result.summary.run)
        }
        try end(
            result.summary.run, result.failure, isInterrupted: result.isInterrupted,
            imbalance: result.summary.zeroSumMicroUsd)
    }

    /// The exit code of a run.
    private func end(_ folder: String, _ failure: String?, isInterrupted: Bool, imbalance: Int64) throws {
        if let failure {
            throw InputError(
                file: folder, key: "--out", found: failure, allowed: "a writable folder with free space")
        }
        if isInterrupted { throw ExitCode(130) }
        // A ledger that does not balance is a check that did not hold.
        if imbalance != 0 { throw ExitCode(1) }
    }
}

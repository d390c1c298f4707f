import Analysis
import ArgumentParser
import Ensembles
import Foundation
import Primitives
import Recording

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract:
            "Looks for parameters that bring a scenario near recorded facts; says which directions the facts leave open.",
        discussion: """
            Rounds of points: the first fills the box of the free keys (Sobol), each later one draws around the best share of all
            so far. A point's score is the mean over seeds of the weighted squared misses of its `fit` targets, a miss being the
            distance from the band in widths of the band. Held-out targets are shown and never count. Resumable like `sweep`.
            """ + HelpExamples.text("calibrate plan.yaml --out runs/calibration"))

    @Argument(help: "The plan (YAML): scenario, set, free, targets, seeds, points, rounds, keep.") var plan:
        String
    @Option(parsing: .unconditional, help: "The folder of the calibration.", transform: Allowed.path("--out"))
    var out: String
    @Option(
        parsing: .unconditional,
        help: "Runs at a time, one a processor without; the result does not depend on it.",
        transform: Allowed.threads)
    var threads: Int?
    @Option(
        parsing: .unconditional, help: "Writes the page of the calibration there, too.",
        transform: Allowed.path("--write"))
    var write: String?
    @OptionGroup var fleet: FleetOptions
    @Flag(help: "One JSON object on standard output.") var json = false
    @Flag(help: "No progress.") var quiet = false

    func run() throws {
        try fleet.refuse(threads: threads)
        var calibration = try Calibration(plan: plan, out: out)
        if fleet.dask != nil && write != nil {
            throw InputError(
                file: "--write", found: "--dask beside it",
                allowed: "the same command without --dask, afterwards")
        }
        try fleet.becomeFleet(
            "calibrate", plan: plan, out: out, isQuiet: quiet || json, json: json)
        let rounds = calibration.plan.rounds
        let interrupted = try calibration.run { round in
            fleet.runsNothing
                ? .looking
                : PointRuns(
                    shown: "round \(round) of \(rounds)",
                    processes: threads, isQuiet: quiet || json
                )
        }
        if fleet.left {
            print(
                try FleetOptions.list(
                    calibration.left, files: calibration.plan.run.places(), round: interrupted))
            return
        }
        if fleet.tables, !calibration.left.isEmpty {
            throw InputError(
                file: "--tables", found: "\(calibration.left.count) runs left of round \(interrupted ?? 0)",
                allowed: "a calibration whose runs are all done; --left lists them")
        }
        if let interrupted {
            Undertow.complain("interrupted in round \(interrupted); the same command goes on")
            throw ExitCode(130)
        }
        let page = CalibrationPage(calibration)
        try calibration.folder.writeTables(page.columns, page.rows)
        let text = page.markdown
        try calibration.folder.write(text, to: "calibration.md")
        if let write { try writePage(text, to: write) }
        print(json ? try Recording.json(page.output(folder: out)) : text)
    }
}

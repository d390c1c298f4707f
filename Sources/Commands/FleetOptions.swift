import Analysis
import ArgumentParser
import Foundation
import Primitives
import Recording

/// How a sweep or a calibration is shared out to other machines: `python/` has the fleet, this program its plans and tables.
struct FleetOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help:
            "Has the workers of a Dask scheduler run the points (needs the Python package): tcp://HOST:PORT, or `local`."
    )
    var dask: String?
    @Flag(help: "Runs nothing: prints as JSON what is left to run, each with its folder and arguments.")
    var left = false
    @Flag(help: "Runs nothing: writes the tables of what is there.") var tables = false

    var runsNothing: Bool { left || tables }

    func validate() throws {
        if [dask != nil, left, tables].count(where: { $0 }) > 1 {
            throw ValidationError("--dask, --left and --tables exclude one another")
        }
    }

    /// What is left, for whoever runs it.
    ///
    /// - Parameter files: what the points' scenario is read from.
    static func list(_ points: [PointRuns.Point], files: [String], round: Int? = nil) throws -> String {
        struct Left: Encodable {
            struct Point: Encodable {
                var folder: String
                var arguments: [String]
            }
            var round: Int?
            var files: [String]
            var points: [Point]
        }
        return try json(
            Left(
                round: round, files: files,
                points: points.map { Left.Point(folder: $0.folder, arguments: $0.arguments) }))
    }

    /// A number of threads beside `--dask` would be passed over: workers have the cluster's.
    func refuse(threads: Int?) throws {
        guard dask == nil || threads == nil else {
            throw InputError(
                file: "--threads", found: "--dask beside it",
                allowed: "one of them: workers have threads of their own")
        }
    }

    /// Becomes the fleet of the Python package, which comes back here for the tables.
    func becomeFleet(_ verb: String, plan: String, out: String, isQuiet: Bool, json: Bool) throws {
        guard let dask else { return }
        guard !Caller.current.isEmbedded else {
            throw InputError(
                file: "--dask", found: "a call inside another program", allowed: "undertow.fleet.\(verb)")
        }
        let python = ProcessInfo.processInfo.environment["UNDERTOW_PYTHON"] ?? "python3"
        let arguments =
            [python, "-m", "undertow.fleet", verb, plan, "--out", out, "--dask", dask]
            + (isQuiet ? ["--quiet"] : []) + (json ? ["--json"] : [])
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        execvp(python, &words)
        throw InputError(
            file: "--dask", found: "\(python): \(String(cString: strerror(errno)))",
            allowed: "Python with the packages undertow and dask.distributed; UNDERTOW_PYTHON names it")
    }
}

extension PointRuns {
    /// Looks at the folders alone.
    static let looking: PointRuns = {
        var runs = PointRuns(executable: "", processes: 1)
        runs.isLooking = true
        return runs
    }()
}

import Foundation
import InputFiles
import Primitives
import Recording
import Synchronization

/// Runs of an ensemble, each a process of its own in a folder of its own, so many at a time. A folder with a result is
/// done and is not run again, so whatever was finished survives anything; a `result.json` that holds none is no result.
struct PointRuns {
    struct Point: Sendable {
        /// Under the ensemble's folder.
        var folder: String
        /// Of `undertow`, but for the folder.
        var arguments: [String]
    }
    enum Outcome: Sendable {
        case done
        case failed(String)
        case interrupted
    }

    let title: String
    let processes: Int
    let isQuiet: Bool

    static func check(threads: Int) throws {
        guard (1...256).contains(threads) else {
            throw InputError(file: "--threads", found: "\(threads)", allowed: "1 to 256")
        }
    }

    /// Runs what is not done yet; afterwards every point that did not fail has its `result.json`.
    func run(_ points: [Point]) -> [Outcome] {
        Interrupt.watch()
        let outcomes = Mutex([Outcome](repeating: .interrupted, count: points.count))
        let next = Atomic<Int>(0)
        let workers = max(1, min(processes, points.count))
        let progress = Mutex(
            (
                shown: Progress(title, total: Double(points.count), unit: "points", isQuiet: isQuiet),
                done: 0.0
            ))
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while !Interrupt.isRequested {
                let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard i < points.count else { return }
                let wasDone = Self.isDone(points[i])
                let outcome = wasDone ? .done : Self.run(points[i])
                outcomes.withLock { $0[i] = outcome }
                progress.withLock { progress in
                    progress.done += 1
                    if wasDone { progress.shown.found(1) }
                    progress.shown.show(progress.done)
                }
            }
        }
        progress.withLock { $0.shown.end() }
        return outcomes.withLock { $0 }
    }

    private static func isDone(_ point: Point) -> Bool {
        EnsembleFolder.result(point.folder) != nil
    }

    private static func run(_ point: Point) -> Outcome {
        let files = FileManager.default
        let result = point.folder + "/result.json"
        do {
            // What a killed attempt left behind.
            if files.fileExists(atPath: point.folder) { try files.removeItem(atPath: point.folder) }
            try files.createDirectory(atPath: point.folder, withIntermediateDirectories: true)
            let outputPath = point.folder + "/output.part"
            let errorPath = point.folder + "/errors.txt"
            _ = files.createFile(atPath: outputPath, contents: nil)
            _ = files.createFile(atPath: errorPath, contents: nil)
            guard let output = FileHandle(forWritingAtPath: outputPath),
                let errors = FileHandle(forWritingAtPath: errorPath)
            else { return .failed("cannot write in \(point.folder)") }
            let process = Process()
            process.executableURL = URL(
                fileURLWithPath: Bundle.main.executablePath ?? CommandLine.arguments[0])
            process.arguments = point.arguments + ["--out", point.folder]
            process.standardOutput = output
            process.standardError = errors
            process.standardInput = FileHandle.nullDevice
            process.environment = ProcessInfo.processInfo.environment.merging(
                ["UNDERTOW_PARENT": "\(getpid())"]) { $1 }
            try process.run()
            while process.isRunning {
                usleep(3000)
                if Interrupt.isRequested { process.terminate() }
            }
            process.waitUntilExit()
            try output.close()
            try errors.close()
            if process.terminationStatus == 130 || Interrupt.isRequested { return .interrupted }
            guard process.terminationReason == .exit, process.terminationStatus == 0 else {
                let text = (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? ""
                let last = text.split(separator: "\n").last.map(String.init) ?? ""
                return .failed(
                    last.isEmpty
                        ? "ended with \(process.terminationReason == .exit ? "code" : "signal") \(process.terminationStatus)"
                        : last)
            }
            // A name appears only when all of its bytes are there.
            try files.moveItem(atPath: outputPath, toPath: result)
            guard EnsembleFolder.result(point.folder) != nil else { return .failed("printed no result") }
            try files.removeItem(atPath: errorPath)
            return .done
        } catch {
            return .failed("\(plainWords(error))")
        }
    }
}

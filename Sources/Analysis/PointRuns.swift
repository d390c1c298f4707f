import Foundation
import InputFiles
import Primitives
import Recording
import Synchronization

/// Runs of an ensemble, each a process of its own in a folder of its own, so many at a time. A folder with a result is
/// done and is not run again, so whatever was finished survives anything; a `result.json` that holds none is no result.
public struct PointRuns: Sendable {
    public struct Point: Sendable {
        /// Under the ensemble's folder.
        public var folder: String
        /// Of `undertow`, but for the folder.
        public var arguments: [String]

        public init(folder: String, arguments: [String]) {
            self.folder = folder
            self.arguments = arguments
        }
    }
    public enum Outcome: Sendable, Equatable {
        case done
        case failed(String)
        case interrupted
    }
    /// How far it is: points done, of them those that an earlier attempt had done already, of how many.
    public struct Progress: Sendable {
        public var done = 0
        public var found = 0
        public var total: Int
    }

    /// The environment variable with which a point's process learns whose it is: should that process be killed, it ends too.
    public static let parentVariable = "UNDERTOW_PARENT"

    /// Path of `undertow`.
    public var executable: String
    /// How many at a time.
    public var processes: Int
    /// Called after every point, from any thread, one call at a time.
    public var progress: @Sendable (Progress) -> Void
    /// Asked again and again, from any thread; points that run are then ended and begin anew another time.
    public var isInterrupted: @Sendable () -> Bool
    /// Runs nothing: what is neither done nor has failed before is left, as if interrupted. For those whose points run
    /// elsewhere.
    public var isLooking = false

    public init(
        executable: String, processes: Int, progress: @escaping @Sendable (Progress) -> Void = { _ in },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
        self.executable = executable
        self.processes = processes
        self.progress = progress
        self.isInterrupted = isInterrupted
    }

    /// Runs what is not done yet; afterwards every point that did not fail has its `result.json`. Outcomes are in the order
    /// of the points.
    public func run(_ points: [Point]) -> [Outcome] {
        let outcomes = Mutex([Outcome](repeating: .interrupted, count: points.count))
        let next = Atomic<Int>(0)
        let state = Mutex(Progress(total: points.count))
        DispatchQueue.concurrentPerform(iterations: max(1, min(processes, points.count))) { _ in
            while !isInterrupted() {
                let i = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard i < points.count else { return }
                let wasDone = Self.isDone(points[i])
                let outcome = wasDone ? .done : isLooking ? Self.failure(points[i]) : tried(points[i])
                outcomes.withLock { $0[i] = outcome }
                state.withLock { state in
                    state.done += 1
                    if wasDone { state.found += 1 }
                    progress(state)
                }
            }
        }
        return outcomes.withLock { $0 }
    }

    private static func isDone(_ point: Point) -> Bool { EnsembleFolder.result(point.folder) != nil }

    /// The last words of a point that failed, in its folder: what `isLooking` finds.
    public static let failureFile = "failure.txt"

    private static func failure(_ point: Point) -> Outcome {
        (try? readText(point.folder + "/" + failureFile, atMost: 1 << 20, "a point's last words")).map {
            .failed($0)
        } ?? .interrupted
    }

    /// Runs it and leaves its last words where it fails.
    private func tried(_ point: Point) -> Outcome {
        let outcome = run(point)
        if case .failed(let reason) = outcome {
            try? reason.write(
                toFile: point.folder + "/" + Self.failureFile, atomically: true, encoding: .utf8)
        }
        return outcome
    }

    private func run(_ point: Point) -> Outcome {
        let files = FileManager.default
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
            let process = try start(point, output, errors)
            while process.isRunning {
                usleep(3000)
                if isInterrupted() { process.terminate() }
            }
            process.waitUntilExit()
            try output.close()
            try errors.close()
            if process.terminationStatus == 130 || isInterrupted() { return .interrupted }
            guard process.terminationReason == .exit, process.terminationStatus == 0 else {
                let text = (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? ""
                let last = text.split(separator: "\n").last.map(String.init) ?? ""
                return .failed(
                    last.isEmpty
                        ? "ended with \(process.terminationReason == .exit ? "code" : "signal") \(process.terminationStatus)"
                        : last)
            }
            // A name appears only when all of its bytes are there.
            try files.moveItem(atPath: outputPath, toPath: point.folder + "/result.json")
            guard Self.isDone(point) else { return .failed("printed no result") }
            try files.removeItem(atPath: errorPath)
            return .done
        } catch {
            return .failed("\(plainWords(error))")
        }
    }

    private func start(_ point: Point, _ output: FileHandle, _ errors: FileHandle) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = point.arguments + ["--out", point.folder]
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(
            [Self.parentVariable: "\(getpid())"]) { $1 }
        try process.run()
        return process
    }
}

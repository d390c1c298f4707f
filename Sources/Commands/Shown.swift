import Analysis
import Foundation
import Page
import Primitives
import Running
import Scenarios
import Stress
import Synchronization

// What looks on while work goes, on the command line: progress on standard error, Ctrl-C, the page of the installed library.

extension ScenarioRun {
    /// Executes it with progress and a page; Ctrl-C ends it after its step.
    func executeShown(
        isQuiet: Bool, onMinute: ((SimTime, String) -> Bool)? = nil, forks: Forks? = nil
    ) throws -> Result {
        let caller = Caller.current
        caller.watchSignals()
        var progress = Progress(self, scenario.name, isQuiet: isQuiet)
        defer { progress.end() }
        var watch = RunWatch(
            onStep: { progress.show($0) }, isInterrupted: { caller.isStopped }, onMinute: onMinute,
            page: { try RunPage(folder: $0, library: .installed).html })
        watch.onStage = { progress.begin($0.rawValue) }
        return try execute(watch, forks: forks)
    }
}

extension PointRuns {
    /// Points of this very program, with progress; Ctrl-C ends those that run.
    ///
    /// - Parameter processes: as many as there are processors where nothing is said.
    init(shown title: String, processes: Int?, isQuiet: Bool) {
        let caller = Caller.current
        caller.watchSignals()
        let bar = SharedProgress(title, isQuiet: isQuiet, caller: caller)
        self.init(
            executable: Program.path, processes: processes ?? ProcessInfo.processInfo.activeProcessorCount,
            progress: { bar.show($0) },
            isInterrupted: { caller.isStopped })
    }

    /// Progress that any thread may show; it begins with the first point, whose count it learns there.
    private final class SharedProgress: Sendable {
        private let title: String
        private let isQuiet: Bool
        private let caller: Caller
        private let state = Mutex<(bar: Commands.Progress, found: Int)?>(nil)

        init(_ title: String, isQuiet: Bool, caller: Caller) {
            (self.title, self.isQuiet, self.caller) = (title, isQuiet, caller)
        }

        func show(_ now: PointRuns.Progress) {
            state.withLock { state in
                var shown =
                    state
                    ?? (
                        Commands.Progress(
                            title, total: Double(now.total), unit: "points", isQuiet: isQuiet, caller: caller),
                        0
                    )
                if now.found > shown.found { shown.bar.found(Double(now.found - shown.found)) }
                shown.found = now.found
                shown.bar.show(Double(now.done))
                if now.done == now.total { shown.bar.end() }
                state = shown
            }
        }
    }
}

extension StressWatch {
    /// With progress, a bar for each part of the work. Ctrl-C ends a process at once: until the end nothing is written.
    init(shown title: String, isQuiet: Bool) {
        let caller = Caller.current
        let bar = Mutex<(part: String, done: Int, bar: Commands.Progress)?>(nil)
        self.init(
            onProgress: { part, done, total in
                bar.withLock { shown in
                    // The same part once more is another try.
                    if shown?.part != part || done < shown?.done ?? 0 {
                        shown?.bar.end()
                        shown = (
                            part, 0,
                            Commands.Progress(
                                "\(title): \(part)", total: Double(total), unit: "done", isQuiet: isQuiet,
                                caller: caller)
                        )
                    }
                    shown?.done = done
                    shown?.bar.show(Double(done))
                    if done >= total { shown?.bar.end() }
                }
            }, isInterrupted: { caller.isStopped })
    }
}

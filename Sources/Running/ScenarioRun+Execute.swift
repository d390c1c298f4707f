import InputFiles
import Market
import Primitives
import Recording
import Scenarios

extension ScenarioRun {
    /// What came of a run.
    public struct Result: Sendable {
        public private(set) var report: MarketReport
        /// What happened to the accounts of the run's book; nil without one.
        public let own: [OwnAccountRow]?
        /// Nil where none was asked for.
        public let folder: RunFolder?
        public let isInterrupted: Bool
        /// What could not be written, if anything.
        public private(set) var failure: String?

        public var summary: MarketSummary { report.summary }

        /// The answer of an option that only a run's end can give, in the folder's files, too.
        ///
        /// - Throws: `InputError` for a figure that JSON cannot hold.
        public mutating func add(_ option: String, _ change: (inout MarketSummary) -> Void) throws {
            change(&report.summary)
            guard let folder, failure == nil else { return }
            let json = try summary.json()
            do {
                try folder.write(report.markdown, to: "summary.md")
                try folder.write(json, to: "summary.json")
            } catch { failure = "the answer of \(option) could not be written: \(plainWords(error))" }
        }
    }

    /// Simulates the run from its first moment to its last, or until it is interrupted, and leaves its folder.
    ///
    /// - Parameter forks: keeps the moments of the run from which forks go on.
    /// - Throws: `InputError` for settings that do not fit together, or a folder that cannot be written from the start;
    ///   `CancellationError` where it is interrupted before its first step: there is no folder yet. What fails later is
    ///   `Result.failure`: the figures are there all the same.
    public func execute(_ watch: RunWatch = RunWatch(), forks: Forks? = nil) throws -> Result {
        let clock = ContinuousClock.now
        watch.onStage(.building)
        var world = try world(isInterrupted: watch.isInterrupted)
        forks?.begin(world)
        let buildSeconds = (ContinuousClock.now - clock).seconds
        let inputs = try inputs()
        let manifest = manifest(inputs)
        let opened = try open(manifest, inputs) { folder in
            try MarketRecorder(
                folder: folder, level: record, limitBytes: recordLimitMegabytes * 1_000_000, world)
        }
        let recorder = opened?.recorder
        let own = bookFolder == nil ? nil : OwnAccountsWatch(try ownBook()?.accounts ?? [], world)
        watch.onStage(.simulating)
        let (pace, isInterrupted) = simulate(&world, recorder, own, watch, forks)
        forks?.end(world)
        watch.onStage(.writing)
        let ownRows = own?.finish(world)
        world.finish()
        recorder?.close(world)
        let end = RunEnd(
            now: world.now, planned: plannedEnd, isInterrupted: isInterrupted, record: recorder?.finish())
        var summary = MarketSummary(of: world)
        complete(&summary, opened?.folder, end)
        summary.imposed += (world.venueIndices?.notes ?? []).map { "index of " + $0 }
        summary.wallSeconds = (ContinuousClock.now - clock).seconds
        summary.buildSeconds = buildSeconds
        summary.worstStepMs = pace.worst * 1000
        summary.worstStepUtc = pace.worstAt.map { "\($0)" } ?? ""
        summary.stepsOver100Ms = pace.over100Ms
        var report = MarketReport(summary, title: title, warning: end.warning)
        report.chart = TerminalChart(world.metrics.minutes).text
        var failure: String?
        if let folder = opened?.folder {
            watch.onStage(.page)
            failure = try finish(
                folder, manifest.ended(summary.stateHash, wallSeconds: summary.wallSeconds), end,
                summaries: [("summary.md", report.markdown), ("summary.json", try summary.json())]
                    + (ownRows.map {
                        [
                            (OwnAccountRow.file, OwnAccountRow.csv($0)),
                            (OwnAccountsWatch.marksFile, own?.marksTable ?? ""),
                        ]
                    } ?? []),
                page: record == .off ? nil : watch.page)
        }
        return Result(
            report: report, own: ownRows, folder: opened?.folder, isInterrupted: end.isInterrupted,
            failure: failure)
    }

    /// Wall seconds of the longest step, the moment it led to, and how many took more than a tenth of a second.
    private struct Pace {
        var worst = 0.0
        var worstAt: SimTime?
        var over100Ms = 0
    }

    /// Steps to the end.
    private func simulate(
        _ world: inout World, _ recorder: MarketRecorder?, _ own: OwnAccountsWatch?, _ watch: RunWatch,
        _ forks: Forks?
    ) -> (pace: Pace, isInterrupted: Bool) {
        var pace = Pace()
        var isStopped = false
        while !world.isFinished && world.now < lastMoment && !isStopped && !watch.isInterrupted() {
            forks?.see(world)
            let before = ContinuousClock.now
            world.step()
            let seconds = (ContinuousClock.now - before).seconds
            if seconds > 0.1 { pace.over100Ms += 1 }
            if seconds > pace.worst { (pace.worst, pace.worstAt) = (seconds, world.now) }
            recorder?.observe(world)
            own?.observe(world)
            watch.onStep(Double(world.steps))
            if let onMinute = watch.onMinute, let minute = world.minuteEnded {
                isStopped = !onMinute(minute, world.minuteHash().hex)
            }
            if recorder?.outcome.failure != nil { isStopped = true }
        }
        return (pace, watch.isInterrupted() && !world.isFinished)
    }

    /// Says in a summary whose it is.
    public func sign(_ summary: inout MarketSummary) {
        summary.scenario = scenario.name
        summary.title = title
        summary.seed = seed
        summary.scale = scale
        summary.threads = threads
    }

    private func complete(_ summary: inout MarketSummary, _ folder: RunFolder?, _ end: RunEnd) {
        sign(&summary)
        summary.run = folder?.path ?? ""
        summary.status = end.status.rawValue
        summary.simulatedUntilUtc = end.now.description
        summary.peakMemoryMb = peakMemoryMegabytes()
        if end.record?.limitReached == true {
            summary.capsHit.append("recording of events stopped at \(recordLimitMegabytes) MB")
        }
        summary.imposed = scenario.imposedRows(until: end.now)
        summary.scaleNotes = scenario.scaleNotes(scale)
    }
}

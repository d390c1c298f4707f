import Clearing
import Foundation
import Market
import Primitives
import Synchronization
import Venues

/// How much of a run is kept.
public enum RecordLevel: String, Sendable, CaseIterable {
    case off
    /// Per-minute series and hashes.
    case minute
    /// Also events, and per-second rows of the watch list and of minutes of stress.
    case full
}

/// When per-second rows are kept.
public enum SecondRows: Sendable {
    case always
    case never
    /// In minutes in which the mark moved more than this fraction.
    case stress(move: Double)
}

/// Writes a run's rows in the background, so that the simulation does not wait for the disk.
///
/// Rows are handed over in batches and committed by a thread of its own at least twice a second of wall time:
/// a process killed at any moment leaves all but the last second.
public final class Recorder: Sendable {
    private let level: RecordLevel
    private let assets: [AssetUnits]
    private let secondRows: SecondRows
    private let limitBytes: Int
    private let database: RunDatabase
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    private struct State: Sendable {
        var pending = RecordBatch()
        var isFinishing = false
        var failure: String?
        var limitReached = false
        var rowsWritten = 0
        /// Seconds of the running minute, kept or dropped when it ends.
        var seconds: [SeriesRow] = []
        var minutesSeen = 0
        /// The running minute is one of stress: its rows are kept.
        var isMinuteKept = false
    }

    /// - Parameter limitBytes: beyond this size only per-minute rows are written, and the manifest says so.
    public init(
        folder: String, level: RecordLevel, assets: [AssetUnits], secondRows: SecondRows, limitBytes: Int
    ) throws {
        self.level = level
        self.assets = assets
        self.secondRows = secondRows
        self.limitBytes = limitBytes
        database = try RunDatabase(path: folder + "/run.sqlite")
        let thread = Thread { [self] in writeUntilFinished() }
        thread.name = "recorder"
        thread.start()
    }

    /// Takes in what happened in the last step.
    public func observe(_ world: inout World) {
        let seconds = world.takeSeconds()
        let isMinute = world.metrics.minutes.count
        let hash = world.minuteEnded.map { (time: $0, hash: world.stateHash().hex) }
        state.withLock { state in
            if level == .full && !state.limitReached {
                // Margin calls are kept as counts per minute, not one by one.
                for i in 0..<world.venue.house.events.count
                where world.venue.house.events[i].kind != .marginCall {
                    state.pending.events.append(world.venue.house.events[i])
                }
                keep(seconds, &state)
            }
            if let hash { state.pending.hashes.append(hash) }
            guard isMinute > state.minutesSeen else { return }
            state.pending.minutes += world.metrics.minutes[state.minutesSeen...]
            state.minutesSeen = isMinute
            state.seconds.removeAll(keepingCapacity: true)
            state.isMinuteKept = false
        }
    }

    /// Takes in the minute that was open when the run ended.
    public func close(_ world: borrowing World) {
        let minutes = world.metrics.minutes
        state.withLock { state in
            state.pending.minutes += minutes[state.minutesSeen...]
            state.minutesSeen = minutes.count
        }
    }

    /// Hands rows over at once when their minute is kept, and holds them back while that is open.
    private func keep(_ rows: [SeriesRow], _ state: inout State) {
        switch secondRows {
        case .always: state.pending.seconds += rows
        case .never: break
        case .stress(let move):
            if !state.isMinuteKept {
                state.seconds += rows
                guard moved(state.seconds, by: move) else { return }
                state.isMinuteKept = true
                state.pending.seconds += state.seconds
                state.seconds.removeAll(keepingCapacity: true)
            } else {
                state.pending.seconds += rows
            }
        }
    }

    private func moved(_ rows: [SeriesRow], by move: Double) -> Bool {
        for market in Set(rows.map(\.market)) {
            let marks = rows.lazy.filter { $0.market == market }.map(\.markUSD)
            if let low = marks.min(), let high = marks.max(), high > low * (1 + move) { return true }
        }
        return false
    }

    private func writeUntilFinished() {
        var finishing = false
        while !finishing {
            _ = wake.wait(timeout: .now() + .milliseconds(400))
            let (batch, ends) = state.withLock { state in
                let batch = state.pending
                state.pending = RecordBatch()
                return (batch, state.isFinishing)
            }
            finishing = ends
            do {
                if batch.rowCount > 0 {
                    let rows = try database.write(batch, assets: assets)
                    let bytes = try database.bytes()
                    state.withLock {
                        $0.rowsWritten += rows
                        if bytes > limitBytes { $0.limitReached = true }
                    }
                }
                if finishing { try database.close() }
            } catch {
                state.withLock { $0.failure = "\(error)" }
            }
        }
        done.signal()
    }

    /// Commits what is left and closes the database.
    public func finish() -> Outcome {
        state.withLock { state in
            state.isFinishing = true
        }
        wake.signal()
        done.wait()
        return outcome
    }

    /// Rows written so far, whether the size limit was reached, and what went wrong, if anything.
    public struct Outcome: Sendable {
        public var rowsWritten: Int
        public var limitReached: Bool
        public var failure: String?
    }

    public var outcome: Outcome {
        state.withLock {
            Outcome(rowsWritten: $0.rowsWritten, limitReached: $0.limitReached, failure: $0.failure)
        }
    }
}

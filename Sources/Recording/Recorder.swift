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

/// Takes in a run's rows and hands them to a `BatchWriter`.
public final class Recorder: Sendable {
    private let level: RecordLevel
    private let secondRows: SecondRows
    private let writer: BatchWriter<RunDatabase>
    private let state = Mutex(State())

    private struct State: Sendable {
        /// Seconds of the running minute, kept or dropped when it ends.
        var seconds: [SeriesRow] = []
        var minutesSeen = 0
        /// The running minute is one of stress: its rows are kept.
        var isMinuteKept = false
    }

    /// - Parameter limitBytes: beyond this size only per-minute rows are written, and the manifest says so.
    public init(
        folder: String, level: RecordLevel, venue: String, assets: [AssetUnits], secondRows: SecondRows,
        limitBytes: Int
    ) throws {
        self.level = level
        self.secondRows = secondRows
        writer = BatchWriter(
            try RunDatabase(path: folder + "/run.sqlite", venue: venue, assets: assets),
            limitBytes: limitBytes)
    }

    /// Takes in what happened in the last step.
    public func observe(_ world: inout World) {
        let seconds = world.takeSeconds()
        let minutes = world.metrics.minutes.count
        let hash = world.minuteEnded.map { (time: $0, hash: world.stateHash().hex) }
        writer.add(until: world.now) { batch, limitReached in
            state.withLock { state in
                if level == .full && !limitReached {
                    // Margin calls are kept as counts per minute, not one by one.
                    for i in 0..<world.venue.house.events.count
                    where world.venue.house.events[i].kind != .marginCall {
                        batch.events.append(world.venue.house.events[i])
                    }
                    keep(seconds, &state, &batch)
                }
                if let hash { batch.hashes.append(hash) }
                guard minutes > state.minutesSeen else { return }
                batch.minutes += world.metrics.minutes[state.minutesSeen...]
                state.minutesSeen = minutes
                state.seconds.removeAll(keepingCapacity: true)
                state.isMinuteKept = false
            }
        }
    }

    /// Takes in the minute that was open when the run ended.
    public func close(_ world: borrowing World) {
        let minutes = world.metrics.minutes
        writer.add(until: world.now) { batch, _ in
            state.withLock { state in
                batch.minutes += minutes[state.minutesSeen...]
                state.minutesSeen = minutes.count
            }
        }
    }

    /// Hands rows over at once when their minute is kept, and holds them back while that is open.
    private func keep(_ rows: [SeriesRow], _ state: inout State, _ batch: inout RecordBatch) {
        switch secondRows {
        case .always: batch.seconds += rows
        case .never: break
        case .stress(let move):
            if !state.isMinuteKept {
                state.seconds += rows
                guard moved(state.seconds, by: move) else { return }
                state.isMinuteKept = true
                batch.seconds += state.seconds
                state.seconds.removeAll(keepingCapacity: true)
            } else {
                batch.seconds += rows
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

    /// Commits what is left and closes the database.
    public func finish() -> RecordOutcome { writer.finish() }

    /// How it goes so far.
    public var outcome: RecordOutcome { writer.outcome }
}

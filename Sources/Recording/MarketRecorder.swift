import Clearing
import Exchanges
import Foundation
import Market
import Primitives
import Synchronization
import Venues

/// Writes a whole-market run's rows in the background: a process killed at any moment leaves all but the last second.
public final class MarketRecorder: Sendable {
    private let level: RecordLevel
    private let limitBytes: Int
    private let database: MarketDatabase
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    private struct State: Sendable {
        var pending = MarketBatch()
        var minutesSeen = 0
        var isFinishing = false
        var rowsWritten = 0
        var limitReached = false
        var failure: String?
    }

    /// What is kept one by one; margin calls, cancellations and recoveries are counted by the minute.
    private static let kept: Set<ClearingEvent.Kind> = [
        .partialLiquidation, .fullLiquidation, .vaultTakeover, .fundTakeover, .deleveraging, .vaultPayment,
        .fundPayment, .fundSettlement, .liquidationFee, .socialisedLoss, .badDebt, .collateralSold,
    ]

    /// - Parameter limitBytes: beyond this size only per-minute rows are written, and the manifest says so.
    public init(folder: String, level: RecordLevel, limitBytes: Int, _ world: borrowing WholeMarket) throws {
        self.level = level
        self.limitBytes = limitBytes
        database = try MarketDatabase(path: folder + "/run.sqlite", world.exchanges)
        let thread = Thread { [self] in writeUntilFinished() }
        thread.name = "recorder"
        thread.start()
    }

    /// Takes in what happened in the last step.
    public func observe(_ world: inout WholeMarket) {
        let full = level == .full
        var events: [MarketBatch.Event] = []
        if full {
            for p in 0..<world.exchanges.perps.count {
                for i in 0..<world.exchanges.perps[p].house.events.count
                where Self.kept.contains(world.exchanges.perps[p].house.events[i].kind) {
                    events.append(
                        MarketBatch.Event(venue: Int32(p), event: world.exchanges.perps[p].house.events[i]))
                }
            }
        }
        guard world.minuteEnded != nil || !events.isEmpty else { return }
        take(events, &world)
    }

    private func take(_ events: [MarketBatch.Event], _ world: inout WholeMarket) {
        let rows = world.takeRows()
        let hash = world.minuteEnded.map { (time: $0, hash: world.minuteHash().hex) }
        let minutes = world.metrics.minutes
        state.withLock { state in
            if level == .full && !state.limitReached {
                state.pending.events += events
                state.pending.books += rows.books
            }
            state.pending.assets += rows.assets
            if let hash { state.pending.hashes.append(hash) }
            if minutes.count > state.minutesSeen {
                state.pending.minutes += minutes[state.minutesSeen...]
                state.minutesSeen = minutes.count
            }
        }
    }

    /// Takes in the minute that was open when the run ended.
    public func close(_ world: inout WholeMarket) {
        let rows = world.takeRows()
        let minutes = world.metrics.minutes
        state.withLock { state in
            if level == .full && !state.limitReached { state.pending.books += rows.books }
            state.pending.assets += rows.assets
            state.pending.minutes += minutes[state.minutesSeen...]
            state.minutesSeen = minutes.count
        }
    }

    private func writeUntilFinished() {
        var finishing = false
        while !finishing {
            _ = wake.wait(timeout: .now() + .milliseconds(400))
            let (batch, ends) = state.withLock { state in
                let batch = state.pending
                state.pending = MarketBatch()
                return (batch, state.isFinishing)
            }
            finishing = ends
            do {
                if batch.count > 0 {
                    try database.write(batch)
                    let bytes = try database.bytes()
                    state.withLock {
                        $0.rowsWritten += batch.count
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
    public func finish() -> Recorder.Outcome {
        state.withLock { $0.isFinishing = true }
        wake.signal()
        done.wait()
        return outcome
    }

    public var outcome: Recorder.Outcome {
        state.withLock {
            Recorder.Outcome(rowsWritten: $0.rowsWritten, limitReached: $0.limitReached, failure: $0.failure)
        }
    }
}

import Clearing
import Exchanges
import Foundation
import Market
import Primitives
import Synchronization
import Venues

/// Takes in a whole-market run's rows and hands them to a `BatchWriter`.
public final class MarketRecorder: Sendable {
    private let level: RecordLevel
    private let writer: BatchWriter<MarketDatabase>
    private let minutesSeen = Mutex(0)

    /// What is kept one by one; margin calls, cancellations and recoveries are counted by the minute.
    private static let kept: Set<ClearingEvent.Kind> = [
        .partialLiquidation, .fullLiquidation, .vaultTakeover, .fundTakeover, .deleveraging, .vaultPayment,
        .fundPayment, .fundSettlement, .liquidationFee, .socialisedLoss, .badDebt, .collateralSold,
    ]

    /// - Parameter limitBytes: beyond this size only per-minute rows are written, and the manifest says so.
    /// - Throws: what SQLite says where the database cannot be made.
    public init(folder: String, level: RecordLevel, limitBytes: Int, _ world: borrowing WholeMarket) throws {
        self.level = level
        writer = BatchWriter(
            try MarketDatabase(path: folder + "/run.sqlite", world.exchanges), limitBytes: limitBytes)
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
        writer.add(until: world.now) { batch, limitReached in
            if level == .full && !limitReached {
                batch.events += events
                batch.books += rows.books
            }
            batch.assets += rows.assets
            if let hash { batch.hashes.append(hash) }
            batch.minutes += fresh(minutes)
        }
    }

    /// The minutes not handed over yet.
    private func fresh(_ minutes: [MarketMinute]) -> ArraySlice<MarketMinute> {
        minutesSeen.withLock { seen in
            defer { seen = max(seen, minutes.count) }
            return minutes[min(seen, minutes.count)...]
        }
    }

    /// Takes in the minute that was open when the run ended.
    public func close(_ world: inout WholeMarket) {
        let rows = world.takeRows()
        let minutes = world.metrics.minutes
        writer.add(until: world.now) { batch, limitReached in
            if level == .full && !limitReached { batch.books += rows.books }
            batch.assets += rows.assets
            batch.minutes += fresh(minutes)
        }
    }

    /// Commits what is left and closes the database.
    public func finish() -> RecordOutcome { writer.finish() }

    /// How it goes so far.
    public var outcome: RecordOutcome { writer.outcome }
}

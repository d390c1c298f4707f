import Clearing
import Exchanges
import Foundation
import Market
import Primitives
import Synchronization
import Venues

/// Takes in a run's rows and hands them to a `BatchWriter`.
public final class MarketRecorder: Sendable {
    private let level: RecordLevel
    private let writer: BatchWriter<MarketDatabase>
    private let minutesSeen = Mutex(0)

    /// - Parameter limitBytes: beyond this size only per-minute rows are written, and the manifest says so.
    /// - Throws: what SQLite says where the database cannot be made.
    public init(folder: String, level: RecordLevel, limitBytes: Int, _ world: borrowing World) throws {
        self.level = level
        writer = BatchWriter(
            try MarketDatabase(path: folder + "/run.sqlite", world.exchanges), limitBytes: limitBytes)
    }

    /// Takes in what happened in the last step.
    public func observe(_ world: borrowing World) {
        let events = level == .full ? kept(world) : []
        let hash = world.minuteEnded.map { MinuteHash(time: $0, hash: world.minuteHash().hex) }
        guard hash != nil || !events.isEmpty else { return }
        take(world, events, hash)
    }

    /// Takes in the minute that was open when the run ended.
    public func close(_ world: borrowing World) { take(world, [], nil) }

    private func kept(_ world: borrowing World) -> [EventPage.Entry] {
        var events: [EventPage.Entry] = []
        for p in world.exchanges.perpetualIDs {
            for i in 0..<world.exchanges.perps[p].house.events.count
            where EventTable.kept.contains(world.exchanges.perps[p].house.events[i].kind) {
                events.append(
                    EventPage.Entry(venue: p, event: world.exchanges.perps[p].house.events[i]))
            }
        }
        return events
    }

    private func take(_ world: borrowing World, _ events: [EventPage.Entry], _ hash: MinuteHash?) {
        let isNew = hasNewMinute(world)
        let minutes = isNew ? MinuteTables.all.map { $0.cells(world) } : []
        writer.add(until: world.now) { batch, limitReached in
            batch.minutes += minutes
            if !limitReached { batch.events += events }
            if let hash { batch.hashes.append(hash) }
        }
    }

    private func hasNewMinute(_ world: borrowing World) -> Bool {
        let count = world.metrics.minutes.count
        return minutesSeen.withLock { seen in
            defer { seen = count }
            return count > seen
        }
    }

    /// Commits what is left and closes the database.
    public func finish() -> RecordOutcome { writer.finish() }

    /// How it goes so far.
    public var outcome: RecordOutcome { writer.outcome }
}

import Foundation
import InputFiles
import Primitives
import Synchronization

/// Rows on their way to a database.
protocol RecordRows: Sendable {
    init()
    var rowCount: Int { get }
}

/// Where batches go, each in one transaction.
protocol RecordDatabase: Sendable {
    associatedtype Batch: RecordRows
    func write(_ batch: Batch) throws
    func bytes() throws -> Int
    /// Leaves one plain file; whatever happens, the file is let go of.
    func close() throws
}

/// What a recording came to.
public struct RecordOutcome: Sendable {
    public var rowsWritten = 0
    public var limitReached = false
    /// The simulated moment up to which every row is there; nil before the first batch.
    public var writtenUntil: SimTime?
    /// What went wrong, if anything.
    public var failure: String?

    public init(failure: String? = nil) { self.failure = failure }
}

/// Commits rows by a thread of its own at least twice a second of wall time, and a thousand rows at a time, so that the simulation
/// does not wait for the disk: a process killed at any moment leaves all but the last second, a disk that fills up holds what
/// fitted.
///
/// After a failed write nothing more is written: a later batch would leave a hole that nobody sees.
final class BatchWriter<Database: RecordDatabase>: Sendable {
    private static var rowsAtOnce: Int { 1000 }
    private let database: Database
    private let limitBytes: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    private struct State: Sendable {
        var pending = Database.Batch()
        var until: SimTime?
        var isFinishing = false
        var outcome = RecordOutcome()
    }

    init(_ database: Database, limitBytes: Int) {
        self.database = database
        self.limitBytes = limitBytes
        let thread = Thread { [self] in writeUntilFinished() }
        thread.name = "recorder"
        thread.start()
    }

    /// Hands over what happened up to a moment.
    func add(until: SimTime, _ body: (_ batch: inout Database.Batch, _ limitReached: Bool) -> Void) {
        let isFull = state.withLock { state in
            let before = state.pending.rowCount
            body(&state.pending, state.outcome.limitReached)
            state.until = until
            return before < Self.rowsAtOnce && state.pending.rowCount >= Self.rowsAtOnce
        }
        if isFull { wake.signal() }
    }

    private func writeUntilFinished() {
        var finishing = false
        while !finishing {
            _ = wake.wait(timeout: .now() + .milliseconds(400))
            let (batch, until, ends) = state.withLock { state in
                let batch = state.pending
                state.pending = Database.Batch()
                return (batch, state.until, state.isFinishing)
            }
            finishing = ends
            commit(batch, until)
        }
        do { try database.close() } catch { fail(error) }
        done.signal()
    }

    private func commit(_ batch: Database.Batch, _ until: SimTime?) {
        guard outcome.failure == nil else { return }
        do {
            var bytes = 0
            if batch.rowCount > 0 {
                try database.write(batch)
                bytes = try database.bytes()
            }
            state.withLock {
                $0.outcome.rowsWritten += batch.rowCount
                $0.outcome.writtenUntil = until
                if bytes > limitBytes { $0.outcome.limitReached = true }
            }
        } catch { fail(error) }
    }

    /// The first failure is the reason.
    private func fail(_ error: any Error) {
        let text = plainWords(error)
        state.withLock { $0.outcome.failure = $0.outcome.failure ?? text }
    }

    /// Commits what is left and closes the database.
    func finish() -> RecordOutcome {
        state.withLock { $0.isFinishing = true }
        wake.signal()
        done.wait()
        return outcome
    }

    var outcome: RecordOutcome { state.withLock { $0.outcome } }
}

import Foundation
import Primitives
import Synchronization
import Testing

@testable import Recording

@Suite("Recording in batches")
struct BatchWriterTests {
    private struct Rows: RecordRows {
        var numbers: [Int] = []
        var rowCount: Int { numbers.count }
    }

    /// Takes rows until one is 13; a moment later there is room again.
    private final class Disk: RecordDatabase {
        let written = Mutex([Int]())
        let isClosed = Mutex(false)
        func write(_ batch: Rows) throws {
            if batch.numbers.contains(13) { throw POSIXError(.ENOSPC) }
            written.withLock { $0 += batch.numbers }
        }
        func bytes() throws -> Int { 0 }
        func close() throws { isClosed.withLock { $0 = true } }
    }

    private func add(_ number: Int, _ writer: BatchWriter<Disk>) {
        writer.add(until: SimTime(seconds: Int64(number))) { batch, _ in batch.numbers.append(number) }
    }

    /// Waits until the writer has seen what was handed over.
    private func wait(_ holds: () -> Bool) {
        for _ in 0..<500 where !holds() { usleep(10_000) }
    }

    @Test func afterAFailureNothingMoreIsWritten() {
        let disk = Disk()
        let writer = BatchWriter(disk, limitBytes: 1 << 30)
        add(1, writer)
        wait { writer.outcome.rowsWritten == 1 }
        add(13, writer)
        wait { writer.outcome.failure != nil }
        add(14, writer)
        let outcome = writer.finish()
        #expect(disk.written.withLock { $0 } == [1])
        #expect(outcome.rowsWritten == 1)
        #expect(outcome.writtenUntil == SimTime(seconds: 1))
        #expect(outcome.failure == "no free space")
        #expect(disk.isClosed.withLock { $0 })
    }

    @Test func withoutOneEverythingIs() {
        let disk = Disk()
        let writer = BatchWriter(disk, limitBytes: 1 << 30)
        for number in [1, 2, 3] { add(number, writer) }
        let outcome = writer.finish()
        #expect(disk.written.withLock { $0 } == [1, 2, 3])
        #expect(outcome.failure == nil && outcome.writtenUntil == SimTime(seconds: 3))
    }
}

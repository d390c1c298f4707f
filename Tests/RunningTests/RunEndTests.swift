import Primitives
import Recording
import Running
import Testing

@Suite("How a run ended")
struct RunEndTests {
    private func end(_ record: RecordOutcome?, interrupted: Bool = false) -> RunEnd {
        RunEnd(
            now: SimTime(iso8601: "2025-10-10T20:31:00Z")!,
            planned: SimTime(iso8601: "2025-10-10T22:00:00Z")!,
            isInterrupted: interrupted, record: record)
    }

    @Test func aFailedRecordingIsInTheManifest() {
        var record = RecordOutcome(failure: "database or disk is full")
        record.writtenUntil = SimTime(iso8601: "2025-10-10T20:29:07Z")
        let end = end(record, interrupted: true)
        var manifest = Manifest()
        end.complete(&manifest)
        #expect(manifest.status == .failed)
        #expect(manifest.recordedUntilUtc == "2025-10-10T20:29:07Z")
        #expect(manifest.simulatedUntilUtc == "2025-10-10T20:31:00Z")
        #expect(
            manifest.completeness.hasPrefix(
                "recording failed after 2025-10-10T20:29:07Z: database or disk is full"))
        #expect(end.warning?.hasPrefix("STOPPED at 2025-10-10T20:31:00Z") == true)
    }

    @Test func onlyWhatDidNotEndIsWarnedOf() {
        #expect(end(nil).warning == nil)
        #expect(
            end(nil, interrupted: true).warning?.hasPrefix(
                "INTERRUPTED at 2025-10-10T20:31:00Z, of a run to 2025-10-10T22:00:00Z") == true)
    }
}

import Primitives
import Recording

/// How a run ended: for its summary, its manifest and the top of its tables.
public struct RunEnd: Sendable {
    /// The last simulated moment, and the one the run was to go to.
    public var now: SimTime
    public var planned: SimTime
    public var isInterrupted: Bool
    /// Nil where nothing was recorded.
    public var record: RecordOutcome?

    public init(now: SimTime, planned: SimTime, isInterrupted: Bool, record: RecordOutcome?) {
        self.now = now
        self.planned = planned
        self.isInterrupted = isInterrupted
        self.record = record
    }

    public var status: Manifest.Status {
        record?.failure != nil ? .failed : isInterrupted ? .interrupted : .finished
    }

    /// Why and from when rows are missing.
    public var failure: String? {
        record?.failure.map { reason in
            "recording failed "
                + (record?.writtenUntil.map { "after \($0)" } ?? "before its first rows") + ": \(reason)"
        }
    }

    /// What must be said above the figures of a run that did not come to its end; nil of one that did.
    public var warning: String? {
        switch status {
        case .finished, .running: nil
        case .interrupted:
            "INTERRUPTED at \(now), of a run to \(planned): every figure is of what was simulated until then."
        case .failed: "STOPPED at \(now), of a run to \(planned): \(failure ?? "")."
        }
    }

    /// Says in a manifest how the run ended, and to where its rows go.
    public func complete(_ manifest: inout Manifest) {
        manifest.status = status
        manifest.completeness =
            failure.map { $0 + "; every row up to then is there and none after it" }
            ?? (isInterrupted ? "interrupted: complete up to simulated_until_utc" : "complete")
        manifest.simulatedUntilUtc = now.description
        if failure != nil { manifest.recordedUntilUtc = record?.writtenUntil?.description }
        manifest.rowsWritten = record?.rowsWritten
        manifest.recordLimitReached = record?.limitReached ?? false
    }
}

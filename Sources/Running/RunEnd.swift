import InputFiles
import Primitives
import Recording
import Scenarios

/// How a run ended: for its summary, its manifest and the top of its tables.
struct RunEnd {
    /// The last simulated moment, and the one the run was to go to.
    var now: SimTime
    var planned: SimTime
    var isInterrupted: Bool
    /// Nil where nothing was recorded.
    var record: RecordOutcome?

    var status: Manifest.Status {
        record?.failure != nil ? .failed : isInterrupted ? .interrupted : .finished
    }

    /// Why and from when rows are missing.
    var failure: String? {
        record?.failure.map { reason in
            "recording failed "
                + (record?.writtenUntil.map { "after \($0)" } ?? "before its first rows") + ": \(reason)"
        }
    }

    /// What must be said above the figures of a run that did not come to its end; nil of one that did.
    var warning: String? {
        switch status {
        case .finished, .running: nil
        case .interrupted:
            "INTERRUPTED at \(now), of a run to \(planned): every figure is of what was simulated until then."
        case .failed: "STOPPED at \(now), of a run to \(planned): \(failure ?? "")."
        }
    }

    func complete(_ manifest: inout Manifest) {
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

extension RunSession {
    /// Writes the folder's last files, the manifest after the summaries so that it promises nothing that is not there; a
    /// page is drawn from a manifest that is.
    ///
    /// - Returns: what could not be written; the manifest says so, too.
    func finish(
        _ folder: RunFolder, _ manifest: Manifest, _ end: RunEnd, summaries: [(name: String, text: String)],
        page: (() throws -> String)?
    ) throws -> String? {
        var manifest = manifest
        var failure = end.failure
        end.complete(&manifest)
        folder.giveRoom()
        func write(_ name: String, _ text: () throws -> String) {
            do { try folder.write(text(), to: name) } catch {
                let reason = "\(name) could not be written: \(plainWords(error))"
                failure = failure ?? reason
                if manifest.status != .failed {
                    manifest.status = .failed
                    manifest.completeness = reason + "; every row of the run is there"
                }
            }
        }
        for (name, text) in summaries { write(name) { text } }
        try writing(folder.path) { try manifest.write(folder: folder.path) }
        if let page, manifest.status == .finished {
            write("report.html", page)
            if manifest.status == .failed {
                try writing(folder.path) { try manifest.write(folder: folder.path) }
            }
        }
        return failure
    }

    /// The folder of the run with its first manifest, and its recorder if it has one.
    func open<R>(_ manifest: Manifest, _ inputs: [String: String], recorder: (String) throws -> R) throws -> (
        folder: RunFolder, recorder: R?
    )? {
        guard let out else { return nil }
        let folder = try RunFolder(
            under: out, scenario: scenario.name, seed: seed, identity: identity(inputs))
        try writing(folder.path) { try manifest.write(folder: folder.path) }
        guard record != .off else { return (folder, nil) }
        do { return (folder, try recorder(folder.path)) } catch {
            let end = RunEnd(
                now: scenario.start, planned: lastMoment, isInterrupted: false,
                record: RecordOutcome(failure: plainWords(error)))
            _ = try finish(folder, manifest, end, summaries: [], page: nil)
            throw unwritable(folder.path, "\(plainWords(error))")
        }
    }
}

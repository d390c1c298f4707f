import Primitives
import Recording
import Running

/// A recorded run beside the same run once more: state hash by state hash, minute by minute.
public struct HashComparison {
    public enum Verdict: Equatable, Sendable {
        /// As far as there was something to compare; in words.
        case identical(String)
        /// The end of the first minute that differs, or the end of the run; in words.
        case differs(String)
    }

    private let manifest: Manifest
    private let recorded: RecordedHashes
    /// Where the comparison ends: of a run that did not finish, beyond its last recorded minute there is nothing.
    public let stopAt: SimTime?
    private var firstDifference: String?
    private var compared = 0
    private var missing = 0

    /// - Throws: `InputError` if the recording cannot be read, or of a run that ended before its first recorded minute.
    public init(folder: String, _ manifest: Manifest) throws {
        self.manifest = manifest
        recorded = try RecordedHashes(folder: folder)
        guard manifest.status != .finished else {
            stopAt = nil
            return
        }
        guard let last = recorded.last.flatMap({ SimTime(iso8601: $0) }) else {
            throw InputError(
                file: folder, found: "a run that ended before its first recorded minute",
                allowed: "a folder with at least one recorded minute")
        }
        stopAt = last
    }

    /// Takes in a minute of the new run.
    ///
    /// - Returns: false once they differ.
    public mutating func see(_ time: SimTime, _ hash: String) -> Bool {
        if let expected = recorded.byMinute[time.description] {
            compared += 1
            if expected != hash { firstDifference = firstDifference ?? time.description }
        } else if recorded.last != nil {
            missing += 1
        }
        return firstDifference == nil
    }

    /// - Parameter stateHash: of the new run at its end.
    public func verdict(_ stateHash: String) -> Verdict {
        if let firstDifference {
            return .differs("differs first in the minute that ends \(firstDifference)")
        }
        if manifest.status == .finished, let expected = manifest.stateHash, expected != stateHash {
            return .differs("differs at the end: recorded \(expected), now \(stateHash)")
        }
        return .identical(said)
    }

    /// What was compared, where that is not all of the run.
    private var said: String {
        let hole = missing > 0 ? "; \(missing) minutes before that are not recorded" : ""
        let asFar = "identical as far as recorded: \(compared) minutes, to \(recorded.last ?? "")\(hole)"
        switch manifest.status {
        case .finished:
            return missing == 0
                ? "identical"
                : "identical at the end and in the \(compared) minutes recorded; \(missing) are not recorded"
        case .failed: return "\(asFar); then \(manifest.completeness)"
        case .interrupted, .running: return asFar
        }
    }
}

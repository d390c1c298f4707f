/// How much of a run is kept.
public enum RecordLevel: String, Sendable, CaseIterable {
    case off
    /// Series by the minute, of every book too, and hashes.
    case minute
    /// Also events.
    case full
}

/// How much of a run is kept.
public enum RecordLevel: String, Sendable, CaseIterable {
    case off
    /// Per-minute series and hashes.
    case minute
    /// Also events, and minutes of every book.
    case full
}

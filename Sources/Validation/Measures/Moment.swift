import Primitives

/// A moment that a measure names: a time, or what happened then.
public enum Moment: Sendable, Equatable {
    /// Of the run: its first and its last moment.
    case start, end
    /// The announcement; without one the end of the reference minute.
    case news
    /// The end of the reference minute, from which falls are counted.
    case reference
    /// The lowest second of the asset's index after the reference minute.
    case low
    /// The first midnight UTC after the reference minute.
    case midnight
    /// Seconds of a UTC day: the first such time at or after the run's start.
    case clock(Int64)
    /// Unix seconds.
    case time(Int64)

    static let names: [(name: String, moment: Moment)] = [
        ("start", .start), ("end", .end), ("news", .news), ("reference", .reference), ("low", .low),
        ("midnight", .midnight),
    ]

    static let form =
        "21:36Z, 2025-10-10T21:36Z, "
        + names.map(\.name).joined(separator: ", ").replacing(
            ", midnight", with: " or midnight")

    /// Nil for a text that is none.
    init?(_ text: String) {
        if let known = Self.names.first(where: { $0.name == text }) {
            self = known.moment
        } else if text.contains("T") {
            guard let time = SimTime(iso8601: text) else { return nil }
            self = .time(time.seconds)
        } else {
            // Any day tells whether it is a time of day.
            guard let time = SimTime(iso8601: "1970-01-01T" + text) else { return nil }
            self = .clock(time.seconds)
        }
    }
}

import Primitives
import Recording
import Scenarios

/// The figures of a run of one venue that belong to the keys of its facts.
public enum VenueMeasures {
    /// Every key that a run of one venue can have a figure for.
    public static let keys = [
        "index_fall_pct", "gross_leverage", "takeover_12min_usd", "deleveraged_usd", "deleveraging_fills",
        "deleveraging_price_usd", "first_deleveraging_seconds", "open_interest_fall_pct",
        "large_short_deleveraged_usd",
    ]

    /// The end of the window of the public on-chain record: a run that ends before has not seen the event.
    private static let eventEnd = SimTime(iso8601: "2025-10-10T21:27:00Z")!
    /// Told by the start alone, or by any moment after the reference minute.
    private static let early = ["gross_leverage", "index_fall_pct"]

    /// - Parameter end: Unix seconds at which the simulation ended; nil where that is not known.
    public static func seen(_ key: String, _ summary: RunSummary, end: Int64?) -> Seen {
        if !early.contains(key), let end, end < eventEnd.seconds {
            return .nothing(why: "the run ended before \(eventEnd)")
        }
        return Seen(
            summary.comparable[key],
            otherwise: keys.contains(key) ? "it did not happen in the run" : "no figure of one venue")
    }

    public static func rows(_ facts: [Fact], _ runs: [(summary: RunSummary, end: Int64?)]) -> [FactRow] {
        facts.map { fact in FactRow(fact, runs.map { seen(fact.key, $0.summary, end: $0.end) }) }
    }
}

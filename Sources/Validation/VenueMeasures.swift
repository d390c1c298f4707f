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

    /// The keys of a run of one venue by the measures of its facts.
    private static let keyOf = [
        "fall_pct(asset=BTC)": "index_fall_pct", "gross_leverage(at=start)": "gross_leverage",
        "takeover_usd(after=21:15Z, before=21:27Z, seen=21:27Z)": "takeover_12min_usd",
        "deleveraged_usd(seen=21:27Z)": "deleveraged_usd",
        "deleveraging_fills(seen=21:27Z)": "deleveraging_fills",
        "deleveraging_price_usd(asset=BTC, seen=21:27Z)": "deleveraging_price_usd",
        "first_deleveraging_seconds(seen=21:27Z)": "first_deleveraging_seconds",
        "open_interest_fall_pct(seen=21:27Z)": "open_interest_fall_pct",
        "deleveraged_most_usd(seen=21:27Z)": "large_short_deleveraged_usd",
    ]

    public static func rows(_ facts: [Fact], _ runs: [(summary: RunSummary, end: Int64?)]) -> [FactRow] {
        facts.map { fact in
            FactRow(fact, runs.map { seen(keyOf[fact.measure.text] ?? "", $0.summary, end: $0.end) })
        }
    }
}

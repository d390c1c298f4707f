/// Another crash, as public trackers reported it.
public struct Comparator: Sendable {
    public var event: String
    /// ISO day.
    public var day: String
    /// Liquidated in a day, billions of dollars: the range over sources.
    public var lowBn: Double
    public var highBn: Double
    public var bitcoinFallPct: Double?
    public var cause: String
    public var source: String

    public static var all: [Comparator] {
        BuiltIn.rows(
            EmbeddedFiles.text("comparators.csv")!,
            ["event", "day", "liquidated_low_bn", "liquidated_high_bn", "btc_fall_pct", "cause", "source"]
        ).map { row in
            Comparator(
                event: row[0], day: row[1], lowBn: Double(row[2])!, highBn: Double(row[3])!,
                bitcoinFallPct: Double(row[4]), cause: row[5], source: row[6])
        }
    }
}

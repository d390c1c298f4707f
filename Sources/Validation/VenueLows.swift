import Recording
import Scenarios

/// The falls of a run beside those computed from every public trade of the day.
public enum VenueLows {
    public struct Correlation: Sendable {
        public var all: Double
        /// What it is better by than the guess "coin-margined or not, Bitcoin and Ether or not".
        public var gain: Double
        /// Over the coins of the venue with the most markets.
        public var within: Double?
    }

    public static func correlation(_ summary: MarketSummary) -> Correlation? {
        let pairs = RecordedFall.all.compactMap { row in
            summary.byVenue[row.venue]?.fallPct[row.asset].map { (row, $0) }
        }
        let recorded = pairs.map(\.0.fallPct)
        let guess = pairs.map { pair in
            pair.0.asset == "BTC" || pair.0.asset == "ETH" ? 0.0 : pair.0.venue == "binance-coinm" ? 2 : 1
        }
        guard let all = rankCorrelation(recorded, pairs.map(\.1)), let base = rankCorrelation(recorded, guess)
        else { return nil }
        let own = pairs.filter { $0.0.venue == "coinbase" }
        return Correlation(
            all: all, gain: all - base, within: rankCorrelation(own.map(\.0.fallPct), own.map(\.1)))
    }
}

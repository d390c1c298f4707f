import Anatomy
import Primitives
import RealModule

/// One statistic of Bitcoin's market on a day without news, beside the same of recorded days.
public struct CalmRow: Codable, Sendable {
    public var statistic: String
    public var found: Double?
    public var unit: String
    /// Of the recorded days: the median and, over several, the 5-95 % range.
    public var recorded: String
    public var source: String
    /// Within the range recorded, where there is one.
    public var inside: Bool?
}

/// How a run without news behaves beside ordinary days.
///
/// Recorded figures are our own sums over public candles: five-minute candles of Binance's dollar-margined contract for the
/// sixty days from 1 October 2025, one figure a day; one-minute candles of its coin-margined index for 9 October 2025.
public enum CalmMarket {
    private static let days = "60 days of 5-minute candles from 1 October 2025, one figure a day"
    private static let day = "1-minute index candles of 9 October 2025"

    public static func rows(_ run: RunRecord) -> [CalmRow] {
        let one = returns(run, minutes: 1)
        let five = returns(run, minutes: 5)
        let (fast, slow) = (moments(one), moments(five))
        var rows = [
            row(
                "five-minute returns: standard deviation", slow.deviation, "bp", 7.9, 13.7, 24.1, days,
                five.count),
            row("five-minute returns: kurtosis", slow.kurtosis, "", 3.65, 5.94, 24.7, days, five.count),
            row(
                "five-minute returns: autocorrelation, lag 1", autocorrelation(five, lag: 1), "", -0.152,
                -0.037, 0.062, days, five.count),
            row(
                "absolute five-minute returns: autocorrelation, mean of lags 1 to 6", clustering(five), "",
                0.041, 0.114, 0.211, days, five.count),
            row(
                "absolute five-minute returns: Hill exponent, largest 5 %", hill(five.map(abs), share: 0.05),
                "", 2.44, 3.57, 6.39, days + "; all days together 3.1", five.count),
        ]
        rows += [
            single(
                "one-minute returns: standard deviation", fast.deviation, "bp", "4.86", day, one.count),
            single("one-minute returns: kurtosis", fast.kurtosis, "", "7.12", day, one.count),
            single(
                "one-minute returns: autocorrelation, lag 1", autocorrelation(one, lag: 1), "", "-0.007", day,
                one.count),
            single(
                "absolute one-minute returns: autocorrelation, mean of lags 1 to 6", clustering(one), "",
                "0.165", day, one.count),
            single(
                "absolute one-minute returns: Hill exponent, largest 5 %", hill(one.map(abs), share: 0.05),
                "", "3.1", day, one.count),
        ]
        rows += [
            CalmRow(
                statistic: "spread, median book and minute", found: quantile(run.spreadBp, 0.5), unit: "bp",
                recorded: "no record here",
                source: "a tick of the largest contract is 0.01 bp; 0.1 to 2 by venue is usual", inside: nil),
            CalmRow(
                statistic: "depth within 1 %, both sides, all books, median minute",
                found: quantile(run.depth.map(\.usd), 0.5).map { $0 / 1e6 }, unit: "M USD",
                recorded: "20 a side on an average major venue",
                source: "CoinDesk Research via press, early October; an input of the scenario", inside: nil),
        ]
        return rows
    }

    public static func text(_ rows: [CalmRow]) -> String {
        aligned([["Bitcoin's market without news", "simulated", "unit", "recorded", ""]] + rows.map(cells))
            .joined(separator: "\n")
    }

    static func markdown(_ rows: [CalmRow]) -> [String] {
        [
            "", "## The calm market", "",
            "Bitcoin on the run without news, beside ordinary days. Nothing here was fitted.", "",
            "| statistic | simulated | unit | recorded | verdict | source |", "|---|---|---|---|---|---|",
        ]
            + rows.map { row in
                let c = cells(row)
                return "| \(c[0]) | \(c[1]) | \(c[2]) | \(c[3]) | \(c[4]) | \(row.source) |"
            }
    }

    private static func cells(_ row: CalmRow) -> [String] {
        [
            row.statistic, row.found.map(rounded) ?? "–", row.unit, row.recorded,
            row.inside.map { $0 ? "inside" : "**outside**" } ?? "shown",
        ]
    }

    private static func row(
        _ name: String, _ found: Double, _ unit: String, _ low: Double, _ median: Double, _ high: Double,
        _ source: String, _ count: Int
    ) -> CalmRow {
        // Too few returns say nothing.
        guard count >= 40, found.isFinite else {
            return CalmRow(
                statistic: name, found: nil, unit: unit, recorded: "\(median) [\(low) to \(high)]",
                source: source, inside: nil)
        }
        return CalmRow(
            statistic: name, found: found, unit: unit, recorded: "\(median) [\(low) to \(high)]",
            source: source, inside: found >= low && found <= high)
    }

    private static func single(
        _ name: String, _ found: Double, _ unit: String, _ recorded: String, _ source: String, _ count: Int
    ) -> CalmRow {
        CalmRow(
            statistic: name, found: count >= 40 && found.isFinite ? found : nil, unit: unit,
            recorded: recorded, source: source, inside: nil)
    }

    /// Logarithmic, basis points.
    private static func returns(_ run: RunRecord, minutes: Int) -> [Double] {
        let closes = stride(from: 0, to: run.bitcoin.count, by: minutes).map { run.bitcoin[$0].usd }
        return zip(closes, closes.dropFirst()).map { Double.log($1 / $0) * 1e4 }
    }

    private static func moments(_ x: [Double]) -> Moments {
        var moments = Moments()
        for value in x { moments.add(value) }
        return moments
    }

    private static func clustering(_ x: [Double]) -> Double {
        let sizes = x.map(abs)
        return (1...6).reduce(0) { $0 + autocorrelation(sizes, lag: $1) } / 6
    }
}

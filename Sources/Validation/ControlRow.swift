import Primitives
import RealModule
import Recording

/// What must hold of the world whatever its parameters: judged over all runs together.
public struct ControlRow: Codable, Sendable {
    public var control: String
    public var allowed: String
    public var found: String
    /// Nil where the runs given do not tell.
    public var holds: Bool?
    /// In place of a verdict.
    var unjudged: String { allowed == "reported" ? "shown" : "not judged" }

    /// - Parameters:
    ///   - runs: the event.
    ///   - controls: runs of the same start without the news, without the withdrawal, and so on, with the largest share of
    ///     the event's liquidations each may have.
    public static func rows(_ runs: [RunRecord], controls: [(name: String, most: Double, run: RunRecord)])
        -> [ControlRow]
    {
        func liquidated(_ run: RunRecord) -> Double {
            run.summary.liquidatedLongUsd + run.summary.liquidatedShortUsd
        }
        let event = quantile(runs.map(liquidated), 0.5) ?? 0
        let end = runs.map(\.end).max() ?? 0
        var rows = controls.map { control in
            let allowed = "under \(Int(control.most * 100)) % of the event's liquidations"
            func unseen(_ why: String) -> ControlRow {
                ControlRow(control: control.name, allowed: allowed, found: why, holds: nil)
            }
            guard event > 0 else { return unseen("nothing was liquidated in the event's runs") }
            guard control.run.end >= end else { return unseen("it ended before the event's runs") }
            let share = liquidated(control.run) / event * 100
            return ControlRow(
                control: control.name, allowed: allowed, found: rounded(share) + " %",
                holds: share < control.most * 100)
        }
        let falls = runs.compactMap { $0.summary.fallPct["BTC"] }.sorted()
        if falls.count >= 12 {
            let width = quantile(falls, 0.95)! - quantile(falls, 0.05)!
            let gap = zip(falls, falls.dropFirst()).map { $1 - $0 }.max() ?? 0
            rows.append(
                ControlRow(
                    control: "one mode: Bitcoin's fall over \(falls.count) seeds",
                    allowed: "5-95 % band under 5 points, no gap over 2",
                    found: "band \(rounded(width)), largest gap \(rounded(gap)) points",
                    holds: width < 5 && gap <= 2))
        } else {
            rows.append(
                ControlRow(
                    control: "one mode: Bitcoin's fall over twelve seeds",
                    allowed: "5-95 % band under 5 points, no gap over 2", found: "\(falls.count) runs given",
                    holds: nil))
        }
        return rows
    }

    /// Median over the sixty days from 1 October 2025 of the standard deviation of Bitcoin's five-minute returns within a day, in
    /// basis points; from the public five-minute candles of Binance's dollar-margined contract. 5 % of days lie below 7.9, 5 % above 24.1.
    static let recordedFiveMinuteVolatility = 13.7

    /// Is the run without news an ordinary day? Its five-minute returns vary as the recorded days' do.
    public static func ordinary(_ calm: RunRecord) -> ControlRow {
        let closes = stride(from: 0, to: calm.bitcoin.count, by: 5).map { calm.bitcoin[$0].usd }
        let returns = zip(closes, closes.dropFirst()).map { Double.log($1 / $0) * 1e4 }
        let center = mean(returns) ?? 0
        let found = (mean(returns.map { ($0 - center) * ($0 - center) }) ?? 0).squareRoot()
        return ControlRow(
            control: "an ordinary day: Bitcoin's five-minute returns without news",
            allowed: "\(rounded(recordedFiveMinuteVolatility)) bp within a factor of 1.5",
            found: "\(rounded(found)) bp over \(returns.count) returns",
            holds: returns.count < 20
                ? nil
                : found < recordedFiveMinuteVolatility * 1.5 && found > recordedFiveMinuteVolatility / 1.5)
    }

    /// The same day with larger news: how much of Bitcoin's fall the fundamentals are. Reported, never judged.
    public static func news(_ name: String, _ run: RunRecord) -> ControlRow {
        guard let fall = run.summary.anatomy.falls["BTC"], fall.fallLog > 0 else {
            return ControlRow(control: name, allowed: "reported", found: "Bitcoin did not fall", holds: nil)
        }
        return ControlRow(
            control: name, allowed: "reported",
            found:
                "Bitcoin fell \(run.summary.fallPct["BTC"].map(rounded) ?? "–") %, of it \(rounded(fall.newsLog / fall.fallLog * 100)) % fundamentals; liquidated \(rounded((run.summary.liquidatedLongUsd + run.summary.liquidatedShortUsd) / 1e9)) bn",
            holds: nil)
    }
}

/// Three significant figures or one decimal, whichever says more.
func rounded(_ x: Double) -> String {
    guard x.isFinite else { return "\(x)" }
    let magnitude = abs(x)
    let places = magnitude >= 10 || magnitude == 0 ? 1 : magnitude >= 1 ? 2 : 3
    let factor = [1.0, 10, 100, 1000][places]
    return "\((x * factor).rounded() / factor)"
}

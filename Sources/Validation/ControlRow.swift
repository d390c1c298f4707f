import Primitives
import Recording

/// What must hold of the world whatever its parameters: judged over all runs together.
public struct ControlRow: Codable, Sendable {
    public var control: String
    public var allowed: String
    public var found: String
    /// Nil where the runs given do not tell.
    public var holds: Bool?

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
        var rows = controls.map { control in
            let share = event > 0 ? liquidated(control.run) / event * 100 : .infinity
            return ControlRow(
                control: control.name,
                allowed: "under \(Int(control.most * 100)) % of the event's liquidations",
                found: rounded(share) + " %", holds: share < control.most * 100)
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
}

/// Three significant figures or one decimal, whichever says more.
func rounded(_ x: Double) -> String {
    guard x.isFinite else { return "\(x)" }
    let magnitude = abs(x)
    let places = magnitude >= 10 || magnitude == 0 ? 1 : magnitude >= 1 ? 2 : 3
    let factor = [1.0, 10, 100, 1000][places]
    return "\((x * factor).rounded() / factor)"
}

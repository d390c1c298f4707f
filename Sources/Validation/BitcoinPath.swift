import Foundation
import Primitives

/// The shape of Bitcoin's fall, from the index at the end of each minute. Falls in percent of the price in the minute before
/// the announcement; minutes count from the announcement.
public struct BitcoinPath: Sendable {
    /// Largest fall before minute 15.
    public var earlyLow = 0.0
    public var troughMinute = 0
    public var fall = 0.0
    /// From the last minute above -3.5 % before the trough to the trough; nil if it never fell so far.
    public var cliffMinutes: Int?
    /// From the trough until half of the fall was regained; nil if it was not in this run.
    public var halfRegainedMinutes: Int?

    /// - Parameter news: Unix seconds of the announcement.
    /// - Returns: nil without a price before the announcement and one after it.
    public init?(_ minutes: [(seconds: Int64, usd: Double)], news: Int64) {
        guard let before = minutes.last(where: { $0.seconds < news }), before.usd > 0 else { return nil }
        let after = minutes.filter { $0.seconds >= news }
        guard let trough = after.min(by: { $0.usd < $1.usd }) else { return nil }
        func fall(_ usd: Double) -> Double { (1 - usd / before.usd) * 100 }
        func minute(_ seconds: Int64) -> Int { Int((seconds - news) / 60) }
        self.fall = fall(trough.usd)
        troughMinute = minute(trough.seconds)
        earlyLow = after.filter { minute($0.seconds) < 15 }.map { fall($0.usd) }.max() ?? 0
        if self.fall > 3.5 {
            let last = after.last { $0.seconds < trough.seconds && fall($0.usd) < 3.5 }
            cliffMinutes = minute(trough.seconds) - (last.map { minute($0.seconds) } ?? 0)
        }
        let half = after.first { $0.seconds > trough.seconds && fall($0.usd) <= self.fall / 2 }
        halfRegainedMinutes = half.map { minute($0.seconds) - troughMinute }
    }
}

/// The shape of a fall, from prices at the end of each minute. Falls in percent of the price in the minute before the
/// announcement; minutes count from the announcement.
struct FallPath {
    private let falls: [(minute: Int, pct: Double)]
    let troughMinute: Int
    /// The largest of all.
    let fall: Double

    /// - Parameters:
    ///   - prices: by the Unix seconds of the minutes' starts.
    ///   - news: Unix seconds of the announcement.
    /// - Returns: nil without a price before the announcement and one after it.
    init?(_ prices: [RecordedSeries.Price], news: Int64) {
        guard let before = prices.last(where: { $0.seconds < news }), before.usd > 0 else { return nil }
        falls = prices.filter { $0.seconds >= news }.map {
            (Int(($0.seconds - news) / 60), (1 - $0.usd / before.usd) * 100)
        }
        guard let trough = falls.max(by: { $0.pct < $1.pct }) else { return nil }
        (troughMinute, fall) = trough
    }

    /// The largest within so many minutes of the announcement.
    func early(minutes: Int) -> Double { falls.filter { $0.minute < minutes }.map(\.pct).max() ?? 0 }

    /// From the last minute above a fall of so many percent before the trough to the trough; nil if it never fell so far.
    func cliffMinutes(from pct: Double) -> Int? {
        guard fall > pct else { return nil }
        let last = falls.last { $0.minute < troughMinute && $0.pct < pct }
        return troughMinute - (last?.minute ?? 0)
    }

    /// From the trough until a share of the fall was regained; nil if it was not in this run.
    func regainedMinutes(share: Double) -> Int? {
        falls.first { $0.minute > troughMinute && $0.pct <= fall * (1 - share) }.map {
            $0.minute - troughMinute
        }
    }

    /// Nil where the lowest minute was seen as such: prices rose after it.
    var stillFalling: Bool { falls.last.map { $0.minute <= troughMinute } ?? true }

    /// The last minute seen.
    var lastMinute: Int { falls.last?.minute ?? 0 }
}

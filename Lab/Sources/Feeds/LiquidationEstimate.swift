import Foundation

/// An estimate of the forced orders a stream did not show, from those it did.
///
/// The stream shows at most one order per instrument and second. Forced orders are taken to come at a constant rate
/// within each minute of an instrument, independent of each other: of its seconds, the part without any is then
/// e^-rate, which the seconds without a shown order measure. Quantities are taken to be exponential: where the largest
/// of n is shown, the shown quantity is n / (1 + 1/2 + … + 1/n) times too small; where the newest is, n times.
/// Real forced orders come in clusters and have heavier tails: this is an estimate, never a count.
public struct LiquidationEstimate: Codable, Equatable, Sendable {
    public var instrument: String
    /// Orders the stream showed, and their quantities together.
    public var shown: Int
    public var shownQuantity: Double
    /// Seconds with a shown order.
    public var seconds: Int
    /// Estimated, shown ones included.
    public var orders: Double
    public var quantity: Double
    /// Minutes in which every second had an order: no rate can be told, and the estimate is a lower bound.
    public var fullMinutes: Int
}

/// Collects shown orders by instrument, minute and second.
public struct LiquidationEstimator {
    public init() {}

    static let mostMinutes = 20_000

    private struct Minute {
        var seconds: UInt64 = 0
        var quantity = 0.0
    }

    private struct Collected {
        var shown = 0
        var quantity = 0.0
        var seconds = 0
        var throttle: LiquidationThrottle
        var minutes: [Int64: Minute] = [:]
        /// Two orders in one second, or orders without a time: the stream is not what the estimate takes it for.
        var contradicted = false
    }

    private var instruments: [String: Collected] = [:]
    private var minutes = 0

    public mutating func add(_ order: FeedLiquidation, receivedAt: Int64) {
        guard order.shown != .every else { return }
        var collected = instruments[order.instrument] ?? Collected(throttle: order.shown)
        let quantity = order.quantity.double
        collected.shown += 1
        collected.quantity += quantity
        let second = (order.time ?? receivedAt) / 1_000_000_000
        let (index, place) = (second / 60, UInt64(1) << UInt64(max(0, second % 60)))
        if order.time == nil || collected.throttle != order.shown { collected.contradicted = true }
        if collected.minutes[index] == nil {
            minutes += 1
            // Beyond the bound nothing is estimated, rather than a part.
            if minutes > Self.mostMinutes { collected.contradicted = true }
        }
        if minutes <= Self.mostMinutes {
            var minute = collected.minutes[index] ?? Minute()
            if minute.seconds & place != 0 { collected.contradicted = true } else { collected.seconds += 1 }
            minute.seconds |= place
            minute.quantity += quantity
            collected.minutes[index] = minute
        }
        instruments[order.instrument] = collected
    }

    /// - Parameters:
    ///   - first: when the stream began and ended, in nanoseconds: a minute counts with the seconds it was heard.
    ///   - last: see `first`.
    /// - Returns: by instrument; none where nothing was shown, or what was shown contradicts one order a second.
    public func estimates(first: Int64, last: Int64) -> [LiquidationEstimate] {
        instruments.sorted { $0.key < $1.key }.compactMap { name, collected in
            guard !collected.contradicted else { return nil }
            var estimate = LiquidationEstimate(
                instrument: name, shown: collected.shown, shownQuantity: collected.quantity,
                seconds: collected.seconds, orders: 0, quantity: 0, fullMinutes: 0)
            for (index, minute) in collected.minutes.sorted(by: { $0.key < $1.key }) {
                let with = minute.seconds.nonzeroBitCount
                let begin = max(index * 60, first / 1_000_000_000)
                let end = min(index * 60 + 60, last / 1_000_000_000 + 1)
                let heard = max(Double(end - begin), Double(with))
                var part = Double(with) / heard
                if Double(with) >= heard {
                    estimate.fullMinutes += 1
                    part = (heard - 0.5) / heard
                }
                let rate = -log(1 - part)
                estimate.orders += rate * heard
                estimate.quantity += minute.quantity * Self.factor(rate, collected.throttle)
            }
            return estimate
        }
    }

    /// All quantity of a second over the shown one's, for a Poisson number of orders that is not zero.
    static func factor(_ rate: Double, _ throttle: LiquidationThrottle) -> Double {
        let some = 1 - exp(-rate)
        guard rate > 1e-9, throttle != .every else { return 1 }
        let orders = rate / some
        guard throttle == .largestEachSecond else { return orders }
        var (probability, harmonic, largest) = (exp(-rate), 0.0, 0.0)
        for n in 1...400 {
            probability *= rate / Double(n)
            harmonic += 1 / Double(n)
            largest += probability * harmonic
        }
        return orders / (largest / some)
    }
}

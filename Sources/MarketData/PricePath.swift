import Primitives

/// One minute of prices in USD.
public struct Candle: Hashable, Sendable {
    /// When the minute begins.
    public var time: SimTime
    public var open: Double
    public var high: Double
    public var low: Double
    public var close: Double

    public init(time: SimTime, open: Double, high: Double, low: Double, close: Double) {
        self.time = time
        self.open = open
        self.high = high
        self.low = low
        self.close = close
    }
}

/// An index price over time: anchors in USD, straight lines between them, constant before and after.
public struct PricePath: Sendable {
    /// Strictly increasing.
    private let times: [SimTime]
    private let prices: [Double]

    /// - Parameter anchors: at least one; times strictly increasing, prices finite and positive. Nil
    ///   otherwise.
    public init?(anchors: [(time: SimTime, price: Double)]) {
        guard !anchors.isEmpty, anchors.allSatisfy({ $0.price > 0 && $0.price.isFinite }),
            zip(anchors, anchors.dropFirst()).allSatisfy({ $0.time < $1.time })
        else { return nil }
        times = anchors.map(\.time)
        prices = anchors.map(\.price)
    }

    /// The path through minute candles. A candle does not say which extreme came first, so we state it: open
    /// at
    /// +0 s, then at +20 s and +40 s low and high if it closes up or level, high and low if it closes down;
    /// close at +59 s, so that it stays before the next open.
    ///
    /// - Parameter candles: at least one, a minute or more apart, prices finite and positive. Nil otherwise.
    public init?(candles: [Candle]) {
        var anchors: [(time: SimTime, price: Double)] = []
        anchors.reserveCapacity(4 * candles.count)
        for candle in candles {
            let closesUp = candle.close >= candle.open
            let prices: [(Int64, Double)] = [
                (0, candle.open), (20, closesUp ? candle.low : candle.high),
                (40, closesUp ? candle.high : candle.low), (59, candle.close),
            ]
            for (second, price) in prices {
                let (time, overflow) = candle.time.nanoseconds.addingReportingOverflow(second * 1_000_000_000)
                guard !overflow else { return nil }
                anchors.append((SimTime(nanoseconds: time), price))
            }
        }
        self.init(anchors: anchors)
    }

    public var start: SimTime { times[0] }
    public var end: SimTime { times[times.count - 1] }
    public var anchorCount: Int { times.count }
    /// The anchors in order, for edges and tests.
    public var anchors: [(time: SimTime, price: Double)] { zip(times, prices).map { ($0, $1) } }

    /// The price in USD at a moment: O(log anchors).
    public func price(at time: SimTime) -> Double {
        // The first anchor after `time`.
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        if low == 0 { return prices[0] }
        if low == times.count { return prices[low - 1] }
        let share = distance(times[low - 1], time) / distance(times[low - 1], times[low])
        return prices[low - 1] + (prices[low] - prices[low - 1]) * share
    }

    /// Nanoseconds from `a` to a later `b`, over the whole range of times without overflow.
    private func distance(_ a: SimTime, _ b: SimTime) -> Double {
        Double(UInt64(bitPattern: b.nanoseconds &- a.nanoseconds))
    }
}

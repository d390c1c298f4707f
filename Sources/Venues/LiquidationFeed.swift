import Primitives

/// How much of its liquidations a venue makes public.
public struct LiquidationFeedRule: Sendable, Hashable {
    public enum Selector: String, Sendable, CaseIterable {
        /// Every one.
        case all
        /// Of each market and window the last.
        case latest
        /// Of each market and window the largest.
        case largest
        /// None: there is no public stream.
        case none
    }
    public var selector: Selector
    public var windowSeconds: Double
    /// Whether what deleveraging takes from a failing trader is shown: it is where the engine takes the position over at the
    /// bankruptcy price first and publishes that.
    public var showsDeleveraged: Bool

    public init(selector: Selector, windowSeconds: Double, showsDeleveraged: Bool = false) {
        self.selector = selector
        self.windowSeconds = windowSeconds
        self.showsDeleveraged = showsDeleveraged
    }
}

/// The liquidations that outsiders saw: totals made from a throttled feed fall short of what happened.
public struct LiquidationFeed: Sendable {
    private struct Window {
        var number = Int64.min
        var isLong = false
        var value = Money.zero
    }
    public let rule: LiquidationFeedRule
    private var windows: [Window]
    /// Notional of what the feed has published.
    public private(set) var reportedLong = Money.zero
    public private(set) var reportedShort = Money.zero
    public private(set) var messages = 0
    /// By market, since last taken: messages and their notional, from which an outsider would estimate the truth.
    private var seen: [FeedSample]

    public init(_ rule: LiquidationFeedRule, markets: Int) {
        self.rule = rule
        windows = Array(repeating: Window(), count: markets)
        seen = Array(repeating: FeedSample(), count: markets)
    }

    public func combine(into hash: inout StateHash) {
        hash.combine(reportedLong.micros, reportedShort.micros, Int64(messages))
        for window in windows {
            hash.combine(window.number, window.isLong ? 1 : 0, window.value.micros)
        }
        for sample in seen { hash.combine(Int64(sample.messages), sample.value.micros, 0) }
    }

    /// A forced order of a long (or short) position filled so much notional.
    public mutating func liquidated(market: Int32, isLong: Bool, value: Money, at time: SimTime) {
        switch rule.selector {
        case .none: return
        case .all: publish(Int(market), isLong, value)
        case .latest, .largest:
            let number = Int64(Double(time.nanoseconds) / (rule.windowSeconds * 1e9))
            let m = Int(market)
            if windows[m].number != number {
                flush(m)
                windows[m] = Window(number: number, isLong: isLong, value: value)
            } else if rule.selector == .latest || value > windows[m].value {
                windows[m].isLong = isLong
                windows[m].value = value
            }
        }
    }

    /// What was published of a market since this was last asked.
    public mutating func takeSample(_ market: Int) -> FeedSample {
        defer { seen[market] = FeedSample() }
        return seen[market]
    }

    /// Publishes what the open windows hold.
    public mutating func flush() { for m in windows.indices { flush(m) } }

    private mutating func flush(_ m: Int) {
        if windows[m].value > .zero { publish(m, windows[m].isLong, windows[m].value) }
        windows[m] = Window()
    }

    private mutating func publish(_ market: Int, _ isLong: Bool, _ value: Money) {
        seen[market].messages += 1
        seen[market].value += value
        if isLong { reportedLong += value } else { reportedShort += value }
        messages += 1
    }
}

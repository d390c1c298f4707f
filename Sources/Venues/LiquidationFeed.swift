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

    public init(selector: Selector, windowSeconds: Double) {
        self.selector = selector
        self.windowSeconds = windowSeconds
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

    public init(_ rule: LiquidationFeedRule, markets: Int) {
        self.rule = rule
        windows = Array(repeating: Window(), count: markets)
    }

    /// A forced order of a long (or short) position filled so much notional.
    public mutating func liquidated(market: Int32, isLong: Bool, value: Money, at time: SimTime) {
        switch rule.selector {
        case .none: return
        case .all: publish(isLong, value)
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

    /// Publishes what the open windows hold.
    public mutating func flush() { for m in windows.indices { flush(m) } }

    private mutating func flush(_ m: Int) {
        if windows[m].value > .zero { publish(windows[m].isLong, windows[m].value) }
        windows[m] = Window()
    }

    private mutating func publish(_ isLong: Bool, _ value: Money) {
        if isLong { reportedLong += value } else { reportedShort += value }
        messages += 1
    }
}

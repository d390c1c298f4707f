import Primitives

/// Halts every venue for a while once the first asset's index has fallen too far too fast: what stock exchanges have and no
/// crypto venue does. While it halts no order is accepted and no liquidation is made; marks keep their last prices.
public struct CircuitBreaker: Sendable {
    /// Share of the highest index within the window, above 0.
    public let fall: Double
    public let windowSeconds: Double
    public let haltSeconds: Double
    public private(set) var halts = 0
    private var haltedUntil: SimTime?
    /// Highest index by ten seconds, oldest first.
    private var highs: [(time: SimTime, price: Double)] = []

    static let grainSeconds = 10.0

    public init(fall: Double, windowSeconds: Double, haltSeconds: Double) {
        precondition(
            fall > 0 && windowSeconds > 0 && haltSeconds > 0, "a breaker needs a fall, a window, a halt")
        self.fall = fall
        self.windowSeconds = windowSeconds
        self.haltSeconds = haltSeconds
    }

    public func isHalting(at now: SimTime) -> Bool { haltedUntil.map { now < $0 } ?? false }

    /// Looks at the index before a step; what was before a halt no longer counts after it.
    mutating func see(_ price: Double, at now: SimTime) {
        if isHalting(at: now) { return }
        if let last = highs.last, now.seconds(since: last.time) < Self.grainSeconds {
            highs[highs.count - 1].price = max(last.price, price)
        } else {
            highs.append((now, price))
            while let first = highs.first, now.seconds(since: first.time) > windowSeconds {
                highs.removeFirst()
            }
        }
        let high = highs.reduce(0) { max($0, $1.price) }
        if price < high * (1 - fall) {
            halts += 1
            haltedUntil = now.adding(seconds: haltSeconds)
            highs.removeAll()
        }
    }

    func combine(into hash: inout StateHash) {
        hash.combine(Int64(halts))
        hash.combine(haltedUntil)
        hash.combine(each: highs) { hash, high in
            hash.combine(high.time)
            hash.combine(high.price)
        }
    }
}

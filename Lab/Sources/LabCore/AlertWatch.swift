/// One minute of a run or of a recorded day, as alerts see it; nil where a recording has no such figure.
public struct Observation: Sendable {
    public var seconds: Int64
    public var price: Double?
    public var liquidatedUsd: Double?
    public var reportedUsd: Double?
    public var openInterestUsd: Double?
    public var depthUsd: Double?
    public var makersWithdrawn: Double?
    public var deleveragedUsd: Double?
    public var marginCalls: Double?

    public init(seconds: Int64, price: Double? = nil) { (self.seconds, self.price) = (seconds, price) }

    init(_ minute: MinuteFrame) {
        seconds = minute.seconds + 60
        price = minute.prices.first
        liquidatedUsd = minute.liquidatedLongUsd + minute.liquidatedShortUsd
        reportedUsd = minute.reportedUsd
        openInterestUsd = minute.openInterestUsd
        depthUsd = minute.depthUsd
        makersWithdrawn = minute.makersWithdrawn
        deleveragedUsd = minute.deleveragedUsd
        marginCalls = Double(minute.marginCalls)
    }
}

/// A rule that looks at one minute after the other.
public struct AlertWatch: Sendable {
    public let rule: AlertRule
    public private(set) var isFiring = false
    /// The value at the last minute; nil where it could not be told.
    public private(set) var value: Double?
    private var window: [Observation] = []
    private var firstDepth: Double?

    public init(_ rule: AlertRule) { self.rule = rule }

    /// - Returns: true where it begins to fire, false where it is over, nil where nothing changes.
    public mutating func see(_ minute: Observation) -> Bool? {
        window.append(minute)
        window.removeAll { $0.seconds <= minute.seconds - Int64(rule.minutes) * 60 }
        if firstDepth == nil, let depth = minute.depthUsd, depth > 0 { firstDepth = depth }
        value = measure(minute)
        guard let value else { return nil }
        if !isFiring && value >= rule.limit {
            isFiring = true
            return true
        }
        if isFiring && value <= rule.clear {
            isFiring = false
            return false
        }
        return nil
    }

    private func measure(_ now: Observation) -> Double? {
        func sum(_ of: (Observation) -> Double?) -> Double? {
            let all = window.compactMap(of)
            return all.isEmpty ? nil : all.reduce(0, +)
        }
        func fall(_ of: (Observation) -> Double?) -> Double? {
            guard let last = of(now), let highest = window.compactMap(of).max(), highest > 0 else {
                return nil
            }
            return (1 - last / highest) * 100
        }
        switch rule.observable {
        case .fallPct: return fall(\.price)
        case .openInterestFallPct: return fall(\.openInterestUsd)
        case .liquidatedUsd: return sum(\.liquidatedUsd)
        case .reportedUsd: return sum(\.reportedUsd)
        case .deleveragedUsd: return sum(\.deleveragedUsd)
        case .marginCalls: return sum(\.marginCalls)
        case .makersWithdrawnPct: return now.makersWithdrawn.map { $0 * 100 }
        case .depthLostPct:
            guard let firstDepth, let depth = now.depthUsd else { return nil }
            return max(0, (1 - depth / firstDepth) * 100)
        }
    }
}

import Clearing
import Primitives

/// What happened on one exchange, in dollars. Of a coin-margined exchange notional is contracts × face value, exact;
/// payments in coin are turned into dollars at the mark of the moment.
public struct VenueTally: Sendable {
    public var liquidatedLong = 0.0
    public var liquidatedShort = 0.0
    public var reportedLong = 0.0
    public var reportedShort = 0.0
    public var estimatedTruth = EstimateTotal()
    public var accountsLiquidated = 0
    public var marginCalls = 0
    /// Notional of forced orders of traders that filled in the books.
    public var filledInBooks = 0.0
    public var vaultTakeover = 0.0
    public var fundTakeover = 0.0
    public var fundDraw = 0.0
    public var deleveraged = 0.0
    public var deleveragedOfHouse = 0.0
    /// What winners would have had more at the mark: negative where they were closed at a better price.
    public var deleveragedForgone = 0.0
    public var deleveragedAccounts = 0
    public var badDebt = 0.0
    public var socialised = 0.0
    public var realisedLoss = 0.0
    public var marginLost = 0.0
    public var firstDeleveraging: SimTime?
    public var openInterestBefore = 0.0
    public var openInterestLow = Double.infinity
    public var openInterestAfter = 0.0
    public var takeovers: [(time: SimTime, total: Double)] = []
    public init() {}

    /// Seconds from the moment takeovers had reached 1 % of the run's total to the first deleveraging.
    public var firstDeleveragingSeconds: Double? {
        guard let first = firstDeleveraging, let total = takeovers.last?.total, total > 0 else { return nil }
        let reached = takeovers.first { $0.total >= total * 0.01 }!.time
        return first.seconds(since: reached)
    }

    /// Adds another exchange of the same public name.
    public mutating func add(_ other: VenueTally) {
        liquidatedLong += other.liquidatedLong
        liquidatedShort += other.liquidatedShort
        reportedLong += other.reportedLong
        reportedShort += other.reportedShort
        estimatedTruth.add(other.estimatedTruth)
        accountsLiquidated += other.accountsLiquidated
        marginCalls += other.marginCalls
        filledInBooks += other.filledInBooks
        vaultTakeover += other.vaultTakeover
        fundTakeover += other.fundTakeover
        fundDraw += other.fundDraw
        deleveraged += other.deleveraged
        deleveragedOfHouse += other.deleveragedOfHouse
        deleveragedForgone += other.deleveragedForgone
        deleveragedAccounts += other.deleveragedAccounts
        badDebt += other.badDebt
        socialised += other.socialised
        realisedLoss += other.realisedLoss
        marginLost += other.marginLost
        if let theirs = other.firstDeleveraging, firstDeleveraging.map({ theirs < $0 }) ?? true {
            firstDeleveraging = theirs
        }
        openInterestBefore += other.openInterestBefore
        openInterestLow = min(openInterestLow, .infinity) + other.openInterestLow
        openInterestAfter += other.openInterestAfter
        takeovers = Self.merged(takeovers, other.takeovers)
    }

    private static func merged(
        _ a: [(time: SimTime, total: Double)], _ b: [(time: SimTime, total: Double)]
    ) -> [(time: SimTime, total: Double)] {
        var all: [(time: SimTime, total: Double)] = []
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            let takeA = j == b.count || (i < a.count && a[i].time <= b[j].time)
            let time = takeA ? a[i].time : b[j].time
            if takeA { i += 1 } else { j += 1 }
            let total = (i > 0 ? a[i - 1].total : 0) + (j > 0 ? b[j - 1].total : 0)
            all.append((time, total))
        }
        return all
    }
}

/// Sum of the minute estimates of the notional behind a throttled feed.
public struct EstimateTotal: Sendable, Hashable {
    public var low = 0.0
    public var middle = 0.0
    public var high = 0.0
    /// Market minutes in which the feed was never silent: there the truth has no upper bound.
    public var saturatedMinutes = 0
    public init() {}
    mutating func add(_ other: EstimateTotal) {
        low += other.low
        middle += other.middle
        high += other.high
        saturatedMinutes += other.saturatedMinutes
    }
}

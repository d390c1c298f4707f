/// Whole units so that the largest share taken from anyone is as small as it can be, by searching for that share; units left
/// over by rounding go to whoever's share is lowest after one more (ties in the order of the table).
public struct SmallestMaximumAllocation: AllocationRule {
    public let name = "integer_min_max"
    public var summary: String { "whole units of \(unit) USD, the largest share taken as small as possible" }
    /// Dollars in a unit.
    public let unit: Double
    public init(unit: Double = 1) { self.unit = unit }

    public func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double] {
        let w = event.winners.map { $0.endowment / unit }
        let most = w.map { $0.rounded(.down) }
        let wanted = min((budget / unit).rounded(.down), most.reduce(0, +))
        func units(_ share: Double) -> [Double] {
            w.indices.map { min((share * w[$0]).rounded(.down), most[$0]) }
        }
        // The largest share whose whole units fit the budget, by bisection to the last bit.
        var (low, high) = (0.0, 1.0)
        if units(1).reduce(0, +) <= wanted { low = 1 }
        while low < 1 {
            let middle = (low + high) / 2
            if middle == low || middle == high { break }
            if units(middle).reduce(0, +) <= wanted { low = middle } else { high = middle }
        }
        var taken = units(low)
        let after = taken.indices.map { w[$0] > 0 ? (taken[$0] + 1) / w[$0] : .infinity }
        giveOut(
            wanted, to: &taken, most: most,
            in: taken.indices.sorted { (after[$0], $0) < (after[$1], $1) })
        return taken.map { $0 * unit }
    }
}

/// Pro rata in whole units: each its share rounded down, and the units left over one by one to the largest remainders (ties in
/// the order of the table). What the budget has beyond whole units is not taken.
public struct LargestRemainderAllocation: AllocationRule {
    public let name = "integer_largest_remainder"
    public var summary: String {
        "the same share of every profit in whole units of \(unit) USD, remainders to the largest"
    }
    /// Dollars in a unit.
    public let unit: Double
    public init(unit: Double = 1) { self.unit = unit }

    public func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double] {
        let most = event.winners.map { ($0.endowment / unit).rounded(.down) }
        let wanted = min((budget / unit).rounded(.down), most.reduce(0, +))
        let exact = ProRataAllocation().allocate(wanted * unit, event).map { $0 / unit }
        var units = exact.indices.map { min(exact[$0].rounded(.down), most[$0]) }
        let order = exact.indices.sorted { (units[$0] - exact[$0], $0) < (units[$1] - exact[$1], $1) }
        giveOut(wanted, to: &units, most: most, in: order)
        return units.map { $0 * unit }
    }
}

/// Gives what is missing to a whole number of units, one unit each in an order and round again.
func giveOut(_ wanted: Double, to units: inout [Double], most: [Double], in order: [Int]) {
    var left = wanted - units.reduce(0, +)
    while left >= 1 {
        let before = left
        for i in order where left >= 1 && units[i] < most[i] {
            units[i] += 1
            left -= 1
        }
        if left == before { break }
    }
}

/// Pro rata in whole units: each its share rounded down, and the units left over one by one to the largest remainders (ties in
/// the order of the table). A budget that is not a whole number of units is met to within one.
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
        let wanted = min((budget / unit).rounded(), most.reduce(0, +))
        let exact = ProRataAllocation().allocate(wanted * unit, event).map { $0 / unit }
        var units = exact.indices.map { min(exact[$0].rounded(.down), most[$0]) }
        var left = wanted - units.reduce(0, +)
        let order = exact.indices.sorted { (units[$0] - exact[$0], $0) < (units[$1] - exact[$1], $1) }
        while left > 0 {
            let before = left
            for i in order where left > 0 && units[i] < most[i] {
                units[i] += 1
                left -= 1
            }
            if left == before { break }
        }
        return units.map { $0 * unit }
    }
}

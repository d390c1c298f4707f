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
        let wanted = min((budget / unit).rounded(), most.reduce(0, +))
        func units(_ share: Double) -> [Double] {
            w.indices.map { min((share * w[$0]).rounded(.down), most[$0]) }
        }
        var taken = units(level(upTo: 1, reaching: wanted) { units($0).reduce(0, +) })
        var left = wanted - taken.reduce(0, +)
        while left > 0 {
            let next = taken.indices.filter { taken[$0] < most[$0] }
                .min { ((taken[$0] + 1) / w[$0], $0) < ((taken[$1] + 1) / w[$1], $1) }
            guard let next else { break }
            taken[next] += 1
            left -= 1
        }
        return taken.map { $0 * unit }
    }
}

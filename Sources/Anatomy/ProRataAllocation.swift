/// Everyone pays the same share h = B / U of its profit.
public struct ProRataAllocation: AllocationRule {
    public let name = "pro_rata"
    public let summary = "the same share of every profit"
    public init() {}

    public func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double] {
        let share = event.capacity > 0 ? budget / event.capacity : 0
        return event.winners.map { $0.endowment * share }
    }
}

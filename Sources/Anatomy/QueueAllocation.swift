/// The highest score pays first, all of its profit, then the next: what venues do. Ties in the order of the table.
public struct QueueAllocation: AllocationRule {
    public let name = "queue"
    public let summary = "highest score first, all of its profit, then the next"
    public init() {}

    public func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double] {
        var taken = [Double](repeating: 0, count: event.winners.count)
        var left = budget
        let order = event.winners.indices.sorted {
            (-event.winners[$0].score, $0) < (-event.winners[$1].score, $1)
        }
        for i in order where left > 0 {
            taken[i] = min(left, event.winners[i].endowment)
            left -= taken[i]
        }
        return taken
    }
}

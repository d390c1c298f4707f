/// Who pays: how a budget is taken from the profits of an event (after Chitra and others 2025). Every rule
/// gives each winner an amount between nothing and its profit; solvency depends on the budget alone, distribution on the rule
/// alone.
public protocol AllocationRule: Sendable {
    /// As in tables and files, snake_case.
    var name: String { get }
    /// One sentence.
    var summary: String { get }
    /// Dollars by winner, in the event's order. They add up to the budget, those of the integer rules to its whole units,
    /// where the rule's caps allow it; never to more.
    ///
    /// - Parameter budget: dollars, at most the event's capacity.
    func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double]
}

public enum AllocationRules {
    /// Every rule, in the order they are shown.
    ///
    /// - Parameter unit: dollars in a unit of the integer rules.
    public static func all(unit: Double = 1) -> [any AllocationRule] {
        [
            QueueAllocation(), ProRataAllocation(), CappedProRataAllocation(),
            RiskAwareAllocation(.linear), RiskAwareAllocation(.power(2)), RiskAwareAllocation(.above(1)),
            ProjectionAllocation(), ProjectionAllocation(fromZero: true),
            LargestRemainderAllocation(unit: unit),
            SmallestMaximumAllocation(unit: unit),
        ]
    }

    /// What the hundredth of accounts that pay most (at least one) pays of the whole; 0 if nothing is paid.
    public static func topShare(_ amounts: [Double]) -> Double {
        let sum = amounts.reduce(0, +)
        let top = amounts.sorted(by: >).prefix(max(1, amounts.count / 100)).reduce(0, +)
        return sum > 0 ? top / sum : 0
    }

    /// The largest share of a profit that is taken.
    public static func largestHaircut(_ amounts: [Double], _ event: DeleveragingEvent) -> Double {
        zip(amounts, event.winners).map { $1.endowment > 0 ? $0 / $1.endowment : 0 }.max() ?? 0
    }
}

/// The same share for all, but for nobody more than its cap: h = min(η, cap), with η filled up like water until the budget is
/// met. Minimises the sum of profit × φ(h) for every convex φ (the weights are needed: without them the claim is false).
public struct CappedProRataAllocation: AllocationRule {
    public let name = "capped_pro_rata"
    public let summary = "the same share of every profit, never more than the account's cap"
    public init() {}

    public func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double] {
        let caps = Set(event.winners.map(\.cap)).filter { $0 > 0 }.sorted()
        return risingAmounts(reaching: budget, count: event.winners.count, levels: caps) { eta in
            event.winners.map { $0.endowment * min(eta, $0.cap) }
        }
    }
}

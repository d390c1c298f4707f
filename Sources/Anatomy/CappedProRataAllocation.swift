/// The same share for all, but for nobody more than its cap: h = min(η, cap), with η filled up like water until the budget is
/// met. Minimises the sum of profit × φ(h) for every convex φ (the weights are needed: without them the claim is false).
public struct CappedProRataAllocation: AllocationRule {
    public let name = "capped_pro_rata"
    public let summary = "the same share of every profit, never more than the account's cap"
    public init() {}

    public func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double] {
        func taken(_ eta: Double) -> [Double] { event.winners.map { $0.endowment * min(eta, $0.cap) } }
        return taken(level(upTo: 1, reaching: budget) { taken($0).reduce(0, +) })
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Who runs more leverage pays a larger share: h = min(cap, τ λ g(λ)) with λ the leverage and τ set so that the budget is met.
public struct RiskAwareAllocation: AllocationRule {
    public enum Weight: Sendable, Hashable {
        /// g(λ) = λ
        case linear
        /// g(λ) = λ^c
        case power(Double)
        /// g(λ) = the part of λ above a threshold.
        case above(Double)
    }

    public let weight: Weight
    public init(_ weight: Weight) { self.weight = weight }

    public var name: String {
        switch weight {
        case .linear: return "risk_aware"
        case .power: return "risk_aware_power"
        case .above: return "risk_aware_threshold"
        }
    }
    public var summary: String {
        switch weight {
        case .linear: return "shares grow with leverage squared, up to the account's cap"
        case .power(let c): return "shares grow with leverage to the power \(c + 1), up to the account's cap"
        case .above(let t):
            return "shares grow with leverage times its part above \(t), up to the account's cap"
        }
    }

    private func risk(_ leverage: Double) -> Double {
        switch weight {
        case .linear: return leverage * leverage
        case .power(let c): return leverage * pow(leverage, c)
        case .above(let threshold): return leverage * max(0, leverage - threshold)
        }
    }

    public func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double] {
        let risks = event.winners.map { risk($0.leverage) }
        guard let least = risks.filter({ $0 > 0 }).min() else { return event.winners.map { _ in 0 } }
        func taken(_ tau: Double) -> [Double] {
            event.winners.indices.map { i in
                event.winners[i].endowment * min(event.winners[i].cap, tau * risks[i])
            }
        }
        return taken(level(upTo: 1 / least, reaching: budget) { taken($0).reduce(0, +) })
    }
}

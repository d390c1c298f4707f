import RealModule

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

    /// The logarithm of λ g(λ), so that no leverage is too large; minus infinity for who has no risk and pays nothing.
    private func logRisk(_ leverage: Double) -> Double {
        switch weight {
        case .linear: return 2 * Double.log(leverage)
        case .power(let c): return (c + 1) * Double.log(leverage)
        case .above(let threshold): return Double.log(leverage) + Double.log(max(0, leverage - threshold))
        }
    }

    public func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double] {
        let winners = event.winners
        let risks = winners.map { logRisk($0.leverage) }
        // Levels are log τ; an account reaches its cap at log cap - log risk.
        let reaches = winners.indices.map { Double.log(winners[$0].cap) - risks[$0] }
        let levels = winners.indices.filter { risks[$0] > -.infinity && winners[$0].cap > 0 }
            .map { reaches[$0] }.sorted()
        return risingAmounts(reaching: budget, count: winners.count, levels: levels) { level in
            winners.indices.map { i in
                if risks[i] == -.infinity || winners[i].cap <= 0 { return 0 }
                let share =
                    level >= reaches[i] ? winners[i].cap : min(winners[i].cap, Double.exp(level + risks[i]))
                return winners[i].endowment * share
            }
        }
    }
}

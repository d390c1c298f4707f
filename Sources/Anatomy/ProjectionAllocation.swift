/// The shares nearest to a wish y among those that meet the budget: h = clip(y - ℓ w, 0, 1), the Euclidean projection on
/// {0 ≤ h ≤ 1, Σ w h = B}. A step of vector mirror descent ends in it. The wish is the `score` column.
///
/// From no wish at all, h = 0, shares come out proportional to w and dollars to w²: more concentrated than pro rata.
public struct ProjectionAllocation: AllocationRule {
    public let fromZero: Bool
    public init(fromZero: Bool = false) { self.fromZero = fromZero }

    public var name: String { fromZero ? "projection_from_zero" : "projection" }
    public var summary: String {
        fromZero
            ? "the nearest shares to none at all: dollars grow with profit squared"
            : "the nearest shares to the scores, which are taken as the wished-for shares"
    }

    public func allocate(_ budget: Double, _ event: DeleveragingEvent) -> [Double] {
        let w = event.winners.map(\.endowment)
        let y = event.winners.map { fromZero ? 0 : $0.score }
        // As the level -ℓ rises each begins to pay at -y / w and pays all from (1 - y) / w on.
        var levels: [Double] = []
        for i in w.indices where w[i] > 0 { levels += [-y[i] / w[i], (1 - y[i]) / w[i]] }
        levels.sort()
        return risingAmounts(reaching: budget, count: w.count, levels: levels) { level in
            w.indices.map { i in
                // All of it at its own breakpoint, whatever level × w was rounded to.
                w[i] > 0 && level >= (1 - y[i]) / w[i]
                    ? w[i] : w[i] * min(max(y[i] + level * w[i], 0), 1)
            }
        }
    }
}

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
        // ℓ falls from where nobody pays to where everybody pays all; t counts down from there.
        var first = -Double.infinity
        var last = Double.infinity
        for i in w.indices where w[i] > 0 {
            first = max(first, y[i] / w[i])
            last = min(last, (y[i] - 1) / w[i])
        }
        guard first.isFinite else { return w.map { _ in 0 } }
        func taken(_ t: Double) -> [Double] {
            w.indices.map { i in w[i] * min(max(y[i] - (first - t) * w[i], 0), 1) }
        }
        let most = (first - last) * (1 + 1e-12)
        return taken(level(upTo: most, reaching: budget) { taken($0).reduce(0, +) })
    }
}

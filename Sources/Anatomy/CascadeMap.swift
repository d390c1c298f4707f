/// The one mechanism behind everything: a shock triggers forced sales, their impact triggers more.
///
///     x = s + I(∫_0^x ρ(u) du),   the smallest solution from s upwards
///
/// where ρ is the density of triggers and I the impact. `solve` walks the segments and solves each in closed form; `iterate`
/// is its slow twin, the monotone iteration itself.
public struct CascadeMap: Sendable {
    public var triggers: TriggerDensity
    public var impact: ImpactLaw

    public init(_ triggers: TriggerDensity, _ impact: ImpactLaw) {
        self.triggers = triggers
        self.impact = impact
    }

    public struct Result: Sendable, Equatable {
        /// The exogenous part, as a logarithm.
        public var shock: Double
        /// The whole fall, as a logarithm.
        public var drawdown: Double
        /// Drawdown over shock.
        public var amplification: Double
        /// n(0) = ρ(0) I'(0); infinite for a bare square root whose triggers begin at the mark.
        public var branchingAtZero: Double
        /// The largest n(u) = ρ(u) I'(sold up to u) for 0 ≤ u < drawdown, as branching at zero.
        public var branchingMax: Double
        /// The branching ratio reached one between the shock and the drawdown, and the fall ended only where the triggers do.
        public var runaway: Bool
        /// Dollars sold by force.
        public var sold: Double
    }

    public func solve(shock: Double) -> Result {
        precondition(shock > 0 && shock.isFinite, "the shock must be positive")
        return result(shock, drawdown(shock))
    }

    /// The smallest fixed point at or above the shock. In each segment x - s - I is convex in x or linear, and negative at
    /// the start, so the first root is the only one there.
    private func drawdown(_ s: Double) -> Double {
        var sold = triggers.sold(to: s)
        var start = s
        for segment in triggers.segments where segment.to > start {
            // No triggers from `start` to the segment: the fall ends before it if impact alone does not carry it there.
            if start < segment.from {
                let reached = s + impact.impact(of: sold)
                if reached <= segment.from { return max(reached, start) }
                start = segment.from
            }
            let end = sold + segment.notionalPerLog * (segment.to - start)
            if s + impact.impact(of: end) <= segment.to {
                return root(s, segment.notionalPerLog, sold, start, segment.to)
            }
            sold = end
            start = segment.to
        }
        return max(start, s + impact.impact(of: sold))
    }

    /// x in [start, end] with x = s + I(sold + ρ (x - start)).
    private func root(_ s: Double, _ rho: Double, _ sold: Double, _ start: Double, _ end: Double) -> Double {
        func line(_ slope: Double) -> Double {
            let n = rho * slope
            return n < 1 ? (s + slope * (sold - rho * start)) / (1 - n) : end
        }
        var x: Double
        switch impact {
        case .linear(let depth): x = line(1 / depth)
        case .squareRoot(let y, let sigma, let volume, let child):
            // (x - s)² = k (sold + ρ (x - start)), the larger root; below one child order a line.
            let k = y * y * sigma * sigma / volume
            let b = k * rho
            x = s + (b + max(0, b * b + 4 * k * (sold + rho * (s - start))).squareRoot()) / 2
            if child > 0 && sold < child {
                let linear = line(impact.slope(at: 0))
                if sold + rho * (linear - start) <= child { x = linear }
            }
        }
        x = min(max(x, start), end)
        return x
    }

    private func result(_ shock: Double, _ drawdown: Double) -> Result {
        let onTheWay =
            triggers.segments.filter { shock < $0.to && $0.from < drawdown }
            .map { branching(at: max($0.from, shock)) }.max() ?? 0
        return Result(
            shock: shock, drawdown: drawdown, amplification: drawdown / shock,
            branchingAtZero: branching(at: 0), branchingMax: branchingMax(to: drawdown),
            runaway: onTheWay >= 1 && shock < triggers.end && drawdown >= triggers.end,
            sold: triggers.sold(to: drawdown))
    }

    /// n just above a drawdown; 0 where nothing is triggered.
    public func branching(at drawdown: Double) -> Double {
        let rho = triggers.density(at: drawdown)
        return rho == 0 ? 0 : rho * impact.slope(at: triggers.sold(to: drawdown))
    }

    /// Impact is concave, so within a segment the branching ratio is largest where it begins.
    private func branchingMax(to drawdown: Double) -> Double {
        triggers.segments.filter { $0.from < drawdown }.map { branching(at: $0.from) }.max() ?? 0
    }

    /// The monotone iteration from the shock: x ← s + I(sold up to x), until nothing changes or `rounds` are used up (nil).
    public func iterate(shock: Double, rounds: Int = 10_000_000) -> Double? {
        var x = shock
        for _ in 0..<rounds {
            let next = shock + impact.impact(of: triggers.sold(to: x))
            if next <= x { return x }
            x = next
        }
        return nil
    }
}

import Anatomy
import Primitives
import RealModule

/// Closed forms of the cascade map.
struct CascadeMapReproduction: Reproduction {
    let name = "cascade-map"
    let title = "A shock and the forced sales it triggers: closed forms, and clusters that follow Borel's law"
    let parameters = [
        ReproductionParameter("shock", .number(0.02, 1e-6...1), "the exogenous fall, as a logarithm"),
        ReproductionParameter(
            "clusters", .count(100_000, 1000...10_000_000), "clusters drawn for each branching ratio"),
        ReproductionParameter("seed", .count(1, 0...Int.max), "of the draws"),
    ]

    func run(_ settings: ReproductionSettings) -> ReproductionResult {
        var result = ReproductionResult()
        let s = settings.number("shock")
        let uniform = TriggerDensity([.init(from: 0, to: 50, notionalPerLog: 1e9)])
        var linear: [(String, Double)] = []
        for n in [0.5, 0.8, 0.9] {
            let x = CascadeMap(uniform, .linear(depth: 1e9 / n)).solve(shock: s).drawdown
            linear.append(("\(n)", x))
            result.compare("C1 drawdown, n = \(n)", x, s / (1 - n), within: 1e-9)
        }
        result.quantities.append(("c1_drawdown", .map(linear)))
        var root: [(String, Double)] = []
        for a in [0.05, 0.1, 0.2] {
            // a = Y σ √(ρ / V) with Y = 1, V = ρ.
            let law = ImpactLaw.squareRoot(prefactor: 1, volatility: a, volume: 1e9)
            let x = CascadeMap(uniform, law).solve(shock: s).drawdown
            root.append(("\(a)", x))
            let y = (a + (a * a + 4 * s).squareRoot()) / 2
            result.compare("C2 drawdown, a = \(a)", x, y * y, within: 1e-6)
        }
        result.quantities.append(("c2_drawdown", .map(root)))
        let count = settings.count("clusters")
        for n in [0.5, 0.8] {
            var draws = RandomStream(seed: UInt64(settings.count("seed")), name: "clusters at \(n)")
            var sizes = Moments()
            for _ in 0..<count { sizes.add(Double(Self.cluster(n, &draws, most: .max))) }
            result.add("c3_mean_n\(n)", sizes.mean)
            result.add("c3_variance_n\(n)", sizes.variance)
            result.compare("C3 mean, n = \(n)", sizes.mean, 1 / (1 - n), within: 0.01 / (1 - n))
            let variance = n / ((1 - n) * (1 - n) * (1 - n))
            result.compare("C3 variance, n = \(n)", sizes.variance, variance, within: 0.05 * variance)
        }
        let slope = tailSlope(count, UInt64(settings.count("seed")))
        result.add("tail_slope_n0.999", slope)
        result.compare("slope of ln P(size > k) at n = 0.999, k from 3 to 1000", slope, -0.5, within: 0.05)
        result.notes.append(
            "a = 0 at no shock: a bare square root lets infinitesimal sales propagate, C2 tends to a² as the shock goes to 0."
        )
        return result
    }

    /// Accounts whose trigger prices are a Poisson process of rate n per unit of one sale's impact: the first is sold, the
    /// price falls by one unit, whoever is passed is sold too.
    static func cluster(_ n: Double, _ draws: inout RandomStream, most: Int) -> Int {
        var size = 1
        var next = draws.exponential(mean: 1 / n)
        while next < Double(size) && size < most {
            size += 1
            next += draws.exponential(mean: 1 / n)
        }
        return size
    }

    private func tailSlope(_ count: Int, _ seed: UInt64) -> Double {
        var draws = RandomStream(seed: seed, name: "critical clusters")
        let marks = [3, 10, 30, 100, 300, 1000]
        var above = [Double](repeating: 0, count: marks.count)
        for _ in 0..<count {
            let size = Self.cluster(0.999, &draws, most: 1001)
            for (i, k) in marks.enumerated() where size > k { above[i] += 1 }
        }
        let points = zip(marks, above).map {
            (Double.log(Double($0)), Double.log(max($1, 0.5) / Double(count)))
        }
        let mx = points.reduce(0) { $0 + $1.0 } / Double(points.count)
        let my = points.reduce(0) { $0 + $1.1 } / Double(points.count)
        return points.reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
            / points.reduce(0) { $0 + ($1.0 - mx) * ($1.0 - mx) }
    }
}

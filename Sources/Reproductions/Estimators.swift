import Anatomy
import Primitives
import RealModule

/// The estimators on samples whose truth is known.
struct Estimators: Reproduction {
    let name = "estimators"
    let title = "Tail exponents, self-excitation and extremes, estimated where the truth is known"
    let parameters = [
        ReproductionParameter("seed", .count(1, 0...Int.max), "of the samples"),
        ReproductionParameter("tail", .number(3, 0.5...10), "the Pareto exponent to be found"),
        ReproductionParameter(
            "branching", .number(0.7, 0.05...0.95), "the Hawkes branching ratio to be found"),
    ]

    func run(_ settings: ReproductionSettings) -> ReproductionResult {
        var result = ReproductionResult()
        let seed = UInt64(settings.count("seed"))
        let alpha = settings.number("tail")
        var draws = RandomStream(seed: seed, name: "pareto")
        let sample = (0..<100_000).map { _ in draws.pareto(minimum: 1, shape: alpha) }
        let estimate = hill(sample, share: 0.01)
        result.add("hill_tail", estimate)
        result.compare(
            "Hill exponent of 100,000 Pareto numbers, top 1 %", estimate, alpha, within: 0.1 * alpha)
        // A normal body with a Pareto tail from 3 on: the threshold of least Kolmogorov distance should find it.
        var body = RandomStream(seed: seed, name: "body and tail")
        let mixed = (0..<20_000).map { i in
            i % 10 == 0 ? body.pareto(minimum: 3, shape: alpha) : 3 * body.uniform()
        }
        let (threshold, exponent) = PowerLawTail.fit(mixed)
        result.add("tail_threshold", threshold)
        result.add("tail_exponent", exponent)
        result.compare("threshold of least Kolmogorov distance (3 is true)", threshold, 3, within: 0.6)

        let n = settings.number("branching")
        var events = RandomStream(seed: seed, name: "hawkes")
        let times = Hawkes.simulate(branching: n, decay: 2, baseline: 1, events: 14_000, &events)
        let fit = Hawkes.fit(times)
        result.add("hawkes_branching", fit.branching)
        result.add("hawkes_decay", fit.decay)
        result.add("hawkes_baseline", fit.baseline)
        result.compare("Hawkes branching ratio, likelihood of 14,000 events", fit.branching, n, within: 0.04)
        let residual = Hawkes.residuals(times, fit)
        var spread = Moments()
        for x in residual { spread.add(x) }
        result.add("hawkes_residual_mean", spread.mean)
        result.add("hawkes_residual_sd", spread.deviation)
        result.compare(
            "residuals after rescaling time, mean (1 for an exponential)", spread.mean, 1, within: 0.03)
        result.compare(
            "residuals after rescaling time, sd (1 for an exponential)", spread.deviation, 1, within: 0.06)
        var many = RandomStream(seed: seed, name: "fano")
        let long = Hawkes.simulate(branching: n, decay: 2, baseline: 1, events: 400_000, &many)
        let fano = Hawkes.fano(long, window: 200 / (1 - n))
        result.add("fano_factor", fano)
        result.compare(
            "Fano factor of long windows against 1 / (1 - n)²", fano * (1 - n) * (1 - n), 1, within: 0.15)
        addExtremes(seed, &result)
        result.notes.append(
            "A baseline that changes over time looks like self-excitation and biases the branching ratio up: rescaled residuals do not show it."
        )
        return result
    }

    /// Margins from block maxima of fat-tailed days against those of a normal distribution with the same variance.
    private func addExtremes(_ seed: UInt64, _ result: inout ReproductionResult) {
        var draws = RandomStream(seed: seed, name: "extremes")
        // Student's t of three degrees of freedom, times 2.5 %.
        var moments = Moments()
        var days: [Double] = []
        for _ in 0..<60_000 {
            let z = draws.normal()
            let chi = (0..<3).reduce(0.0) { sum, _ in
                let x = draws.normal()
                return sum + x * x
            }
            let r = 0.025 * z / (chi / 3).squareRoot() / 3.0.squareRoot()
            moments.add(r)
            days.append(r)
        }
        let maxima = stride(from: 0, to: days.count, by: 20).map { days[$0..<$0 + 20].map { -$0 }.max()! }
        let fit = ExtremeValueFit(maxima)
        // The loss that one day in a hundred passes: P(day ≤ x)^20 = P(block ≤ x).
        let margin = fit.quantile(Double.pow(0.99, 20))
        let normal = moments.mean + 2.326348 * moments.deviation
        let far = fit.quantile(Double.pow(0.999, 20))
        let farNormal = moments.mean + 3.090232 * moments.deviation
        let sorted = days.map { -$0 }.sorted()
        result.add("gev_shape", fit.shape)
        result.add("gev_margin_1_in_1000", far)
        result.add("normal_margin_1_in_1000", farNormal)
        result.add("gev_margin_1_in_100", margin)
        result.add("normal_margin_1_in_100", normal)
        let truth = sorted[Int(0.999 * Double(sorted.count))]
        result.compare("one day in a thousand: GEV margin over the sample's", far / truth, 1, within: 0.15)
        result.compare(
            "one day in a thousand: the normal margin is too small (1 if so)", farNormal < truth ? 1 : 0, 1,
            within: 0)
    }
}

import RealModule

/// A generalised extreme value distribution fitted to block maxima by L-moments (Hosking 1985).
struct ExtremeValueFit {
    /// ξ > 0 for a fat tail.
    let shape: Double
    let scale: Double
    let location: Double

    init(_ maxima: [Double]) {
        let x = maxima.sorted()
        let n = Double(x.count)
        var (b0, b1, b2) = (0.0, 0.0, 0.0)
        for (i, value) in x.enumerated() {
            let i = Double(i)
            b0 += value / n
            b1 += value * i / (n - 1) / n
            b2 += value * i * (i - 1) / ((n - 1) * (n - 2)) / n
        }
        let l1 = b0
        let l2 = 2 * b1 - b0
        let l3 = 6 * b2 - 6 * b1 + b0
        let c = 2 / (3 + l3 / l2) - Double.log(2) / Double.log(3.0)
        // Hosking's approximation of k = -ξ.
        let k = 7.859 * c + 2.9554 * c * c
        let gamma = Double.gamma(1 + k)
        shape = -k
        scale = l2 * k / ((1 - Double.pow(2, -k)) * gamma)
        location = l1 - scale * (1 - gamma) / k
    }

    /// The value that a block's maximum stays below with this chance.
    func quantile(_ p: Double) -> Double {
        location + scale / shape * (Double.pow(-Double.log(p), -shape) - 1)
    }
}

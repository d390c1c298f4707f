import RealModule

/// What a change makes of a figure, from pairs of runs that share their seed: the noise they share cancels.
public struct PairedDifference: Sendable, Equatable, Codable {
    /// Means over the seeds.
    public var base: Double
    public var changed: Double
    /// Mean of changed less base, with the 5 % and 95 % ends of its Student interval.
    public var difference: Double
    public var low: Double
    public var high: Double
    public var pairs: Int
    /// Neither end has the other sign than the mean.
    public var isClear: Bool { difference != 0 && low * high > 0 }

    /// - Parameter pairs: at least two.
    public init(_ pairs: [(base: Double, changed: Double)]) {
        precondition(pairs.count >= 2, "an interval needs two pairs")
        let n = Double(pairs.count)
        base = pairs.reduce(0) { $0 + $1.base } / n
        changed = pairs.reduce(0) { $0 + $1.changed } / n
        let differences = pairs.map { $0.changed - $0.base }
        let mean = differences.reduce(0, +) / n
        let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        let half = studentT95(Int(n) - 1) * (variance / n).squareRoot()
        difference = mean
        (low, high) = (mean - half, mean + half)
        self.pairs = pairs.count
    }
}

/// The 95 % point of Student's t. Up to ten degrees of freedom from the published table, beyond by the Cornish-Fisher series
/// in 1/df (Abramowitz and Stegun 26.7.5), right to 1e-4.
func studentT95(_ degrees: Int) -> Double {
    let table = [6.3138, 2.9200, 2.3534, 2.1318, 2.0150, 1.9432, 1.8946, 1.8595, 1.8331, 1.8125]
    if degrees <= table.count { return table[max(degrees, 1) - 1] }
    let z = 1.6448536269514722
    let n = Double(degrees)
    return z + (Double.pow(z, 3) + z) / (4 * n) + (5 * Double.pow(z, 5) + 16 * Double.pow(z, 3) + 3 * z)
        / (96 * n * n)
        + (3 * Double.pow(z, 7) + 19 * Double.pow(z, 5) + 17 * Double.pow(z, 3) - 15 * z) / (384 * n * n * n)
}

import RealModule

/// Mean, standard deviation and kurtosis of a sample, in one pass.
public struct Moments: Sendable {
    public private(set) var count = 0.0
    public private(set) var mean = 0.0
    private var m2 = 0.0
    private var m3 = 0.0
    private var m4 = 0.0

    public init() {}

    /// Pébay's update of central sums.
    public mutating func add(_ x: Double) {
        let before = count
        count += 1
        let delta = x - mean
        let part = delta / count
        let term = delta * part * before
        mean += part
        m4 += term * part * part * (count * count - 3 * count + 3) + 6 * part * part * m2 - 4 * part * m3
        m3 += term * part * (count - 2) - 3 * part * m2
        m2 += term
    }

    public var variance: Double { count > 0 ? m2 / count : 0 }
    public var deviation: Double { variance.squareRoot() }
    /// 3 for a normal distribution.
    public var kurtosis: Double { m2 > 0 ? count * m4 / (m2 * m2) : 0 }
}

/// Correlation of a series with itself `lag` steps later.
public func autocorrelation(_ x: [Double], lag: Int) -> Double {
    guard x.count > lag + 1 else { return 0 }
    let mean = x.reduce(0, +) / Double(x.count)
    var up = 0.0
    var down = 0.0
    for i in x.indices {
        down += (x[i] - mean) * (x[i] - mean)
        if i + lag < x.count { up += (x[i] - mean) * (x[i + lag] - mean) }
    }
    return down > 0 ? up / down : 0
}

/// Hill's estimate of a power law's exponent from the largest `share` of positive values: the inverse of the mean
/// logarithm above the threshold.
public func hill(_ values: [Double], share: Double) -> Double {
    let sorted = values.filter { $0 > 0 }.sorted(by: >)
    let k = Int(Double(values.count) * share)
    guard k >= 2, k < sorted.count else { return .nan }
    let threshold = Double.log(sorted[k])
    return Double(k) / sorted[0..<k].reduce(0) { $0 + Double.log($1) - threshold }
}

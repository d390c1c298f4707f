import Primitives

/// What the kept points of a calibration say about the parameters: ranges, ridges, and directions the data leave open.
public struct Posterior: Sendable {
    public struct Direction: Sendable {
        /// Standard deviation along it over that of a point drawn anywhere in the box (1 / √12).
        public var width: Double
        /// Its share of each parameter, by parameter; squares add up to one.
        public var weights: [Double]
    }

    /// By parameter: the 5 % and 95 % quantiles of the kept points and their median, as shares of the range.
    public let low: [Double]
    public let median: [Double]
    public let high: [Double]
    public let correlations: [[Double]]
    /// Widest first. A width near 1 says that the data do not fix this direction.
    public let directions: [Direction]

    /// - Parameter kept: at least two points, each a share of every parameter's range.
    public init(_ kept: [[Double]]) {
        let n = kept.count
        let d = kept[0].count
        func share(_ k: Int, _ q: Double) -> Double { quantile(kept.map { $0[k] }, q)! }
        low = (0..<d).map { share($0, 0.05) }
        median = (0..<d).map { share($0, 0.5) }
        high = (0..<d).map { share($0, 0.95) }
        let means = (0..<d).map { k in kept.reduce(0) { $0 + $1[k] } / Double(n) }
        var covariance = Array(repeating: Array(repeating: 0.0, count: d), count: d)
        for point in kept {
            for i in 0..<d {
                for j in 0..<d { covariance[i][j] += (point[i] - means[i]) * (point[j] - means[j]) }
            }
        }
        for i in 0..<d { for j in 0..<d { covariance[i][j] /= Double(max(1, n - 1)) } }
        let fixed = covariance
        correlations = (0..<d).map { i in
            (0..<d).map { j in
                let scale = (fixed[i][i] * fixed[j][j]).squareRoot()
                return scale > 0 ? fixed[i][j] / scale : (i == j ? 1 : 0)
            }
        }
        let (values, vectors) = symmetricEigen(covariance)
        directions = values.indices.sorted { values[$0] > values[$1] }.map {
            Direction(width: max(0, values[$0] * 12).squareRoot(), weights: vectors[$0])
        }
    }
}

/// Eigenvalues and unit eigenvectors of a symmetric matrix by Jacobi rotations.
func symmetricEigen(_ matrix: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
    let n = matrix.count
    var a = matrix
    var v = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0 } }
    for _ in 0..<100 {
        var rest = 0.0
        for p in 0..<n {
            for q in (p + 1)..<max(n, p + 1) {
                rest += a[p][q] * a[p][q]
                guard abs(a[p][q]) > 1e-300 else { continue }
                let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
                let c = 1 / (t * t + 1).squareRoot()
                let s = t * c
                for k in 0..<n {
                    let (x, y) = (a[k][p], a[k][q])
                    a[k][p] = c * x - s * y
                    a[k][q] = s * x + c * y
                }
                for k in 0..<n {
                    let (x, y) = (a[p][k], a[q][k])
                    a[p][k] = c * x - s * y
                    a[q][k] = s * x + c * y
                    let (u, w) = (v[k][p], v[k][q])
                    v[k][p] = c * u - s * w
                    v[k][q] = s * u + c * w
                }
            }
        }
        if rest < 1e-24 { break }
    }
    return ((0..<n).map { a[$0][$0] }, (0..<n).map { k in (0..<n).map { v[$0][k] } })
}

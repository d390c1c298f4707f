import RealModule
import ReducedForm

/// The smallest change of one thing after which more than half of the seeds break a limit.
public struct FragilitySearch: Sendable {
    let runs: ReducedFormRuns
    let base: ReducedFormParameters

    public init(_ runs: ReducedFormRuns, base: ReducedFormParameters) {
        self.runs = runs
        self.base = base
    }

    /// A scan in equal ratios, then halving: the answer may be one of several edges, the first met is given.
    ///
    /// - Parameters:
    ///   - growing: whether a larger number is the larger change; otherwise the scan goes down.
    ///   - breaks: whether a run breaks the limit.
    /// - Returns: nil where no change within the ends does it.
    /// - Throws: `CancellationError` when interrupted.
    public func smallest(
        from low: Double, to high: Double, growing: Bool,
        _ change: (inout ReducedFormParameters, Double) -> Void, breaks: (ReducedForm.Result) -> Bool
    ) throws -> Double? {
        let count = 16
        let grid = (0...count).map {
            low * Double.pow(high / low, Double(growing ? $0 : count - $0) / Double(count))
        }
        func settings(_ x: Double) -> ReducedFormParameters {
            var p = base
            change(&p, x)
            return p
        }
        func isBroken(_ x: [Double]) throws -> [Bool] {
            try runs.results(x.map(settings), title: "search").map { 2 * $0.filter(breaks).count > $0.count }
        }
        let first = try isBroken(grid).firstIndex(of: true)
        guard let first else { return nil }
        if first == 0 { return grid[0] }
        var (safe, broken) = (grid[first - 1], grid[first])
        for _ in 0..<7 {
            let middle = (safe * broken).squareRoot()
            if try isBroken([middle])[0] { broken = middle } else { safe = middle }
        }
        return broken
    }
}

import Primitives

/// Points of the unit cube such that every coordinate's range, cut into as many slices as there are points, has one point in
/// each slice.
func latinHypercube(_ count: Int, dimensions: Int, seed: UInt64) -> [[Double]] {
    var points = Array(repeating: Array(repeating: 0.0, count: dimensions), count: count)
    for d in 0..<dimensions {
        var draws = RandomStream(seed: seed, name: "latin hypercube \(d)")
        var slices = Array(0..<count)
        for i in stride(from: count - 1, to: 0, by: -1) { slices.swapAt(i, draws.integer(below: i + 1)) }
        for i in 0..<count { points[i][d] = (Double(slices[i]) + draws.uniform()) / Double(count) }
    }
    return points
}

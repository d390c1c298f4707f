/// The low-discrepancy sequence of Sobol with the direction numbers of Joe and Kuo (2008), up to twelve dimensions.
enum Sobol {
    static var mostDimensions: Int { directions.count + 1 }

    /// By dimension from the second: degree, coefficients and first direction numbers of its primitive polynomial.
    private static let directions: [(degree: Int, coefficients: UInt32, first: [UInt32])] = [
        (1, 0, [1]), (2, 1, [1, 3]), (3, 1, [1, 3, 1]), (3, 2, [1, 1, 1]), (4, 1, [1, 1, 3, 3]),
        (4, 4, [1, 3, 5, 13]), (5, 2, [1, 1, 5, 5, 17]), (5, 4, [1, 1, 5, 5, 5]), (5, 7, [1, 1, 7, 11, 19]),
        (5, 11, [1, 1, 5, 1, 1]), (5, 13, [1, 1, 1, 3, 11]),
    ]

    /// Points 1 to `count` of the sequence (point 0, the corner, is left out), each coordinate in (0, 1).
    static func points(_ count: Int, dimensions: Int) -> [[Double]] {
        let vectors = (0..<dimensions).map(vectors(of:))
        var state = [UInt32](repeating: 0, count: dimensions)
        return (0..<count).map { i in
            // Gray code: one direction number a step.
            let bit = (~UInt32(i)).trailingZeroBitCount
            for d in 0..<dimensions { state[d] ^= vectors[d][bit] }
            return state.map { Double($0) * 0x1p-32 }
        }
    }

    private static func vectors(of dimension: Int) -> [UInt32] {
        if dimension == 0 { return (0..<32).map { 1 << (31 - UInt32($0)) } }
        let (s, a, first) = directions[dimension - 1]
        var v = first.enumerated().map { $1 << (31 - UInt32($0)) }
        for i in s..<32 {
            var next = v[i - s] ^ (v[i - s] >> UInt32(s))
            for k in 1..<max(s, 1) where (a >> UInt32(s - 1 - k)) & 1 == 1 { next ^= v[i - k] }
            v.append(next)
        }
        return v
    }
}

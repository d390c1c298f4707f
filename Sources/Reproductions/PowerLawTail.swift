import RealModule

/// Where a power law begins: the threshold whose fitted tail lies nearest to the sample's, by the Kolmogorov distance (Clauset,
/// Shalizi, Newman 2009).
enum PowerLawTail {
    /// - Returns: the threshold, and the exponent of P(X > x) above it.
    static func fit(_ values: [Double]) -> (threshold: Double, exponent: Double) {
        let sorted = values.filter { $0 > 0 }.sorted()
        guard sorted.count > 100 else { return (.nan, .nan) }
        // Sums of logarithms from the end, so that each candidate costs its own tail only once.
        var best = (distance: Double.infinity, threshold: Double.nan, exponent: Double.nan)
        for share in stride(from: 0.5, through: 0.995, by: 0.005) {
            let start = Int(share * Double(sorted.count))
            let tail = sorted[start...]
            guard tail.count >= 50 else { break }
            let low = sorted[start]
            let sum = tail.reduce(0) { $0 + Double.log($1 / low) }
            guard sum > 0 else { continue }
            let alpha = Double(tail.count) / sum
            var distance = 0.0
            for (i, x) in tail.enumerated() {
                let model = 1 - Double.pow(low / x, alpha)
                distance = max(
                    distance, abs(model - Double(i) / Double(tail.count)),
                    abs(model - Double(i + 1) / Double(tail.count)))
            }
            if distance < best.distance { best = (distance, low, alpha) }
        }
        return (best.threshold, best.exponent)
    }
}

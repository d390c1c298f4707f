import Primitives
import RealModule

/// A continuous-time exponential average: numerator = numerator × exp(-dt/tau) + sample × dt, and the same for
/// the denominator.
struct TimeWeightedEMA: Sendable {
    let seconds: Double
    private var numerator = 0.0
    private var denominator = 0.0
    private var last: SimTime?

    init(seconds: Double) { self.seconds = seconds }

    var value: Double? { denominator > 0 ? numerator / denominator : nil }

    func combine(into hash: inout StateHash) {
        hash.combine(numerator)
        hash.combine(denominator)
        hash.combine(last)
    }

    mutating func update(_ sample: Double, at time: SimTime) -> Double {
        // The first sample counts as one second's worth.
        let dt = last.map { time.seconds(since: $0) } ?? 1
        last = time
        let decay = Double.exp(-dt / seconds)
        numerator = numerator * decay + sample * dt
        denominator = denominator * decay + dt
        return denominator > 0 ? numerator / denominator : sample
    }
}

import Anatomy
import Primitives
import RealModule

/// A self-exciting process with an exponential kernel: intensity λ(t) = μ + n β Σ exp(-β (t - t_i)).
enum Hawkes {
    struct Fit: Sendable {
        var baseline: Double
        var branching: Double
        var decay: Double
        var logLikelihood: Double
    }

    /// Ogata's thinning.
    static func simulate(
        branching n: Double, decay beta: Double, baseline mu: Double, events: Int, _ draws: inout RandomStream
    ) -> [Double] {
        var times: [Double] = []
        times.reserveCapacity(events)
        var t = 0.0
        var excited = 0.0
        while times.count < events {
            let top = mu + excited
            let wait = draws.exponential(mean: 1 / top)
            t += wait
            excited *= Double.exp(-beta * wait)
            if draws.uniform() * top < mu + excited {
                times.append(t)
                excited += n * beta
            }
        }
        return times
    }

    /// Greatest likelihood: the best decay by golden section of its logarithm, for each the best of the other two by
    /// expectation and maximisation (every event is either of the baseline or a child).
    static func fit(_ times: [Double]) -> Fit {
        let rate = Double(times.count) / max(times.last ?? 1, 1e-12)
        func best(_ logDecay: Double) -> Fit { climb(times, decay: Double.exp(logDecay), rate) }
        let golden = (5.0.squareRoot() - 1) / 2
        var (low, high) = (Double.log(rate * 0.01), Double.log(rate * 100))
        var x1 = high - golden * (high - low)
        var x2 = low + golden * (high - low)
        var (f1, f2) = (best(x1), best(x2))
        for _ in 0..<28 {
            if f1.logLikelihood > f2.logLikelihood {
                high = x2
                (x2, f2) = (x1, f1)
                x1 = high - golden * (high - low)
                f1 = best(x1)
            } else {
                low = x1
                (x1, f1) = (x2, f2)
                x2 = low + golden * (high - low)
                f2 = best(x2)
            }
        }
        return f1.logLikelihood > f2.logLikelihood ? f1 : f2
    }

    private static func climb(_ times: [Double], decay beta: Double, _ rate: Double) -> Fit {
        let end = times.last ?? 0
        let reach = times.reduce(0) { $0 + 1 - Double.exp(-beta * (end - $1)) }
        var mu = rate / 2
        var n = 0.5
        var likelihood = 0.0
        for _ in 0..<60 {
            var baseline = 0.0
            var children = 0.0
            var memory = 0.0
            var last = 0.0
            likelihood = -mu * end - n * reach
            for t in times {
                memory *= Double.exp(-beta * (t - last))
                let excited = n * beta * memory
                let all = mu + excited
                likelihood += Double.log(all)
                baseline += mu / all
                children += excited / all
                memory += 1
                last = t
            }
            mu = baseline / max(end, 1e-12)
            n = children / max(reach, 1e-12)
        }
        return Fit(baseline: mu, branching: n, decay: beta, logLikelihood: likelihood)
    }

    /// Integrated intensity between events: exponential of mean 1 if the fit is right.
    static func residuals(_ times: [Double], _ fit: Fit) -> [Double] {
        var memory = 0.0
        var last = 0.0
        return times.map { t in
            let fade = Double.exp(-fit.decay * (t - last))
            let area = fit.baseline * (t - last) + fit.branching * memory * (1 - fade)
            memory = memory * fade + 1
            last = t
            return area
        }
    }

    /// Variance over mean of the number of events in a window; 1 / (1 - n)² for long ones.
    static func fano(_ times: [Double], window: Double) -> Double {
        var counts = Moments()
        var i = 0
        var end = window
        while end <= times.last ?? 0 {
            let before = i
            while i < times.count && times[i] <= end { i += 1 }
            counts.add(Double(i - before))
            end += window
        }
        return counts.mean > 0 ? counts.variance / counts.mean : .nan
    }
}

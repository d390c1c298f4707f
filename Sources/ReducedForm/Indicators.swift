import Primitives
import RealModule

/// Early warnings, from what an observer has before anything happens: open interest, the leverage on record at venues and on
/// chain, depth in the books, the makers' published capital. None has a parameter to fit, so every world scores it out of sample.
public enum Indicator: String, CaseIterable, Encodable, Sendable {
    case openInterest = "open interest"
    case openInterestOverDepth = "open interest over depth"
    /// Forced notional within 2 % of the mark over depth within 2 %.
    case overhang = "overhang within 2 %"
    case branchingAtZero = "branching ratio at the mark"
    /// Of the densest triggers within 10 %.
    case branchingMax = "largest branching ratio within 10 %"
    /// The same within 5 %: a fall of that size amplified once.
    case wideOverhang = "overhang within 5 %"
    case openInterestOverCapital = "open interest over makers' capital"

    public func value(_ p: ReducedFormParameters) -> Double {
        let depth = p.depth[0] * p.depthShares[0]
        let population = Leverage(
            median: p.medianLeverage[0], logSD: p.leverageLogSD, maintenance: p.maintenance[0],
            flushed: p.flushed)
        let interest = p.openInterest[0][0]
        func overhang(_ x: Double) -> Double { interest * population.share(at: p.flushed + x) / (depth * x) }
        switch self {
        case .openInterest: return interest
        case .openInterestOverDepth: return interest / depth
        case .overhang: return overhang(0.02)
        case .branchingAtZero: return interest * population.density(at: p.flushed) / depth
        case .branchingMax: return ReducedForm(p).theoreticalBranching(presence: 1)
        case .wideOverhang: return overhang(0.05)
        case .openInterestOverCapital: return interest / p.capital
        }
    }

    /// How well each ranks worlds by whether they crash.
    public struct Score: Encodable, Sendable {
        public var indicator: Indicator
        /// Area under the ROC curve: the chance that a world that crashes ranks above one that does not.
        public var auc: Double
        public var aucP5: Double
        public var aucP95: Double
        /// Its lead over open interest alone, with the 5-95 % bootstrap interval over worlds.
        public var leadOverOpenInterest: Double
        public var leadP5: Double
        public var leadP95: Double
        /// 95 % of areas of shuffled outcomes lie below this.
        public var shuffledP95: Double
    }

    /// - Parameters:
    ///   - worlds: at least one that crashes and one that does not, else no score.
    public static func scores(
        _ worlds: [ReducedFormParameters], crashes: [Bool], seed: UInt64, resamples: Int = 400
    ) -> [Score] {
        guard crashes.contains(true), crashes.contains(false) else { return [] }
        let values = allCases.map { indicator in worlds.map(indicator.value) }
        var draws = RandomStream(seed: seed, name: "indicators")
        var areas: [[Double]] = []
        var nulls: [[Double]] = []
        while areas.count < resamples {
            let chosen = worlds.indices.map { _ in draws.integer(below: worlds.count) }
            let labels = chosen.map { crashes[$0] }
            guard labels.contains(true), labels.contains(false) else { continue }
            areas.append(values.map { own in areaUnderROC(chosen.map { own[$0] }, labels) })
            var shuffled = crashes
            for i in stride(from: shuffled.count - 1, to: 0, by: -1) {
                shuffled.swapAt(i, draws.integer(below: i + 1))
            }
            nulls.append(values.map { areaUnderROC($0, shuffled) })
        }
        let point = values.map { areaUnderROC($0, crashes) }
        return allCases.enumerated().map { i, indicator in
            let own = areas.map { $0[i] }
            let lead = areas.map { $0[i] - $0[0] }
            return Score(
                indicator: indicator, auc: point[i], aucP5: quantile(own, 0.05)!,
                aucP95: quantile(own, 0.95)!,
                leadOverOpenInterest: point[i] - point[0], leadP5: quantile(lead, 0.05)!,
                leadP95: quantile(lead, 0.95)!, shuffledP95: quantile(nulls.map { $0[i] }, 0.95)!)
        }
    }
}

/// The chance that a true one has a higher value than a false one, ties counting half.
func areaUnderROC(_ values: [Double], _ labels: [Bool]) -> Double {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var (rankSum, trues) = (0.0, 0)
    var i = 0
    while i < order.count {
        var j = i
        while j < order.count, values[order[j]] == values[order[i]] { j += 1 }
        let rank = Double(i + j + 1) / 2
        for k in i..<j where labels[order[k]] {
            rankSum += rank
            trues += 1
        }
        i = j
    }
    let falses = order.count - trues
    return (rankSum - Double(trues) * Double(trues + 1) / 2) / (Double(trues) * Double(falses))
}

extension ReducedFormParameters {
    /// Worlds like this one with open interest, leverage, depth and makers' capital drawn apart from each other, each
    /// log-uniform within a factor of three down and up (leverage two).
    public func drawnWorlds(_ count: Int, seed: UInt64) -> [ReducedFormParameters] {
        var draws = RandomStream(seed: seed, name: "worlds")
        return (0..<count).map { _ in
            func factor(_ most: Double) -> Double {
                Double.exp(draws.uniform(-Double.log(most), Double.log(most)))
            }
            let (interest, leverage, depth, capital) = (factor(3), factor(2), factor(3), factor(3))
            var p = scaled(leverage: leverage, depth: depth)
            p.openInterest = openInterest.map { $0.map { $0 * interest } }
            p.capital *= capital
            return p
        }
    }
}

import Foundation
import Synchronization

/// The same model under many settings and seeds, on every core; every setting sees the same seeds, so their noise is shared
/// and only what was set differs.
public struct Ensemble: Sendable {
    public var seeds: [UInt64]
    public init(seeds: [UInt64]) { self.seeds = seeds }

    /// By setting, then by seed.
    ///
    /// - Parameter isCancelled: asked before each setting; what was not run is nil.
    public func run(
        _ settings: [ReducedFormParameters], progress: (@Sendable (Int) -> Void)? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) -> [[ReducedForm.Result]?] {
        let results = Mutex([[ReducedForm.Result]?](repeating: nil, count: settings.count))
        let done = Atomic<Int>(0)
        let seeds = seeds
        DispatchQueue.concurrentPerform(iterations: settings.count) { i in
            if isCancelled() { return }
            let model = ReducedForm(settings[i])
            let own = seeds.map { model.run(seed: $0) }
            results.withLock { $0[i] = own }
            progress?(done.wrappingAdd(1, ordering: .relaxed).newValue)
        }
        return results.withLock { $0 }
    }
}

extension ReducedFormParameters {
    /// Leverage beyond one, and depth of makers and bids, times a factor each.
    public func scaled(leverage: Double, depth: Double) -> ReducedFormParameters {
        var p = self
        p.medianLeverage = medianLeverage.map { 1 + ($0 - 1) * leverage }
        p.depth = self.depth.map { $0 * depth }
        p.bids = bids.map { $0 * depth }
        return p
    }
}

extension ReducedForm {
    /// The branching ratio that theory gives before anything has fallen: the densest triggers of Bitcoin within 10 % over the
    /// depth that is there at a presence of the makers, times the chance that a sale triggers the next before it is made good.
    public func theoreticalBranching(presence: Double) -> Double {
        let p = parameters
        let population = Leverage(
            median: p.medianLeverage[0], logSD: p.leverageLogSD, maintenance: p.maintenance[0],
            flushed: p.flushed)
        let densest = stride(from: p.flushed, through: 0.1, by: 0.001).map(population.density(at:)).max() ?? 0
        let depth = p.depth[0] * p.depthShares[0] * presence
        return p.openInterest[0][0] * densest / depth * p.executionPerSecond
            / (p.executionPerSecond + recovery(presence))
    }
}

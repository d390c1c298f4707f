import Anatomy
import Primitives
import Recording
import ReducedForm

/// Shapley shares of the causes of outcomes, over every coalition of the factors on the same seeds; a factor that is out is at
/// its neutral setting. Intervals are 5-95 % of a bootstrap over seeds.
public struct Attribution: Encodable, Sendable {
    /// In the unit of its outcome.
    public struct Share: Encodable, Sendable {
        public var share: Double
        /// Nil of one seed, which has no interval.
        @OrNull public var low: Double?
        @OrNull public var high: Double?
    }
    /// What a set of factors adds beyond its parts.
    public struct Interaction: Encodable, Sendable {
        public var factors: [String]
        public var dividend: Double
    }
    /// One outcome, in its unit; shares by factor.
    public struct View: Encodable, Sendable {
        public var total: Double
        public var withNothing: Double
        public var withEverything: Double
        public var shares: [String: Share]
        public var givenNewsTotal: Double
        public var givenNews: [String: Share]
        /// Largest first, at most eight.
        public var interactions: [Interaction]
        /// How far the shares are from adding up to the total.
        public var efficiencyError: Double
    }

    public static let outcomes: [ReducedFormOutcome] = [.fallPct, .altsFallPct, .liquidatedUSD]

    public var scenario: String
    public var backEnd = "reduced form"
    /// What of it is used, in words.
    public var basis: String
    public var seeds: Int
    public var coalitions: Int
    /// Wall time.
    public var seconds: Double
    /// By the outcome's name.
    public var outcomes: [String: View]
    /// What each factor's absence means, by factor.
    public var neutral: [String: String]

    /// - Parameters:
    ///   - basis: the scenario and its parameters.
    /// - Throws: `CancellationError` when interrupted.
    public init(_ basis: ReducedFormBasis, _ runs: ReducedFormRuns) throws {
        let base = basis.parameters
        let clock = ContinuousClock.now
        let factors = Factor.allCases
        let results = try runs.results((0..<1 << factors.count).map { base.with($0) }, title: "attribute")
        scenario = basis.scenario
        self.basis = basis.words
        seeds = runs.seeds
        coalitions = 1 << factors.count
        neutral = Dictionary(uniqueKeysWithValues: factors.map { ($0.rawValue, $0.neutral) })
        outcomes = [:]
        for outcome in Self.outcomes {
            outcomes[outcome.rawValue] = Self.view(results.map { $0.map(outcome.value) }, seed: runs.seed)
        }
        seconds = (ContinuousClock.now - clock).seconds
    }

    /// - Parameter values: by coalition, then by seed.
    static func view(_ values: [[Double]], seed: UInt64) -> View {
        let factors = Factor.allCases
        func game(_ chosen: [Int]) -> Shapley {
            Shapley(
                players: factors.count,
                values: values.map { own in chosen.reduce(0) { $0 + own[$1] } / Double(chosen.count) })
        }
        let all = Array(values[0].indices)
        let mean = game(all)
        var draws = RandomStream(seed: seed, name: "bootstrap")
        var samples: [[Double]] = []
        var conditional: [[Double]] = []
        for _ in 0..<400 {
            let resampled = game(all.map { _ in draws.integer(below: all.count) })
            samples.append(resampled.shares)
            conditional.append(resampled.given(0).shares)
        }
        func shares(_ point: [Double], _ samples: [[Double]], _ names: [Factor]) -> [String: Share] {
            Dictionary(
                uniqueKeysWithValues: names.enumerated().map { i, factor in
                    let values = samples.map { $0[i] }
                    return (
                        factor.rawValue,
                        Share(
                            share: point[i], low: all.count > 1 ? quantile(values, 0.05) : nil,
                            high: all.count > 1 ? quantile(values, 0.95) : nil)
                    )
                })
        }
        let given = mean.given(0)
        let dividends = mean.dividends
        let largest = dividends.indices.filter { $0.nonzeroBitCount > 1 }
            .sorted { (-abs(dividends[$0]), $0) < (-abs(dividends[$1]), $1) }.prefix(8)
        return View(
            total: mean.total, withNothing: mean.values[0],
            withEverything: mean.values[mean.values.count - 1],
            shares: shares(mean.shares, samples, factors), givenNewsTotal: given.total,
            givenNews: shares(given.shares, conditional, Array(factors.dropFirst())),
            interactions: largest.map { s in
                Interaction(
                    factors: factors.enumerated().filter { s & (1 << $0.offset) != 0 }.map(
                        \.element.rawValue),
                    dividend: dividends[s])
            },
            efficiencyError: abs(mean.shares.reduce(0, +) - mean.total))
    }
}

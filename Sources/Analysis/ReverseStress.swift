import Primitives
import RealModule
import Recording
import ReducedForm

/// The smallest shock, the smallest loss of depth, and the smallest of both together that breaks a limit, on the reduced
/// form: a limit is broken when more than half of the seeds break it.
public struct ReverseStress: Encodable, Sendable {
    /// A figure and the most it may be.
    public struct Limit: Sendable {
        public var outcome: ReducedFormOutcome
        public var most: Double

        /// - Parameter text: `KEY=NUMBER`.
        /// - Throws: `InputError` for another key, or a number that is not above zero.
        public init(_ text: String) throws {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let names = ReducedFormOutcome.allCases.map(\.rawValue)
            guard parts.count == 2, let outcome = ReducedFormOutcome(rawValue: parts[0]),
                let most = Double(parts[1]), most > 0
            else {
                throw InputError(
                    file: "--limit", found: "`\(text)`",
                    allowed: "KEY=NUMBER with \(names.joined(separator: ", "))",
                    nearest: nearestName(to: parts.first ?? "", among: names))
            }
            self.outcome = outcome
            self.most = most
        }
    }
    public struct Pair: Encodable, Sendable {
        public var shockPct: Double
        public var depthLossPct: Double
    }

    public var scenario: String
    public var backEnd = "reduced form"
    /// What of it is used, in words.
    public var basis: String
    public var limit: String
    public var seeds: Int
    /// At today's depth; nil if no news up to 30 % does it.
    @OrNull public var shockPct: Double?
    /// At the scenario's news; negative if it takes more depth than today's to keep the limit.
    @OrNull public var depthLossPct: Double?
    /// The smallest of both together: the shorter the way, each over its own smallest alone, the smaller.
    @OrNull public var pair: Pair?

    /// - Parameters:
    ///   - basis: the scenario and its parameters.
    ///   - limit: as `Limit` takes it.
    /// - Throws: `InputError` for a limit that is none, `CancellationError` when interrupted.
    public init(
        _ basis: ReducedFormBasis, limit text: String, _ runs: ReducedFormRuns
    ) throws {
        let base = basis.parameters
        let limit = try Limit(text)
        let search = FragilitySearch(runs, base: base)
        func breaks(_ r: ReducedForm.Result) -> Bool { limit.outcome.value(r) > limit.most }
        func shock(_ p: inout ReducedFormParameters, _ x: Double) { p.shock = -Double.log(1 - x / 100) }
        let alone = try search.smallest(from: 0.02, to: 30, growing: true, shock, breaks: breaks)
        let depth = try search.smallest(
            from: 0.01, to: 16, growing: false, { p, x in p = p.scaled(leverage: 1, depth: x) },
            breaks: breaks)
        var best: (way: Double, pair: Pair)?
        for loss in [10.0, 20, 30, 40, 50, 60, 70, 80, 90] {
            let x = try search.smallest(
                from: 0.02, to: 30, growing: true,
                { p, x in
                    p = p.scaled(leverage: 1, depth: 1 - loss / 100)
                    shock(&p, x)
                }, breaks: breaks)
            guard let x, let alone else { continue }
            let way = x / alone + loss / 100
            if way < best?.way ?? .infinity { best = (way, Pair(shockPct: x, depthLossPct: loss)) }
        }
        scenario = basis.scenario
        self.basis = basis.words
        self.limit = text
        seeds = runs.seeds
        shockPct = alone
        depthLossPct = depth.map { 100 * (1 - $0) }
        pair = best?.pair
    }
}

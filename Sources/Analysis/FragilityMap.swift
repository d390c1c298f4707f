import Primitives
import RealModule
import Recording
import ReducedForm

/// Fall against shock and depth, and against leverage and depth, on the reduced form; how far today is from the cliff. Every
/// cell is the median over the seeds.
public struct FragilityMap: Encodable, Sendable {
    public static let shocks = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0]
    public static let depths = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0]
    public static let leverages = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0]

    /// The scenario as it is, medians over the seeds.
    public struct Now: Encodable, Sendable {
        public var fallPct: Double
        /// The fall over the news; 0 without news.
        public var amplification: Double
        public var altsFallPct: Double
        /// By venue group: dollar perpetuals, dollar spot, coin-margined.
        public var altsFallPctByVenueGroup: [Double]
        public var troughMinute: Double
        public var regainedShare: Double
        public var fundDrawUsd: Double
        public var branchingMax: Double
    }
    /// On the rows of the maps at today's depth and leverage; nil where they show no cliff.
    public struct Distance: Encodable, Sendable {
        /// The news whose fall is more than three times itself, per cent.
        @OrNull public var shockPct: Double?
        /// The depth, over today's, at which the scenario's news falls more than three times itself.
        @OrNull public var depth: Double?
    }
    /// Where the rows of today's depth and leverage jump.
    public struct Cliffs: Sendable {
        public var shock: Cliff
        public var depth: Cliff
    }

    public var scenario: String
    public var backEnd = "reduced form"
    /// What of it is used, in words.
    public var basis: String
    public var seeds: Int
    public var shocksPct = Self.shocks
    /// Over today's.
    public var depths = Self.depths
    /// Beyond one, over today's.
    public var leverages = Self.leverages
    /// Rows: depth; columns: shock.
    public var fallPctByDepthAndShock: [[Double]]
    /// Rows: depth; columns: leverage; at the scenario's shock.
    public var fallPctByDepthAndLeverage: [[Double]]
    /// By leverage: the depth at which theory says n = 1, with all makers there and with a tenth.
    public var criticalDepthCalm: [Double]
    public var criticalDepthTenth: [Double]
    public var now: Now
    public var distanceToCliff: Distance
    /// Worlds drawn, those that crash (a fall of three times the news), and how well each indicator tells them apart.
    public var worlds: Int
    public var crashes: Int
    public var indicators: [Indicator.Score]
    /// The scenario's news, per cent.
    public let newsPct: Double
    public let cliffs: Cliffs

    private enum CodingKeys: CodingKey {
        case scenario, backEnd, basis, seeds, shocksPct, depths, leverages, fallPctByDepthAndShock
        case fallPctByDepthAndLeverage, criticalDepthCalm, criticalDepthTenth, now, distanceToCliff, worlds
        case crashes, indicators
    }

    /// - Parameters:
    ///   - basis: the scenario and its parameters.
    ///   - worlds: so many are drawn to score early-warning indicators on; 0 for none.
    /// - Throws: `CancellationError` when interrupted.
    public init(
        _ basis: ReducedFormBasis, _ runs: ReducedFormRuns, worlds: Int = 0
    ) throws {
        let base = basis.parameters
        let falls = try runs.results(Self.settings(base), title: "fragility")
        let medians = falls.map { Self.middle($0) { $0.fallPct[0] } }
        let (m, n, l) = (Self.depths.count, Self.shocks.count, Self.leverages.count)
        let news = Self.percent(base)
        let byShock = (0..<m).map { i in Array(medians[i * n..<(i + 1) * n]) }
        let byLeverage = (0..<m).map { i in Array(medians[m * n + i * l..<m * n + (i + 1) * l]) }
        scenario = basis.scenario
        self.basis = basis.words
        seeds = runs.seeds
        fallPctByDepthAndShock = byShock
        fallPctByDepthAndLeverage = byLeverage
        func critical(_ presence: Double) -> [Double] {
            Self.leverages.map {
                ReducedForm(base.scaled(leverage: $0, depth: 1)).theoreticalBranching(presence: presence)
            }
        }
        criticalDepthCalm = critical(1)
        criticalDepthTenth = critical(0.1)
        newsPct = news
        now = Now(falls[falls.count - 1], newsPct: news)
        let today = Self.leverages.firstIndex(of: 1)!
        cliffs = Cliffs(
            shock: Cliff(
                Self.shocks, falls: byShock[Self.depths.firstIndex(of: 1)!], news: Self.shocks),
            depth: Cliff(
                Self.depths.reversed(), falls: byLeverage.map { $0[today] }.reversed(),
                news: Array(repeating: news, count: m)))
        let (crashes, scores) = try Self.scored(base, runs, worlds)
        distanceToCliff = try Self.distance(cliffs, base, runs)
        self.worlds = worlds
        self.crashes = crashes
        indicators = scores
    }

    /// The cells of both maps, row by row, and the scenario as it is.
    private static func settings(_ base: ReducedFormParameters) -> [ReducedFormParameters] {
        var settings: [ReducedFormParameters] = []
        for depth in depths {
            for shock in shocks {
                var p = base.scaled(leverage: 1, depth: depth)
                p.shock = -Double.log(1 - shock / 100)
                settings.append(p)
            }
        }
        for depth in depths {
            for leverage in leverages { settings.append(base.scaled(leverage: leverage, depth: depth)) }
        }
        return settings + [base]
    }

    fileprivate static func middle(
        _ runs: [ReducedForm.Result], _ f: (ReducedForm.Result) -> Double
    ) -> Double {
        quantile(runs.map(f), 0.5)!
    }

    private static func percent(_ p: ReducedFormParameters) -> Double { 100 * (1 - Double.exp(-p.shock)) }

    private static func isBeyond(_ p: ReducedFormParameters, _ runs: [ReducedForm.Result]) -> Bool {
        Cliff.isBeyond(fall: middle(runs) { $0.fallPct[0] }, news: percent(p))
    }

    /// Between the cells of the map, the place to two figures; the same median as the map's.
    private static func distance(
        _ cliffs: Cliffs, _ base: ReducedFormParameters, _ runs: ReducedFormRuns
    ) throws -> Distance {
        func isBeyond(_ change: (inout ReducedFormParameters) -> Void) throws -> Bool {
            var p = base
            change(&p)
            return Self.isBeyond(p, try runs.results([p], title: "cliff")[0])
        }
        return Distance(
            shockPct: try cliffs.shock.edge { x in try isBeyond { $0.shock = -Double.log(1 - x / 100) } },
            depth: try cliffs.depth.edge { x in try isBeyond { $0 = $0.scaled(leverage: 1, depth: x) } })
    }

    private static func scored(
        _ base: ReducedFormParameters, _ runs: ReducedFormRuns, _ count: Int
    ) throws -> (crashes: Int, scores: [Indicator.Score]) {
        guard count > 0 else { return (0, []) }
        let worlds = base.drawnWorlds(count, seed: runs.seed)
        let crashes = zip(worlds, try runs.results(worlds, title: "indicators")).map(isBeyond)
        return (crashes.count { $0 }, Indicator.scores(worlds, crashes: crashes, seed: runs.seed))
    }
}

extension FragilityMap.Now {
    fileprivate init(_ runs: [ReducedForm.Result], newsPct: Double) {
        func middle(_ f: (ReducedForm.Result) -> Double) -> Double { FragilityMap.middle(runs, f) }
        fallPct = middle { $0.fallPct[0] }
        amplification = newsPct > 0 ? middle { $0.fallPct[0] } / newsPct : 0
        altsFallPct = middle { $0.fallPct[1] }
        altsFallPctByVenueGroup = VenueGroup.allCases.map { v in middle { $0.venueFallPct[1][v.rawValue] } }
        troughMinute = middle(\.troughMinute)
        regainedShare = middle(\.regained)
        fundDrawUsd = middle(\.fundDraw)
        branchingMax = middle(\.branchingMax)
    }
}

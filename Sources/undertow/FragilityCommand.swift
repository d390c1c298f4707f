import ArgumentParser
import Foundation
import Primitives
import RealModule
import Recording
import ReducedForm
import Validation

struct FragilityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fragility",
        abstract: "Fall against shock and depth; the map of leverage and depth; distance to the cliff.",
        discussion:
            "On the reduced form; every cell is the median over seeds. `run --fragility` asks the order book instead."
    )

    @OptionGroup var options: ReducedFormOptions
    @Option(
        parsing: .unconditional,
        help: "Scores early-warning indicators on so many drawn worlds, 20 to 100,000; 0: not.",
        transform: Allowed.whole("--indicators", 0...100_000))
    var indicators: Int = 0

    private static let shocks = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0]
    private static let depths = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0]
    private static let leverages = [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0]
    private struct Output: Encodable {
        var scenario: String
        var backEnd = "reduced form"
        var seeds: Int
        var shocksPct: [Double]
        var depths: [Double]
        var leverages: [Double]
        /// Rows: depth; columns: shock.
        var fallPctByDepthAndShock: [[Double]]
        /// Rows: depth; columns: leverage; at the scenario's shock.
        var fallPctByDepthAndLeverage: [[Double]]
        /// By leverage: the depth at which theory says n = 1, with all makers there and with a tenth.
        var criticalDepthCalm: [Double]
        var criticalDepthTenth: [Double]
        var now: Now
        var distanceToCliff: Distance
        /// Worlds drawn, those that crash (a fall of three times the news), and how well each indicator tells them apart.
        var worlds: Int
        var crashes: Int
        var indicators: [Indicator.Score]
    }
    /// The scenario as it is, medians over the seeds.
    struct Now: Encodable {
        var fallPct: Double
        var amplification: Double
        var altsFallPct: Double
        /// By venue group: dollar perpetuals, dollar spot, coin-margined.
        var altsFallPctByVenueGroup: [Double]
        var troughMinute: Double
        var regainedShare: Double
        var fundDrawUsd: Double
        var branchingMax: Double
    }
    /// On the rows of the maps at today's depth and leverage; nil where they show no cliff.
    struct Distance: Encodable {
        /// The news whose fall is more than three times itself, per cent.
        var shockPct: Double?
        /// The depth, over today's, at which the scenario's news falls more than three times itself.
        var depth: Double?

        enum CodingKeys: String, CodingKey { case shockPct, depth }
        func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: CodingKeys.self)
            try object.encode(shockPct, forKey: .shockPct)
            try object.encode(depth, forKey: .depth)
        }
    }

    func run() throws {
        guard indicators == 0 || (20...100_000).contains(indicators) else {
            throw InputError(
                file: "--indicators", found: "\(indicators)", allowed: "0, or 20 to 100,000 worlds")
        }
        let base = try options.parameters()
        var settings: [ReducedFormParameters] = []
        for depth in Self.depths {
            for shock in Self.shocks {
                var p = base.scaled(leverage: 1, depth: depth)
                p.shock = -Double.log(1 - shock / 100)
                settings.append(p)
            }
        }
        for depth in Self.depths {
            for leverage in Self.leverages { settings.append(base.scaled(leverage: leverage, depth: depth)) }
        }
        settings.append(base)
        let runs = try options.results(settings, title: "fragility")
        func middle(_ runs: [ReducedForm.Result], _ f: (ReducedForm.Result) -> Double) -> Double {
            quantile(runs.map(f), 0.5)!
        }
        let falls = runs.map { middle($0) { $0.fallPct[0] } }
        let own = runs[runs.count - 1]
        let (m, n) = (Self.depths.count, Self.shocks.count)
        let news = 100 * (1 - Double.exp(-base.shock))
        let map = Array(falls[(m * n)..<(m * n + m * Self.leverages.count)])
        let today = Self.depths.firstIndex(of: 1)!
        let byDepth = (0..<m).map { map[$0 * Self.leverages.count + Self.leverages.firstIndex(of: 1)!] }
        let cliffs = (
            shock: Cliff(
                Self.shocks, falls: Array(falls[today * n..<(today + 1) * n]), news: Self.shocks),
            depth: Cliff(
                Self.depths.reversed(), falls: byDepth.reversed(),
                news: Array(repeating: news, count: m))
        )
        let (crashes, scores) = try scored(base)
        let output = Output(
            scenario: options.scenario, seeds: options.seeds, shocksPct: Self.shocks, depths: Self.depths,
            leverages: Self.leverages,
            fallPctByDepthAndShock: (0..<m).map { i in Array(falls[i * n..<(i + 1) * n]) },
            fallPctByDepthAndLeverage: (0..<m).map { i in
                Array(map[i * Self.leverages.count..<(i + 1) * Self.leverages.count])
            },
            criticalDepthCalm: Self.leverages.map {
                ReducedForm(base.scaled(leverage: $0, depth: 1)).theoreticalBranching(presence: 1)
            },
            criticalDepthTenth: Self.leverages.map {
                ReducedForm(base.scaled(leverage: $0, depth: 1)).theoreticalBranching(presence: 0.1)
            },
            now: Now(
                fallPct: middle(own) { $0.fallPct[0] },
                amplification: news > 0 ? middle(own) { $0.fallPct[0] } / news : 0,
                altsFallPct: middle(own) { $0.fallPct[1] },
                altsFallPctByVenueGroup: VenueGroup.allCases.map { v in
                    middle(own) { $0.venueFallPct[1][v.rawValue] }
                },
                troughMinute: middle(own, \.troughMinute), regainedShare: middle(own, \.regained),
                fundDrawUsd: middle(own, \.fundDraw), branchingMax: middle(own, \.branchingMax)),
            distanceToCliff: try distance(cliffs, base), worlds: indicators, crashes: crashes,
            indicators: scores)
        if options.json {
            print(try Recording.json(output, nullable: []))
            return
        }
        show(output, news, cliffs.shock, cliffs.depth)
    }

    /// Between the cells of the map, the place to two figures; the same median as the map's.
    private func distance(
        _ cliffs: (shock: Cliff, depth: Cliff), _ base: ReducedFormParameters
    ) throws -> Distance {
        func isBeyond(_ change: (inout ReducedFormParameters) -> Void) throws -> Bool {
            var p = base
            change(&p)
            let runs = try options.results([p], title: "cliff")[0]
            return Cliff.isBeyond(
                fall: quantile(runs.map { $0.fallPct[0] }, 0.5)!, news: 100 * (1 - Double.exp(-p.shock)))
        }
        return Distance(
            shockPct: try cliffs.shock.edge { x in try isBeyond { $0.shock = -Double.log(1 - x / 100) } },
            depth: try cliffs.depth.edge { x in try isBeyond { $0 = $0.scaled(leverage: 1, depth: x) } })
    }

    private func showIndicators(_ output: Output) {
        guard output.worlds > 0 else { return }
        print(
            "\nIndicators on \(output.worlds) drawn worlds, \(output.crashes) of which crash; AUC with 5-95 % interval"
        )
        guard !output.indicators.isEmpty else {
            print("All worlds end alike: nothing to tell apart.")
            return
        }
        func text(_ x: Double) -> String { String(format: "%.3f", x) }
        print(
            aligned(
                [["indicator", "AUC", "5 %", "95 %", "over open interest", "5 %", "95 %", "shuffled, 95 %"]]
                    + output.indicators.map {
                        [
                            $0.indicator.rawValue, text($0.auc), text($0.aucP5), text($0.aucP95),
                            text($0.leadOverOpenInterest), text($0.leadP5), text($0.leadP95),
                            text($0.shuffledP95),
                        ]
                    }
            ).joined(separator: "\n"))
    }

    private func scored(_ base: ReducedFormParameters) throws -> (crashes: Int, [Indicator.Score]) {
        guard indicators > 0 else { return (0, []) }
        let worlds = base.drawnWorlds(indicators, seed: options.seed)
        let runs = try options.results(worlds, title: "indicators")
        let crashes = zip(worlds, runs).map { world, own in
            Cliff.isBeyond(
                fall: quantile(own.map { $0.fallPct[0] }, 0.5)!, news: 100 * (1 - Double.exp(-world.shock)))
        }
        return (
            crashes.count { $0 }, Indicator.scores(worlds, crashes: crashes, seed: options.seed)
        )
    }

    private func show(_ output: Output, _ news: Double, _ shock: Cliff, _ depth: Cliff) {
        func text(_ x: Double) -> String { String(format: "%.1f", x) }
        print(
            "Fall of Bitcoin in per cent, median of \(output.seeds) seeds: depth (times today's) against the news"
        )
        var lines = [["depth"] + Self.shocks.map { "\(text($0)) %" }]
        for (depth, row) in zip(Self.depths, output.fallPctByDepthAndShock) {
            lines.append([String(format: "%.2f", depth)] + row.map(text))
        }
        print(aligned(lines).joined(separator: "\n"))
        print(
            "\nDepth against leverage (times today's), at news of \(text(news)) %; * where theory has n > 1 with all makers there"
        )
        lines = [["depth"] + Self.leverages.map { "\(String(format: "%.2f", $0))×" }]
        for (depth, row) in zip(Self.depths, output.fallPctByDepthAndLeverage) {
            lines.append(
                [String(format: "%.2f", depth)]
                    + zip(row, output.criticalDepthCalm).map { text($0) + ($1 > depth ? " *" : "") })
        }
        print(aligned(lines).joined(separator: "\n"))
        showIndicators(output)
        print("\nn = 1 by theory, depth over today's:")
        print(
            aligned([
                ["leverage"] + Self.leverages.map { String(format: "%.2f", $0) },
                ["all makers there"] + output.criticalDepthCalm.map { String(format: "%.3f", $0) },
                ["a tenth of them"] + output.criticalDepthTenth.map { String(format: "%.3f", $0) },
            ]).joined(separator: "\n"))
        let now = output.now
        print(
            "\nNow: Bitcoin \(text(now.fallPct)) %, amplification \(text(now.amplification)), lowest \(text(now.troughMinute)) minutes after the news, \(text(100 * now.regainedShare)) % regained in three hours; alts \(text(now.altsFallPct)) % (\(now.altsFallPctByVenueGroup.map(text).joined(separator: ", ")) on dollar perpetuals, spot, coin-margined); branching ratio at most \(text(now.branchingMax))"
        )
        let d = output.distanceToCliff
        print(
            "The cliff (a fall of more than three times the news), on the rows of today's depth and leverage: "
                + Self.words(
                    shock, at: d.shockPct, "news of", "%",
                    none: "no news up to \(text(Self.shocks.last!)) %")
                + "; "
                + Self.words(
                    depth, at: d.depth, "a depth of", "times today's",
                    none: news > 0
                        ? "no depth down to \(Self.depths[0]) times today's" : "no news, so none by depth"))
    }

    private static func words(_ cliff: Cliff, at edge: Double?, _ what: String, _ unit: String, none: String)
        -> String
    {
        func text(_ x: Double) -> String { String(format: "%.2f", x) }
        switch cliff {
        case .none: return "no cliff (\(none))"
        case .before(let first): return "before the map begins, at \(what) \(text(first)) \(unit)"
        case .between(let safe, let beyond):
            return
                "\(what) \(text(edge ?? beyond)) \(unit) (the map: between \(text(safe)) and \(text(beyond)))"
        }
    }
}

import ArgumentParser
import Foundation
import Primitives
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
    /// A fall of three times the news is the market's own doing.
    private static let cliff = 3.0

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
    struct Distance: Encodable {
        /// The smallest shock whose fall is three times itself, per cent; nil if none up to 20 %.
        var shockPct: Double?
        /// The depth, over today's, at which the scenario's shock falls three times itself; nil if none.
        var depth: Double?
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
                p.shock = -log(1 - shock / 100)
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
        let news = 100 * (1 - exp(-base.shock))
        let map = Array(falls[(m * n)..<(m * n + m * Self.leverages.count)])
        let search = FragilitySearch(options: options, base: base)
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
            distanceToCliff: Distance(
                shockPct: try search.smallest(from: 0.05, to: 20, growing: true) { p, x in
                    p.shock = -log(1 - x / 100)
                } breaks: { p, r in
                    r.fallPct[0] > Self.cliff * 100 * (1 - exp(-p.shock))
                },
                depth: try search.smallest(from: 0.05, to: 8, growing: false) { p, x in
                    p = p.scaled(leverage: 1, depth: x)
                } breaks: { p, r in
                    r.fallPct[0] > Self.cliff * 100 * (1 - exp(-p.shock))
                }), worlds: indicators, crashes: crashes, indicators: scores)
        if options.json {
            print(try Recording.json(output, nullable: []))
            return
        }
        show(output, news)
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
            quantile(own.map { $0.fallPct[0] }, 0.5)! > Self.cliff * 100 * (1 - exp(-world.shock))
        }
        return (
            crashes.count { $0 }, Indicator.scores(worlds, crashes: crashes, seed: options.seed)
        )
    }

    private func show(_ output: Output, _ news: Double) {
        func text(_ x: Double) -> String { String(format: "%.1f", x) }
        print(
            "Fall of Bitcoin in per cent, median of \(output.seeds) seeds: depth (times today's) against the news"
        )
        var lines = [["depth"] + Self.shocks.map { "\(text($0)) %" }]
        for (depth, row) in zip(Self.depths, output.fallPctByDepthAndShock) {
            lines.append([text(depth * 1)] + row.map(text))
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
            "The cliff (a fall of three times the news): news of \(d.shockPct.map { String(format: "%.2f %%", $0) } ?? "none up to 20 %"), or depth of \(d.depth.map { String(format: "%.2f", $0) } ?? "none") times today's at this news"
        )
    }
}

/// The smallest change of one thing after which more than half of the seeds break a limit.
struct FragilitySearch {
    let options: ReducedFormOptions
    let base: ReducedFormParameters

    /// A scan in equal ratios, then halving: the answer may be one of several edges, the first met is given.
    ///
    /// - Parameter growing: whether a larger number is the larger change; otherwise the scan goes down.
    func smallest(
        from low: Double, to high: Double, growing: Bool,
        _ change: (inout ReducedFormParameters, Double) -> Void,
        breaks: @escaping (ReducedFormParameters, ReducedForm.Result) -> Bool
    ) throws -> Double? {
        let count = 16
        let grid = (0...count).map {
            low * pow(high / low, Double(growing ? $0 : count - $0) / Double(count))
        }
        func settings(_ x: Double) -> ReducedFormParameters {
            var p = base
            change(&p, x)
            return p
        }
        func isBroken(_ x: [Double]) throws -> [Bool] {
            let all = x.map(settings)
            return zip(all, try options.results(all, title: "search")).map { p, runs in
                2 * runs.filter { breaks(p, $0) }.count > runs.count
            }
        }
        let first = try isBroken(grid).firstIndex(of: true)
        guard let first else { return nil }
        if first == 0 { return grid[0] }
        var (safe, broken) = (grid[first - 1], grid[first])
        for _ in 0..<7 {
            let middle = (safe * broken).squareRoot()
            if try isBroken([middle])[0] { broken = middle } else { safe = middle }
        }
        return broken
    }
}

import Analysis
import ArgumentParser
import Foundation
import Recording
import ReducedForm
import Validation

struct FragilityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fragility",
        abstract: "Fall against shock and depth; the map of leverage and depth; distance to the cliff.",
        discussion:
            "On the reduced form; every cell is the median over seeds. `run --fragility` asks the order book instead."
            + HelpExamples.text("fragility october-2025 --json"))

    @OptionGroup var options: ReducedFormOptions
    @Option(
        parsing: .unconditional,
        help: "Scores early-warning indicators on so many drawn worlds, 20 to 100,000; 0: not.",
        transform: Allowed.whole("--indicators", 0...100_000))
    var indicators: Int = 0

    func run() throws {
        let map = try FragilityMap(
            options.basis(), options.runs(), worlds: indicators)
        if options.json {
            print(try Recording.json(map))
        } else {
            show(map)
        }
    }

    private func showIndicators(_ output: FragilityMap) {
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

    private func show(_ output: FragilityMap) {
        func text(_ x: Double) -> String { String(format: "%.1f", x) }
        print(output.basis)
        print(
            "Fall of Bitcoin in per cent, median of \(output.seeds) seeds: depth (times today's) against the news"
        )
        var lines = [["depth"] + FragilityMap.shocks.map { "\(text($0)) %" }]
        for (depth, row) in zip(FragilityMap.depths, output.fallPctByDepthAndShock) {
            lines.append([String(format: "%.2f", depth)] + row.map(text))
        }
        print(aligned(lines).joined(separator: "\n"))
        print(
            "\nDepth against leverage (times today's), at news of \(text(output.newsPct)) %; * where theory has n > 1 with all makers there"
        )
        lines = [["depth"] + FragilityMap.leverages.map { "\(String(format: "%.2f", $0))×" }]
        for (depth, row) in zip(FragilityMap.depths, output.fallPctByDepthAndLeverage) {
            lines.append(
                [String(format: "%.2f", depth)]
                    + zip(row, output.criticalDepthCalm).map { text($0) + ($1 > depth ? " *" : "") })
        }
        print(aligned(lines).joined(separator: "\n"))
        showIndicators(output)
        print("\nn = 1 by theory, depth over today's:")
        print(
            aligned([
                ["leverage"] + FragilityMap.leverages.map { String(format: "%.2f", $0) },
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
                    output.cliffs.shock, at: d.shockPct, "news of", "%",
                    none: "no news up to \(text(FragilityMap.shocks.last!)) %")
                + "; "
                + Self.words(
                    output.cliffs.depth, at: d.depth, "a depth of", "times today's",
                    none: output.newsPct > 0
                        ? "no depth down to \(FragilityMap.depths[0]) times today's"
                        : "no news, so none by depth"))
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

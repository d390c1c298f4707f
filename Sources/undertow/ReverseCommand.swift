import ArgumentParser
import Foundation
import Primitives
import RealModule
import Recording
import ReducedForm

struct ReverseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse", abstract: "The smallest shock, loss of depth, or both that breaks a limit.",
        discussion: "On the reduced form: a limit is broken when more than half of the seeds break it.")

    @OptionGroup var options: ReducedFormOptions
    @Option(help: "KEY=NUMBER with fall_pct, alts_fall_pct, liquidated_usd or deleveraged_usd.") var limit:
        String

    private struct Output: Encodable {
        struct Pair: Encodable {
            var shockPct: Double
            var depthLossPct: Double
        }
        var scenario: String
        var backEnd = "reduced form"
        var limit: String
        var seeds: Int
        /// At today's depth; nil if no news up to 30 % does it.
        var shockPct: Double?
        /// At the scenario's news; negative if it takes more depth than today's to keep the limit.
        var depthLossPct: Double?
        /// The smallest of both together: the shorter the way, each over its own smallest alone, the smaller.
        var pair: Pair?
    }

    func run() throws {
        let parts = limit.split(separator: "=", maxSplits: 1).map(String.init)
        let names = ReducedFormOutcome.allCases.map(\.rawValue)
        guard parts.count == 2, let outcome = ReducedFormOutcome(rawValue: parts[0]),
            let most = Double(parts[1]),
            most > 0
        else {
            throw InputError(
                file: "--limit", found: "`\(limit)`",
                allowed: "KEY=NUMBER with \(names.joined(separator: ", "))",
                nearest: nearestName(to: parts.first ?? "", among: names))
        }
        let base = try options.parameters()
        let search = FragilitySearch(options: options, base: base)
        let breaks: (ReducedFormParameters, ReducedForm.Result) -> Bool = { _, r in outcome.value(r) > most }
        func shock(_ p: inout ReducedFormParameters, _ x: Double) { p.shock = -Double.log(1 - x / 100) }
        let alone = try search.smallest(from: 0.02, to: 30, growing: true, shock, breaks: breaks)
        let depth = try search.smallest(
            from: 0.01, to: 16, growing: false, { p, x in p = p.scaled(leverage: 1, depth: x) },
            breaks: breaks)
        var best: (way: Double, pair: Output.Pair)?
        for loss in [10.0, 20, 30, 40, 50, 60, 70, 80, 90] {
            let x = try search.smallest(
                from: 0.02, to: 30, growing: true,
                { p, x in
                    p = p.scaled(leverage: 1, depth: 1 - loss / 100)
                    shock(&p, x)
                }, breaks: breaks)
            guard let x, let alone else { continue }
            let way = x / alone + loss / 100
            if way < best?.way ?? .infinity { best = (way, .init(shockPct: x, depthLossPct: loss)) }
        }
        let output = Output(
            scenario: options.scenario, limit: limit, seeds: options.seeds, shockPct: alone,
            depthLossPct: depth.map { 100 * (1 - $0) }, pair: best?.pair)
        if options.json {
            print(try Recording.json(output, nullable: ["shock_pct", "depth_loss_pct", "pair"]))
            return
        }
        func text(_ x: Double?, _ unit: String) -> String {
            x.map { String(format: "%.2f %@", $0, unit) } ?? "none"
        }
        print("Smallest news that breaks \(limit), at today's depth: \(text(output.shockPct, "%"))")
        if let loss = output.depthLossPct, loss < 0 {
            print(
                "At the scenario's news it is broken already; keeping it takes \(String(format: "%.2f", 1 - loss / 100)) times today's depth"
            )
        } else {
            print("Smallest loss of depth, at the scenario's news: \(text(output.depthLossPct, "%"))")
        }
        if let pair = output.pair {
            print(
                "Smallest of both together: news of \(text(pair.shockPct, "%")) with \(text(pair.depthLossPct, "%")) of depth gone"
            )
        }
    }
}

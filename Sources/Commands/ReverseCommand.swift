import Analysis
import ArgumentParser
import Foundation
import Recording

struct ReverseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reverse", abstract: "The smallest shock, loss of depth, or both that breaks a limit.",
        discussion: "On the reduced form: a limit is broken when more than half of the seeds break it."
            + HelpExamples.text("reverse october-2025 --limit fall_pct=20"))

    @OptionGroup var options: ReducedFormOptions
    @Option(help: "KEY=NUMBER with fall_pct, alts_fall_pct, liquidated_usd or deleveraged_usd.") var limit:
        String

    func run() throws {
        let output = try ReverseStress(
            options.basis(), limit: limit, options.runs())
        if options.json {
            print(try Recording.json(output))
            return
        }
        func text(_ x: Double?, _ unit: String) -> String {
            x.map { String(format: "%.2f %@", $0, unit) } ?? "none"
        }
        print(output.basis)
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

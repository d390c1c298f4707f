import Anatomy
import ArgumentParser
import Foundation
import Primitives
import RealModule
import Recording
import Validation

struct CascadeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cascade",
        abstract: "The one mechanism: a shock, the forced sales it triggers, and theirs.",
        discussion:
            "Drawdowns are logarithms, ln(p0 / p). The smallest x with x = shock + impact(notional triggered up to x)."
            + HelpExamples.text("cascade --triggers triggers.csv --impact linear:1e11 --shock 0.02"))

    @Option(help: "A table with the columns drawdown_from,drawdown_to,notional_per_log (US dollars).")
    var triggers: String
    @Option(help: "linear:DEPTH (dollars per unit log price) or sqrt:Y,SIGMA,V[,CHILD].") var impact: String
    @Option(help: "One shock or several, as logarithms: 0.02,0.05.") var shock: String
    @Flag(help: "One JSON object on standard output.") var json = false

    private struct Output: Encodable { var results: [Row] }
    /// An infinite branching ratio is null.
    private struct Row: Encodable {
        var shock: Double
        var drawdown: Double
        var amplification: Double
        @OrNull var branchingAtZero: Double?
        @OrNull var branchingMax: Double?
        var runaway: Bool
        var soldUsd: Double
        var fallPct: Double

        init(_ r: CascadeMap.Result) {
            shock = r.shock
            drawdown = r.drawdown
            amplification = r.amplification
            branchingAtZero = r.branchingAtZero.isFinite ? r.branchingAtZero : nil
            branchingMax = r.branchingMax.isFinite ? r.branchingMax : nil
            runaway = r.runaway
            soldUsd = r.sold
            fallPct = 100 * (1 - Double.exp(-r.drawdown))
        }
    }

    func run() throws {
        let shocks = try shock.split(separator: ",", omittingEmptySubsequences: false).map { text in
            guard let value = Double(text.trimmingCharacters(in: .whitespaces)), value > 0, value.isFinite
            else {
                throw InputError(
                    file: "--shock", found: "`\(text)`", allowed: "positive numbers, as 0.02,0.05")
            }
            return value
        }
        let map = CascadeMap(try TriggerDensity.read(triggers), try ImpactLaw(impact))
        let results = shocks.map { map.solve(shock: $0) }
        if json {
            print(try Recording.json(Output(results: results.map(Row.init))))
            return
        }
        func text(_ x: Double, _ digits: Int) -> String {
            x.isFinite ? String(format: "%.\(digits)f", x) : "infinite"
        }
        var lines = [["shock", "drawdown", "fall %", "amplification", "n(0)", "n max", "sold USD", ""]]
        for r in results {
            lines.append([
                text(r.shock, 6), text(r.drawdown, 6), text(100 * (1 - Double.exp(-r.drawdown)), 2),
                text(r.amplification, 4),
                text(r.branchingAtZero, 4), text(r.branchingMax, 4), text(r.sold, 0),
                r.runaway ? "runaway: every trigger went" : "",
            ])
        }
        print(aligned(lines).joined(separator: "\n"))
        if results.contains(where: { $0.branchingAtZero.isInfinite }) {
            print(
                "A bare square root makes infinitesimal sales move the price: n(0) is infinite. CHILD, dollars of a child"
            )
            print("order, makes the law linear below it.")
        }
    }
}

import Anatomy
import ArgumentParser
import Foundation
import Recording
import Validation

struct AdlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adl", abstract: "One deleveraging event under every allocation rule.",
        discussion: "Who pays what of a budget out of the winners' profits; never their principal."
            + HelpExamples.text("adl event.csv --budget 40e6"))

    @Argument(help: "A table with the columns account,pnl_usd,effective_leverage,cap,score.") var event:
        String
    @Option(
        parsing: .unconditional, help: "Dollars to be taken.",
        transform: Allowed.number("--budget", 0...Double.greatestFiniteMagnitude, "dollars, zero or more"))
    var budget: Double
    @Option(
        parsing: .unconditional, help: "Dollars in a unit of the integer rules.",
        transform: Allowed.number(
            "--unit", Double.leastNonzeroMagnitude...Double.greatestFiniteMagnitude, "dollars, above zero"))
    var unit: Double = 1
    @Flag(help: "One JSON object on standard output.") var json = false

    func run() throws {
        let event = try DeleveragingEvent.read(self.event)
        let comparison = try AllocationComparison(event, budget: budget, unit: unit)
        if json {
            print(try Recording.json(comparison))
            return
        }
        print(
            "budget \(dollars(budget)) of profits of \(dollars(event.capacity)); left to others \(dollars(comparison.residualUsd))"
        )
        var lines = [
            ["rule", "untaken", "largest haircut", "top 1 % pay"] + event.winners.prefix(8).map(\.account)
        ]
        let rules = AllocationRules.all(unit: unit)
        for rule in rules {
            let amounts = comparison.allocations[rule.name]!
            lines.append(
                [
                    rule.name, dollars(comparison.untakenUsd[rule.name]!),
                    String(format: "%.4f", comparison.largestHaircut[rule.name]!),
                    String(format: "%.4f", comparison.top1PctShare[rule.name]!),
                ] + event.winners.prefix(8).map { dollars(amounts[$0.account]!) })
        }
        print(aligned(lines).joined(separator: "\n"))
        if event.winners.count > 8 {
            print("The first 8 of \(event.winners.count) accounts; all with --json.")
        }
        for rule in rules { print("\(rule.name): \(rule.summary)") }
    }

    private func dollars(_ x: Double) -> String { fixed(x, 5) }
}

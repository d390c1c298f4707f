import Anatomy
import ArgumentParser
import Foundation
import Primitives
import Recording
import Validation

struct AdlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adl", abstract: "One deleveraging event under every allocation rule.",
        discussion: "Who pays what of a budget out of the winners' profits; never their principal.")

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

    private struct Output: Encodable {
        var budgetUsd: Double
        var capacityUsd: Double
        /// What no rule could take: the budget beyond the capacity.
        var residualUsd: Double
        var allocations: [String: [String: Double]]
        var untakenUsd: [String: Double]
        var top1PctShare: [String: Double]
        var largestHaircut: [String: Double]
    }

    func run() throws {
        let event = try DeleveragingEvent.read(self.event)
        // Beyond 2^53 a float no longer counts by ones.
        guard event.capacity / unit <= 0x1p53 else {
            throw InputError(
                file: "adl", key: "--unit", found: "\(unit)",
                allowed: "at least \(event.capacity / 0x1p53) for profits of \(event.capacity) USD")
        }
        let taken = min(budget, event.capacity)
        var output = Output(
            budgetUsd: budget, capacityUsd: event.capacity, residualUsd: budget - taken, allocations: [:],
            untakenUsd: [:],
            top1PctShare: [:], largestHaircut: [:])
        let rules = AllocationRules.all(unit: unit)
        var columns: [[Double]] = []
        for rule in rules {
            let amounts = rule.allocate(taken, event)
            columns.append(amounts)
            output.allocations[rule.name] = Dictionary(
                uniqueKeysWithValues: zip(event.winners.map(\.account), amounts))
            output.untakenUsd[rule.name] = taken - amounts.reduce(0, +)
            output.top1PctShare[rule.name] = AllocationRules.topShare(amounts)
            output.largestHaircut[rule.name] = AllocationRules.largestHaircut(amounts, event)
        }
        if json {
            print(try Recording.json(output, nullable: []))
            return
        }
        print(
            "budget \(dollars(budget)) of profits of \(dollars(event.capacity)); left to others \(dollars(budget - taken))"
        )
        var lines = [
            ["rule", "untaken", "largest haircut", "top 1 % pay"] + event.winners.prefix(8).map(\.account)
        ]
        for (rule, amounts) in zip(rules, columns) {
            lines.append(
                [
                    rule.name, dollars(output.untakenUsd[rule.name]!),
                    String(format: "%.4f", output.largestHaircut[rule.name]!),
                    String(format: "%.4f", output.top1PctShare[rule.name]!),
                ] + amounts.prefix(8).map(dollars))
        }
        print(aligned(lines).joined(separator: "\n"))
        if event.winners.count > 8 {
            print("The first 8 of \(event.winners.count) accounts; all with --json.")
        }
        for rule in rules { print("\(rule.name): \(rule.summary)") }
    }

    private func dollars(_ x: Double) -> String { String(format: "%.5f", x) }
}

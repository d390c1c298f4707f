import Analysis
import ArgumentParser
import Foundation
import Recording
import ReducedForm
import Validation

struct AttributeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attribute", abstract: "Shapley shares of the causes, with interactions and intervals.",
        discussion: """
            Every coalition of eight factors (256) is run on the reduced form with the same seeds; a factor that is out is at its
            neutral setting. Intervals are 5-95 % of a bootstrap over seeds.
            """ + HelpExamples.text("attribute october-2025 --seeds 20 --json"))

    @OptionGroup var options: ReducedFormOptions

    func run() throws {
        let output = try Attribution(
            options.basis(), options.runs())
        if options.json {
            print(try Recording.json(output))
        } else {
            show(output)
        }
    }

    private func show(_ output: Attribution) {
        print(output.basis)
        print(
            "\(output.scenario) on the reduced form: \(output.coalitions) coalitions of eight factors, \(output.seeds) seeds, \(String(format: "%.0f", output.seconds)) s"
        )
        for outcome in Attribution.outcomes {
            let view = output.outcomes[outcome.rawValue]!
            let isDollars = outcome.rawValue.hasSuffix("usd")
            let unit = DollarUnit(max(abs(view.withNothing), abs(view.withEverything)))
            func text(_ x: Double) -> String { fixed(isDollars ? x / unit.dollars : x, 2) }
            func interval(_ share: Attribution.Share) -> String {
                guard let low = share.low, let high = share.high else { return "one seed" }
                return "\(text(low)) to \(text(high))"
            }
            print(
                "\n\(outcome.rawValue)\(isDollars ? ", \(unit.name)" : ""): \(text(view.withNothing)) with nothing, \(text(view.withEverything)) with everything"
            )
            var lines = [["factor", "share", "5-95 %", "given the news", "5-95 %", ""]]
            for factor in Factor.allCases {
                let share = view.shares[factor.rawValue]!
                let given = view.givenNews[factor.rawValue]
                lines.append([
                    factor.rawValue, text(share.share), interval(share),
                    given.map { text($0.share) } ?? "",
                    given.map(interval) ?? "",
                    factor.title,
                ])
            }
            lines.append(["sum", text(view.total), "", text(view.givenNewsTotal), "", ""])
            print(aligned(lines).joined(separator: "\n"))
            print("What sets add beyond their parts:")
            for item in view.interactions.prefix(4) {
                print("  \(text(item.dividend))  \(item.factors.joined(separator: " × "))")
            }
        }
        print("\nNeutral settings:")
        for factor in Factor.allCases { print("  \(factor.rawValue): \(factor.neutral)") }
    }
}

import Anatomy
import ArgumentParser
import Foundation
import Primitives
import Recording
import ReducedForm
import Validation

struct AttributeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attribute", abstract: "Shapley shares of the causes, with interactions and intervals.",
        discussion: """
            Every coalition of eight factors (256) is run on the reduced form with the same seeds; a factor that is out is at its
            neutral setting. Intervals are 5-95 % of a bootstrap over seeds.
            """)

    @OptionGroup var options: ReducedFormOptions

    private static let outcomes: [ReducedFormOutcome] = [.fallPct, .altsFallPct, .liquidatedUSD]

    struct Share: Encodable {
        var share: Double
        /// Nil of one seed, which has no interval.
        var low: Double?
        var high: Double?

        enum CodingKeys: CodingKey { case share, low, high }
        func encode(to encoder: any Encoder) throws {
            var keys = encoder.container(keyedBy: CodingKeys.self)
            try keys.encode(share, forKey: .share)
            try keys.encode(low, forKey: .low)
            try keys.encode(high, forKey: .high)
        }
    }
    struct Interaction: Encodable {
        var factors: [String]
        var dividend: Double
    }
    struct View: Encodable {
        var total: Double
        var withNothing: Double
        var withEverything: Double
        var shares: [String: Share]
        var givenNewsTotal: Double
        var givenNews: [String: Share]
        var interactions: [Interaction]
        var efficiencyError: Double
    }
    struct Output: Encodable {
        var scenario: String
        var backEnd = "reduced form"
        var seeds: Int
        var coalitions: Int
        var seconds: Double
        var outcomes: [String: View]
        var neutral: [String: String]
    }

    func run() throws {
        let clock = ContinuousClock.now
        let base = try options.parameters()
        let factors = Factor.allCases
        let results = try options.results((0..<1 << factors.count).map { base.with($0) }, title: "attribute")
        var output = Output(
            scenario: options.scenario, seeds: options.seeds, coalitions: 1 << factors.count, seconds: 0,
            outcomes: [:],
            neutral: Dictionary(uniqueKeysWithValues: factors.map { ($0.rawValue, $0.neutral) }))
        for outcome in Self.outcomes {
            output.outcomes[outcome.rawValue] = view(results.map { $0.map(outcome.value) })
        }
        output.seconds = (ContinuousClock.now - clock).seconds
        if options.json {
            print(try Recording.json(output, nullable: []))
        } else {
            show(output)
        }
    }

    /// - Parameter values: by coalition, then by seed.
    private func view(_ values: [[Double]]) -> View {
        let factors = Factor.allCases
        func game(_ chosen: [Int]) -> Shapley {
            Shapley(
                players: factors.count,
                values: values.map { own in chosen.reduce(0) { $0 + own[$1] } / Double(chosen.count) })
        }
        let all = Array(0..<options.seeds)
        let mean = game(all)
        var draws = RandomStream(seed: options.seed, name: "bootstrap")
        var samples: [[Double]] = []
        var conditional: [[Double]] = []
        for _ in 0..<400 {
            let resampled = game(all.map { _ in draws.integer(below: all.count) })
            samples.append(resampled.shares)
            conditional.append(resampled.given(0).shares)
        }
        func shares(_ point: [Double], _ samples: [[Double]], _ names: [Factor]) -> [String: Share] {
            Dictionary(
                uniqueKeysWithValues: names.enumerated().map { i, factor in
                    let values = samples.map { $0[i] }
                    return (
                        factor.rawValue,
                        Share(
                            share: point[i], low: all.count > 1 ? quantile(values, 0.05) : nil,
                            high: all.count > 1 ? quantile(values, 0.95) : nil)
                    )
                })
        }
        let given = mean.given(0)
        let dividends = mean.dividends
        let largest = dividends.indices.filter { $0.nonzeroBitCount > 1 }
            .sorted { (-abs(dividends[$0]), $0) < (-abs(dividends[$1]), $1) }.prefix(8)
        return View(
            total: mean.total, withNothing: mean.values[0],
            withEverything: mean.values[mean.values.count - 1],
            shares: shares(mean.shares, samples, factors), givenNewsTotal: given.total,
            givenNews: shares(given.shares, conditional, Array(factors.dropFirst())),
            interactions: largest.map { s in
                Interaction(
                    factors: factors.enumerated().filter { s & (1 << $0.offset) != 0 }.map(
                        \.element.rawValue),
                    dividend: dividends[s])
            },
            efficiencyError: abs(mean.shares.reduce(0, +) - mean.total))
    }

    private func show(_ output: Output) {
        print(
            "\(output.scenario) on the reduced form: \(output.coalitions) coalitions of eight factors, \(output.seeds) seeds, \(String(format: "%.0f", output.seconds)) s"
        )
        for outcome in Self.outcomes {
            let view = output.outcomes[outcome.rawValue]!
            let unit = outcome.rawValue.hasSuffix("usd") ? 1e9 : 1
            func text(_ x: Double) -> String { String(format: "%.2f", x / unit) }
            func interval(_ share: Share) -> String {
                guard let low = share.low, let high = share.high else { return "one seed" }
                return "\(text(low)) to \(text(high))"
            }
            print(
                "\n\(outcome.rawValue)\(unit > 1 ? ", bn" : ""): \(text(view.withNothing)) with nothing, \(text(view.withEverything)) with everything"
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

import Lending
import Primitives
import Rules
import Venues

/// What became of one example.
public struct ExampleResult: Sendable {
    public enum Status: String, Sendable { case passed, failed, unsupported }
    public var example: Example
    public var status: Status
    /// What the code gives for the expected keys.
    public var got: [String: ExampleValue] = [:]
    /// Why it is unsupported.
    public var reason: String?
}

/// Drives worked examples through the code that a run uses.
public enum ExampleChecker {
    public static func check(_ example: Example) -> ExampleResult {
        var inputs = ExampleInputs(example.inputs)
        do {
            let all = try evaluate(example, &inputs)
            if let field = inputs.unread.first { throw Unsupported("input `\(field)`") }
            var result = ExampleResult(example: example, status: .passed)
            for key in example.expected.keys.sorted() {
                guard let got = all[key] else { throw Unsupported("expected `\(key)`") }
                result.got[key] = got
                if !example.expected[key]!.isMet(by: got, tolerance: example.tolerance) {
                    result.status = .failed
                }
            }
            if example.expected.isEmpty { throw Unsupported("nothing is expected") }
            return result
        } catch let unsupported as Unsupported {
            return ExampleResult(example: example, status: .unsupported, reason: unsupported.reason)
        } catch {
            return ExampleResult(example: example, status: .unsupported, reason: "\(error)")
        }
    }

    private static func evaluate(
        _ example: Example, _ inputs: inout ExampleInputs
    ) throws -> [String: ExampleValue] {
        let topic = example.topic
        let rules = RulebookOfExample(venue: example.venue, revision: example.revision)
        switch example.venue {
        case "binance_usdm", "binance_coinm": return try BinanceExamples.evaluate(topic, &inputs, rules)
        case "bybit_linear": return try BybitExamples.evaluate(topic, &inputs, rules)
        case "bybit_inverse": return try BybitInverseExamples.evaluate(topic, &inputs, rules)
        case "okx_swap": return try OKXExamples.evaluate(topic, &inputs, rules)
        case "hyperliquid": return try HyperliquidExamples.evaluate(topic, &inputs, rules)
        case "dydx_v4": return try DydxExamples.evaluate(topic, &inputs, rules)
        case "deribit": return try DeribitExamples.evaluate(topic, &inputs, rules)
        case "aave_v3": return try AaveExamples.evaluate(topic, &inputs, rules)
        case "compound_v3": return try CompoundExamples.comet(topic, &inputs)
        case "compound_v2": return try CompoundExamples.v2(topic, &inputs)
        case "maker_liq2": return try MakerExamples.evaluate(topic, &inputs)
        case "morpho_blue": return try MorphoExamples.evaluate(topic, &inputs)
        default: throw Unsupported("venue `\(example.venue)`")
        }
    }

    static func unknown(_ topic: String) -> Unsupported { Unsupported("topic `\(topic)`") }
}

/// The rulebook an example is about, on the day its revision names.
struct RulebookOfExample {
    let venue: String
    let revision: String

    private static let names = [
        "binance_usdm": "binance", "binance_coinm": "binance-coinm", "bybit_linear": "bybit",
        "bybit_inverse": "bybit-inverse", "okx_swap": "okx", "dydx_v4": "dydx", "aave_v3": "aave-v3",
    ]

    /// The name of the venue's rulebook.
    var name: String { Self.names[venue] ?? venue }

    func day(_ revision: String? = nil) throws -> String {
        let revision = revision ?? self.revision
        if revision.isEmpty { return Rulebook.defaultDay }
        let file =
            try LendingRulebooks.names.contains(name) ? LendingRulebooks.file(name) : Rulebook.file(name)
        guard let day = file.day(ofRevision: revision) else {
            throw Unsupported("revision `\(revision)`")
        }
        return day
    }

    /// - Parameter settings: figures of the example in place of the rulebook's.
    func rulebook(
        _ settings: [String: String] = [:], asset: String = "BTC", on day: String? = nil
    ) throws -> Rulebook {
        try .named(
            name, assets: [asset], on: try day ?? self.day(),
            overrides: settings.keys.sorted().map { (key: $0, text: settings[$0]!) })
    }

    /// The funding rule with figures of the example.
    func funding(_ settings: [String: String]) throws -> FundingRule {
        guard let rule = try rulebook(settings).funding else { throw Unsupported("no funding rule") }
        return rule
    }
}

extension Double {
    /// As a rulebook file would have it.
    var setting: String { self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)" }
}

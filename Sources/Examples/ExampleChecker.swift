/// What became of one example.
public struct ExampleResult: Sendable {
    public enum Status: String, Sendable {
        case passed, failed
        /// The code has no rule for something in it.
        case unsupported
        /// A figure of it is out of the range that its rule can take, so that nothing could be worked out.
        case error
    }
    public var example: Example
    public var status: Status
    /// What the code gives for the expected keys.
    public var got: [String: ExampleValue] = [:]
    /// Why it is unsupported or in error.
    public var reason: String?
}

/// Drives worked examples through the code that a run uses.
public enum ExampleChecker {
    /// What is known, by venue.
    public static let topics: [String: [String]] = [
        "binance_usdm": BinanceExamples.topics, "binance_coinm": BinanceExamples.topics,
        "bybit_linear": BybitExamples.topics, "bybit_inverse": BybitInverseExamples.topics,
        "okx_swap": OKXExamples.topics, "hyperliquid": HyperliquidExamples.topics,
        "dydx_v4": DydxExamples.topics, "deribit": DeribitExamples.topics, "aave_v3": AaveExamples.topics,
        "compound_v3": CompoundExamples.topicsV3, "compound_v2": CompoundExamples.topicsV2,
        "maker_liq2": MakerExamples.topics, "morpho_blue": MorphoExamples.topics,
    ]

    public static func check(_ example: Example) -> ExampleResult {
        var inputs = ExampleInputs(example.inputs)
        do {
            let all = try evaluate(example, &inputs)
            try inputs.finish()
            if example.expected.isEmpty { throw Refusal.unsupported("nothing is expected") }
            var result = ExampleResult(example: example, status: .passed)
            for key in example.expected.keys.sorted() {
                guard let got = all[key] else { throw Refusal.unsupported("expected `\(excerpt(key))`") }
                if let infinite = got.infinite {
                    throw Refusal.figure("`\(key)`: comes out as \(infinite), which is no figure to compare")
                }
                result.got[key] = got.written(as: example.expected[key]!)
                if !example.expected[key]!.isMet(by: got, tolerance: example.tolerance) {
                    result.status = .failed
                }
            }
            return result
        } catch Refusal.figure(let reason) {
            return ExampleResult(example: example, status: .error, reason: reason)
        } catch Refusal.unsupported(let reason) {
            return ExampleResult(example: example, status: .unsupported, reason: reason)
        } catch {
            return ExampleResult(
                example: example, status: .unsupported, reason: excerpt("\(error)", most: 300))
        }
    }

    private static func evaluate(
        _ example: Example, _ inputs: inout ExampleInputs
    ) throws -> [String: ExampleValue] {
        let topic = example.topic
        let rules = RulebookOfExample(venue: example.venue, revision: example.revision)
        guard let known = topics[example.venue] else {
            throw Refusal.unsupported("venue `\(excerpt(example.venue))`")
        }
        guard known.contains(topic) else { throw unknown(topic) }
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
        case "compound_v2": return try CompoundExamples.v2(&inputs)
        case "maker_liq2": return try MakerExamples.evaluate(topic, &inputs)
        default: return try MorphoExamples.evaluate(topic, &inputs)
        }
    }

    static func unknown(_ topic: String) -> Refusal { .unsupported("topic `\(excerpt(topic))`") }
}

import Foundation
import Primitives
import Testing

@testable import Examples

/// Every topic of every venue, with odd values in the place of each of its figures: always a status, never a trap.
@Suite struct OddFiguresTests {
    /// JSON values that a rule may not expect.
    private static let odd = [
        "0", "-1", "1", "1e-30", "-1e-30", "1e-12", "1e15", "1e18", "1e30",
        "-1e30", "1e77", "1e308",
        "1e400", "1e-400", "1.0000001", "9223372036854775807", "-9223372036854775808",
        "18446744073709551616", "340282366920938463463374607431768211456",
        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        "0.123456789012345678901234567890123456789012345678901234567890",
        "3." + String(repeating: "3", count: 3_000), String(repeating: "9", count: 400), "NaN", "Infinity",
        "-Infinity",
        "[]", "{}", "null", "true", "\"\"", "\"nan\"", "\"-inf\"", "\"0x10\"", "\"1e30\"", "\"1 wei\"",
        "\"1/0\"", "\"a*b\"",
        "\"unlimited\"", "\"" + String(repeating: "(", count: 2_000) + "\"", "[1e30]", "[0]", "[[]]",
        "[[1e30,1e-30]]",
        "[[0,0]]", "{\"X\":0}", "{\"X\":[1e30,0]}", "\"long\"", "\"short\"", "\"linear tau 0\"",
        "\"stairstep cut 2 step 0\"", "\"exponential cut 1e30\"",
    ]

    /// A place in a row's inputs: keys of objects, numbers in lists.
    private typealias Place = [String]

    private func places(_ value: ExampleValue, _ at: Place = []) -> [Place] {
        let own = at.isEmpty ? [] : [at]
        switch value {
        case .map(let map): return own + map.keys.sorted().flatMap { places(map[$0]!, at + [$0]) }
        case .list(let list): return own + list.indices.flatMap { places(list[$0], at + ["\($0)"]) }
        default: return own
        }
    }

    /// - Parameter new: nil leaves the field out.
    private func changed(_ value: ExampleValue, _ place: ArraySlice<String>, to new: ExampleValue?)
        -> ExampleValue
    {
        guard let key = place.first else { return new ?? .null }
        let isHere = place.count == 1
        switch value {
        case .map(var map):
            map[key] = isHere ? new : map[key].map { changed($0, place.dropFirst(), to: new) }
            return .map(map)
        case .list(var list):
            guard let i = Int(key), i < list.count else { return value }
            if isHere, new == nil {
                list.remove(at: i)
            } else {
                list[i] = changed(list[i], place.dropFirst(), to: new)
            }
            return .list(list)
        default: return value
        }
    }

    /// The row that is looked at, as a table that `undertow check` reads: what is left of it after a trap says where.
    private func current(_ test: String) -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent(
            "undertow-odd-figures-\(ProcessInfo.processInfo.processIdentifier)-\(test).csv")
    }

    private func look(
        _ example: Example, _ inputs: ExampleValue, _ current: URL
    ) throws -> ExampleResult.Status {
        func cell(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
        let expected = ExampleValue.map(example.expected).json
        let row =
            "id,venue,topic,revision,kind,inputs,expected,tolerance\n"
            + "\(example.id),\(example.venue),\(example.topic),\(example.revision),rule,"
            + "\(cell(inputs.json)),\(cell(expected)),0\n"
        try Data(row.utf8).write(to: current)
        guard case .map(let fields) = inputs else { return .unsupported }
        var copy = example
        copy.inputs = fields
        let result = ExampleChecker.check(copy)
        switch result.status {
        case .passed, .failed:
            #expect(result.got.count == copy.expected.count && result.reason == nil)
            let json = ExampleValue.map(result.got).json
            #expect((try? JSONSerialization.jsonObject(with: Data(json.utf8))) != nil, "\(row)")
            #expect(!result.got.values.contains { $0.infinite != nil }, "\(row)")
        case .unsupported, .error:
            #expect(
                result.got.isEmpty && result.reason?.isEmpty == false && result.reason!.utf8.count < 400,
                "\(result.reason ?? "") \(row)")
            // Which field: in back quotes.
            #expect(
                result.status == .unsupported || result.reason!.contains("`")
                    || result.reason!.hasPrefix("the "))
        }
        return result.status
    }

    @Test func everyTopicGivesAStatusForEveryOddFigure() throws {
        let current = current("each")
        defer { try? FileManager.default.removeItem(at: current) }
        var counts: [ExampleResult.Status: Int] = [:]
        var errors: Set<String> = []
        var seen: Set<[String]> = []
        for example in try ownExamples() {
            let inputs = ExampleValue.map(example.inputs)
            // One row of each topic and set of fields.
            let shape = [example.venue, example.topic] + places(inputs).map { $0.joined(separator: ".") }
            guard seen.insert(shape).inserted else { continue }
            for place in places(inputs) {
                for odd in Self.odd.map(Optional.some) + [nil] {
                    let value = try odd.map { try ExampleJSON.object("{\"x\":\($0)}")["x"]! }
                    let status = try look(example, changed(inputs, place[...], to: value), current)
                    counts[status, default: 0] += 1
                    if status == .error { errors.insert("\(example.venue).\(example.topic)") }
                }
            }
        }
        // Rows in error come from every topic that takes a figure, and rows that are judged are among the rest.
        let topics = ExampleChecker.topics.values.reduce(0) { $0 + $1.count }
        #expect(errors.count == topics, "\(topics - errors.count) topics without a row in error")
        for status in [ExampleResult.Status.failed, .unsupported, .error] {
            #expect(counts[status, default: 0] > 100)
        }
    }

    /// Several figures at once, drawn.
    @Test(arguments: 1...4) func oddFiguresTogether(seed: UInt64) throws {
        let current = current("together-\(seed)")
        defer { try? FileManager.default.removeItem(at: current) }
        var random = RandomStream(seed: seed, name: "odd figures")
        let examples = try ownExamples()
        func pick<T>(_ list: [T]) -> T { list[Int(random.next() % UInt64(list.count))] }
        for _ in 0..<1_500 {
            let example = pick(examples)
            var inputs = ExampleValue.map(example.inputs)
            for _ in 0..<(2 + random.next() % 4) {
                // Numbers of all sizes more often than what is no number.
                let power = Int(random.next() % 40) - 20
                let odd = random.next() % 4 == 0 ? pick(Self.odd) : "\(1 + random.next() % 9)e\(power)"
                inputs = changed(
                    inputs, pick(places(inputs))[...], to: try ExampleJSON.object("{\"x\":\(odd)}")["x"]!)
            }
            _ = try look(example, inputs, current)
        }
    }

    private func row(_ venue: String, _ topic: String, _ inputs: String, _ expected: String = "{\"x\":0}")
        throws -> Example
    {
        Example(
            id: "a", venue: venue, topic: topic, revision: "", kind: .rule,
            inputs: try ExampleJSON.object(inputs),
            expected: try ExampleJSON.object(expected), tolerance: 0, line: 2)
    }

    /// Figures that once ended the program, by field.
    @Test(arguments: [
        (
            "aave_v3", "emode_leverage", #"{"liquidation_threshold":0.95,"health_factor":0.95}"#,
            "health_factor"
        ),
        (
            "compound_v3", "quote_collateral",
            #"{"base_amount":1000,"base_price":1,"asset_price":100,"liquidation_factor":0,"store_front_price_factor":1}"#,
            "liquidation_factor"
        ),
        (
            "compound_v3", "quote_collateral",
            #"{"base_amount":1,"base_price":1,"asset_price":100,"liquidation_factor":1.05,"store_front_price_factor":0.5}"#,
            "liquidation_factor"
        ),
        (
            "compound_v2", "seize_tokens",
            #"{"exchange_rate":"1","price_borrowed":"1","price_collateral":"0","liquidation_incentive":"1","repay_amount":"1"}"#,
            "price_collateral"
        ),
        (
            "dydx_v4", "bankruptcy_price",
            #"{"usdc":0,"imf":0.1,"maintenance_fraction":0.5,"position_base_quantums":0,"delta_base_quantums":0,"quote_quantums_per_base_quantum":100}"#,
            "position_base_quantums"
        ),
        (
            "hyperliquid", "mark_price_median",
            #"{"oracle":1,"ema150_of_mid_minus_oracle":0,"best_bid":1,"best_ask":1,"last_trade":1,"external_perp_mids":[]}"#,
            "external_perp_mids"
        ),
        ("maker_liq2", "bark", #"{"ink":1,"art":1,"rate":0,"room":5,"chop":1.1,"dust":2}"#, "rate"),
        ("maker_liq2", "bark", #"{"ink":1,"art":1,"rate":1,"room":5,"chop":0,"dust":2}"#, "chop"),
        (
            "maker_liq2", "needs_reset",
            #"{"tail":1,"cusp":0.4,"curve":"linear tau 36","top":1,"elapsed":[-5],"osm_now":1,"buf":1.2}"#,
            "elapsed.0"
        ),
        ("maker_liq2", "price_stairstep", #"{"top":100,"cut":0.99,"step":0,"elapsed":10}"#, "step"),
        ("morpho_blue", "lif", #"{"lltv":1.2}"#, "lltv"),
        (
            "morpho_blue", "liquidation_amounts", #"{"repaid_loan":1,"lltv":0.86,"collateral_price":0}"#,
            "collateral_price"
        ),
    ]) func errorsNameTheField(venue: String, topic: String, inputs: String, field: String) throws {
        let result = ExampleChecker.check(try row(venue, topic, inputs))
        #expect(result.status == .error)
        #expect(result.reason?.hasPrefix("`\(field)`: found ") == true, "\(result.reason ?? "")")
    }

    /// The wallet's floor of one: dollars or coins, no source says.
    @Test func coinWalletsBelowOneAreNotRanked() throws {
        let inputs = #"{"unrealized_profit":0.3,"wallet_balance":0.6,"maintenance_margin":0.09}"#
        let result = ExampleChecker.check(try row("binance_coinm", "adl_rank", inputs))
        #expect(result.status == .unsupported && result.reason?.contains("one coin") == true)
        let linear = ExampleChecker.check(
            try row(
                "binance_usdm", "maintenance_margin",
                #"{"contracts":1,"contract_usd":100,"mark":1,"mmr":0.1}"#))
        #expect(linear.status == .unsupported && linear.reason?.contains("margined in dollars") == true)
    }
}

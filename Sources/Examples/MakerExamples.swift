import Lending
import Primitives

/// Examples of Maker's Liquidations 2.0. Amounts in wad, prices in ray, DAI in rad.
enum MakerExamples {
    static func evaluate(_ topic: String, _ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        switch topic {
        case "bark": return try bark(&row)
        case "kick": return try kick(&row)
        case "take": return try take(&row)
        case "needs_reset": return try reset(&row)
        case "auction_floor":
            let (buf, cusp) = (try row.number("buf"), try row.number("cusp"))
            var all = [
                "osm_fraction_at_reset": ExampleValue.number(AuctionCurve.resetFloor(buf: buf, cusp: cusp))
            ]
            if row.has("liquidation_ratio") {
                all["loss_at_130"] = .number(
                    AuctionCurve.lossAtReset(
                        buf: buf, cusp: cusp, liquidationRatio: try row.number("liquidation_ratio")))
            }
            return all
        case "price_exponential":
            return try price(.exponential(cut: try row.amount("cut_per_second", decimals: 27)), &row)
        case "price_linear": return try price(.linear(tau: try row.digits("tau")), &row)
        case "price_stairstep":
            return try price(
                .stairstep(cut: try row.amount("cut", decimals: 27), step: try row.digits("step")), &row)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    private static func price(
        _ curve: AuctionCurve, _ row: inout ExampleInputs
    ) throws -> [String: ExampleValue] {
        let elapsed = try row.digits("elapsed")
        var all: [String: ExampleValue] = [:]
        if row.has("top") {
            all["price"] = curve.price(top: try row.amount("top", decimals: 27), elapsed: elapsed).tokens(27)
        }
        if row.has("top_over_osm") {
            let top = try row.amount("top_over_osm", decimals: 27)
            all["price_over_osm"] = curve.price(top: top, elapsed: elapsed).tokens(27)
        }
        return all
    }

    private static func bark(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let rate = try row.amount("rate", decimals: 27)
        let chop = try row.amount("chop", decimals: 18)
        let art = try row.exactAmount("art", decimals: 18)
        let room = try row.exactAmount("room", decimals: 45)
        let bark: MakerBark
        do {
            bark = try MakerBark(
                ink: try row.amount("ink", decimals: 18), art: art, rate: rate, room: room, chop: chop,
                dust: try row.exactAmount("dust", decimals: 45))
        } catch let error as MakerError {
            throw Unsupported("the contract refuses: \(error)")
        }
        return [
            "dart": bark.dart.tokens(18), "dink": bark.dink.tokens(18), "tab": bark.tab.tokens(45),
            "remaining_art": (art - bark.dart).tokens(18),
        ]
    }

    private static func kick(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let bark = try MakerBark(
            ink: try row.amount("ink", decimals: 18), art: try row.amount("art", decimals: 18),
            rate: try row.amount("rate", decimals: 27), room: .rad * 1_000_000_000_000,
            chop: try row.amount("chop", decimals: 18),
            dust: .zero)
        let rules = MakerAuctionRules(
            curve: .linear(tau: 1), buf: try row.amount("buf", decimals: 27), tail: 0, cusp: .zero,
            chip: try row.amount("chip", decimals: 18), tip: try row.amount("tip", decimals: 45))
        let top = rules.top(oraclePrice: try row.amount("osm_price", decimals: 18))
        return [
            "tab": bark.tab.tokens(45), "lot": bark.dink.tokens(18), "top": top.tokens(27),
            "keeper_incentive": rules.incentive(tab: bark.tab).tokens(45),
        ]
    }

    private static func take(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let price: UInt256
        if row.has("price") {
            price = try row.amount("price", decimals: 27)
        } else {
            let curve = AuctionCurve.stairstep(
                cut: try row.amount("cut", decimals: 27), step: try row.digits("step"))
            price = curve.price(top: try row.amount("top", decimals: 27), elapsed: try row.digits("elapsed"))
        }
        let slice: MakerSlice
        do {
            slice = try MakerAuctionRules.slice(
                tab: try row.amount("tab", decimals: 45), lot: try row.amount("lot", decimals: 18),
                amount: try row.amount("amt", decimals: 18), price: price,
                chost: try row.amount("chost", decimals: 45))
        } catch let error as MakerError {
            throw Unsupported("the contract refuses: \(error)")
        }
        return [
            "slice": slice.slice.tokens(18), "owe": slice.owe.tokens(45),
            "tab_left": slice.tabLeft.tokens(45),
            "lot_left": slice.lotLeft.tokens(18), "price": price.tokens(27),
        ]
    }

    private static func reset(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let text = try row.text("curve")
        let rules = MakerAuctionRules(
            curve: try curve(text), buf: try row.amount("buf", decimals: 27),
            tail: Int64(try row.number("tail")),
            cusp: try row.amount("cusp", decimals: 27))
        let top = try row.amount("top", decimals: 27)
        let needs = try row.numbers("elapsed").map { rules.status(top: top, elapsed: Int64($0)).needsRedo }
        return [
            "needs_redo": .list(needs.map { .flag($0) }),
            "new_top": rules.top(oraclePrice: try row.amount("osm_now", decimals: 18)).tokens(27),
        ]
    }

    /// `linear tau 3600`, `stairstep cut 0.99 step 90`, `exponential cut 0.9995`.
    private static func curve(_ text: String) throws(Unsupported) -> AuctionCurve {
        let words = text.split(whereSeparator: { " ,=".contains($0) }).map(String.init)
        func figure(_ name: String) throws(Unsupported) -> Double {
            guard let i = words.firstIndex(of: name), i + 1 < words.count, let value = Double(words[i + 1])
            else {
                throw Unsupported("`curve`: `\(text)` without `\(name)`")
            }
            return value
        }
        switch words.first {
        case "linear": return .linear(tau: try UInt256(example: try figure("tau"), decimals: 0, "curve"))
        case "stairstep":
            return .stairstep(
                cut: try UInt256(example: try figure("cut"), decimals: 27, "curve"),
                step: try UInt256(example: try figure("step"), decimals: 0, "curve"))
        case "exponential":
            let name = words.contains("cut") ? "cut" : "cut_per_second"
            return .exponential(cut: try UInt256(example: try figure(name), decimals: 27, "curve"))
        default: throw Unsupported("`curve`: `\(text)`")
        }
    }
}

extension ExampleInputs {
    /// An amount that may be written as an expression, worked out in fixed point, as the contract's tests write
    /// `room/chop + dust - 1 wei`; `unlimited` is as much as there can be.
    mutating func exactAmount(_ key: String, decimals: Int) throws(Unsupported) -> UInt256 {
        guard case .text(let text) = try value(key) else { return try amount(key, decimals: decimals) }
        if ["unlimited", "infinite", "max"].contains(text.lowercased()) { return .powerOfTen(decimals + 12) }
        var expression = ExactExpression(text, decimals: decimals)
        var values: [String: UInt256] = [:]
        for name in expression.names where has(name) && name != key {
            values[name] = try exactAmount(name, decimals: decimals)
        }
        guard let result = expression.value(values) else { throw Unsupported("`\(key)`: `\(text)`") }
        return result
    }
}

/// Sums and products of decimals and names in fixed point, rounded down; `wei` is 10^-18.
struct ExactExpression {
    private let words: [String]
    private let decimals: Int
    private var i = 0

    init(_ text: String, decimals: Int) {
        var words: [String] = []
        for c in text.replacing("1wei", with: "1 wei") {
            if c == " " {
                words.append("")
            } else if "+-*/()".contains(c) {
                words.append(String(c))
                words.append("")
            } else if words.isEmpty {
                words.append(String(c))
            } else {
                words[words.count - 1].append(c)
            }
        }
        self.words = words.filter { !$0.isEmpty }
        self.decimals = decimals
    }

    var names: [String] { words.filter { $0.first?.isLetter == true && $0 != "wei" } }
    private var one: UInt256 { .powerOfTen(decimals) }

    mutating func value(_ named: [String: UInt256]) -> UInt256? {
        guard let value = sum(named), i == words.count else { return nil }
        return value
    }

    private mutating func sum(_ named: [String: UInt256]) -> UInt256? {
        guard var left = product(named) else { return nil }
        while i < words.count, words[i] == "+" || words[i] == "-" {
            let isPlus = words[i] == "+"
            i += 1
            guard let right = product(named), isPlus || right <= left else { return nil }
            left = isPlus ? left + right : left - right
        }
        return left
    }

    private mutating func product(_ named: [String: UInt256]) -> UInt256? {
        guard var left = atom(named) else { return nil }
        while i < words.count, words[i] == "*" || words[i] == "/" {
            let isTimes = words[i] == "*"
            i += 1
            guard let right = atom(named), isTimes || !right.isZero else { return nil }
            left = isTimes ? left.mulDivDown(right, one) : left.mulDivDown(one, right)
        }
        return left
    }

    private mutating func atom(_ named: [String: UInt256]) -> UInt256? {
        guard i < words.count else { return nil }
        let word = words[i]
        i += 1
        if word == "(" {
            guard let value = sum(named), i < words.count, words[i] == ")" else { return nil }
            i += 1
            return value
        }
        if let number = Double(word) {
            if i < words.count, words[i] == "wei" {
                i += 1
                guard decimals >= 18, let count = UInt256(exactly: number) else { return nil }
                return count * .powerOfTen(decimals - 18)
            }
            return UInt256(example: number, decimals: decimals)
        }
        return named[word]
    }
}

import Lending
import Primitives

/// Examples of Maker's Liquidations 2.0. Amounts in wad, prices in ray, DAI in rad.
enum MakerExamples {
    static let topics = [
        "bark", "kick", "take", "needs_reset", "auction_floor", "price_exponential", "price_linear",
        "price_stairstep",
    ]

    static func evaluate(_ topic: String, _ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        switch topic {
        case "bark": return try bark(&row)
        case "kick": return try kick(&row)
        case "take": return try take(&row)
        case "needs_reset": return try reset(&row)
        case "auction_floor":
            let (buf, cusp) = (try row.number("buf", in: 0...1e6), try row.number("cusp", in: 0...1))
            var all = [
                "osm_fraction_at_reset": ExampleValue.number(AuctionCurve.resetFloor(buf: buf, cusp: cusp))
            ]
            if row.has("liquidation_ratio") {
                all["loss_at_130"] = .number(
                    AuctionCurve.lossAtReset(
                        buf: buf, cusp: cusp,
                        liquidationRatio: try row.number("liquidation_ratio", in: 0...1e6)))
            }
            return all
        case "price_exponential":
            return try price(.exponential(cut: try row.cut("cut_per_second")), &row)
        case "price_linear": return try price(.linear(tau: try row.seconds("tau")), &row)
        case "price_stairstep":
            return try price(
                .stairstep(cut: try row.cut("cut"), step: try row.stepSeconds()), &row)
        default: throw ExampleChecker.unknown(topic)
        }
    }

    private static func price(
        _ curve: AuctionCurve, _ row: inout ExampleInputs
    ) throws -> [String: ExampleValue] {
        let elapsed = try row.seconds("elapsed")
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
        let rate = try row.accumulatedRate()
        let chop = try row.penalty()
        let art = try row.limit("art", decimals: 18)
        let room = try row.limit("room", decimals: 45)
        let bark: MakerBark
        do {
            bark = try MakerBark(
                ink: try row.amount("ink", decimals: 18), art: art, rate: rate, room: room, chop: chop,
                dust: try row.limit("dust", decimals: 45))
        } catch let error as MakerError {
            throw error.refusal
        }
        return [
            "dart": bark.dart.tokens(18), "dink": bark.dink.tokens(18), "tab": bark.tab.tokens(45),
            "remaining_art": (art - bark.dart).tokens(18),
        ]
    }

    private static func kick(_ row: inout ExampleInputs) throws -> [String: ExampleValue] {
        let bark: MakerBark
        do {
            bark = try MakerBark(
                ink: try row.amount("ink", decimals: 18), art: try row.amount("art", decimals: 18),
                rate: try row.accumulatedRate(), room: .rad * 1_000_000_000_000, chop: try row.penalty(),
                dust: .zero)
        } catch let error as MakerError {
            throw error.refusal
        }
        let rules = MakerAuctionRules(
            curve: .linear(tau: 1), buf: try row.amount("buf", decimals: 27, in: 0...1e6), tail: 0,
            cusp: .zero,
            chip: try row.amount("chip", decimals: 18, in: 0...1), tip: try row.amount("tip", decimals: 45))
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
                cut: try row.cut("cut"), step: try row.stepSeconds())
            price = curve.price(
                top: try row.amount("top", decimals: 27), elapsed: try row.seconds("elapsed"))
        }
        let slice: MakerSlice
        do {
            slice = try MakerAuctionRules.slice(
                tab: try row.amount("tab", decimals: 45), lot: try row.amount("lot", decimals: 18),
                amount: try row.amount("amt", decimals: 18), price: price,
                chost: try row.amount("chost", decimals: 45))
        } catch let error as MakerError {
            throw error.refusal
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
            curve: try curve(text), buf: try row.amount("buf", decimals: 27, in: 0...1e6),
            tail: Int64(try row.seconds("tail").low), cusp: try row.cut("cusp"))
        let top = try row.amountAboveZero("top", decimals: 27)
        var times = try row.list("elapsed")
        var needs: [ExampleValue] = []
        for i in times.indices {
            needs.append(.flag(rules.status(top: top, elapsed: Int64(try times.seconds(i).low)).needsRedo))
        }
        return [
            "needs_redo": .list(needs),
            "new_top": rules.top(oraclePrice: try row.amount("osm_now", decimals: 18)).tokens(27),
        ]
    }

    /// `linear tau 3600`, `stairstep cut 0.99 step 90`, `exponential cut 0.9995`.
    private static func curve(_ text: String) throws(Refusal) -> AuctionCurve {
        let words = text.split(whereSeparator: { " ,=".contains($0) }).map(String.init)
        // The figures of the text, as inputs of their own.
        var figures: [String: ExampleValue] = [:]
        for (name, figure) in zip(words, words.dropFirst()) { figures[name] = .text(figure) }
        var row = ExampleInputs(figures, path: "curve.")
        switch words.first {
        case "linear": return .linear(tau: try row.seconds("tau"))
        case "stairstep": return .stairstep(cut: try row.cut("cut"), step: try row.stepSeconds())
        case "exponential":
            return .exponential(cut: try row.cut(row.has("cut") ? "cut" : "cut_per_second"))
        default: throw .unsupported("`curve`: `\(excerpt(text))`")
        }
    }
}

extension ExampleInputs {
    /// An amount that may be written as an expression, as the contract's tests write `room/chop + dust - 1 wei`;
    /// `unlimited` is as much as there can be.
    fileprivate mutating func limit(_ key: String, decimals: Int) throws(Refusal) -> UInt256 {
        if case .text(let text) = try value(key),
            ["unlimited", "infinite", "max"].contains(text.lowercased())
        {
            return .powerOf10(decimals + 12)
        }
        return try amount(key, decimals: decimals)
    }

    /// An accumulated rate in ray: what lies far below one would take 256 bits elsewhere.
    fileprivate mutating func accumulatedRate() throws(Refusal) -> UInt256 {
        try amount("rate", decimals: 27, in: 0.001...1e9)
    }

    fileprivate mutating func penalty() throws(Refusal) -> UInt256 {
        try amount("chop", decimals: 18, in: 0.001...1_000)
    }

    fileprivate mutating func seconds(_ key: String) throws(Refusal) -> UInt256 {
        try digits(key, in: 0...1_000_000_000_000)
    }

    fileprivate mutating func stepSeconds() throws(Refusal) -> UInt256 {
        try digits("step", in: 1...1_000_000_000_000)
    }

    fileprivate mutating func cut(_ key: String) throws(Refusal) -> UInt256 {
        try amount(key, decimals: 27, in: 0...1)
    }
}

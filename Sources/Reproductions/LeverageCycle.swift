import Primitives

/// Geanakoplos' leverage cycle: agents h in [0, 1], each one unit of the asset and one of cash, who give an up move the chance
/// h; the asset ends at 1 or at 0.2, and is collateral for a promise that is always kept. Unknown are the marginal buyers a
/// (today) and b (after bad news) and the prices p0 and pD:
///
///     a p0 = (1 - a) + pD
///     b pD = (a - b) + 0.2 a
///     pD = b + 0.2 (1 - b)
///     a (1 - pD) / (p0 - pD) = a + (1 - a) 0.8 a / (pD - 0.2)
struct LeverageCycle: Reproduction {
    let name = "leverage-cycle"
    let title = "Leverage and prices before and after bad news, optimists and pessimists (Geanakoplos)"
    let parameters = [
        ReproductionParameter(
            "bad_payoff", .number(0.2, 0.01...0.9), "what the asset pays after two bad turns")
    ]

    func run(_ settings: ReproductionSettings) throws -> ReproductionResult {
        let low = settings.number("bad_payoff")
        var result = ReproductionResult()
        let once = Self.once(low)
        let bare = Self.withoutLeverage(low)
        result.add("static_a", once)
        result.add("static_price", once + low * (1 - once))
        result.add("static_leverage", Self.leverage(once + low * (1 - once), low))
        result.add("static_price_without_leverage", bare)
        let two = try Self.twice(low)
        result.add("a", two.a)
        result.add("b", two.b)
        result.add("p0", two.p0)
        result.add("p_down", two.pDown)
        result.add("leverage_0", Self.leverage(two.p0, two.pDown))
        result.add("leverage_down", Self.leverage(two.pDown, low))
        result.add("crash_pct", 100 * (1 - two.pDown / two.p0))
        // What bad news alone does to the value of the most optimistic and of today's marginal buyer.
        func value(_ h: Double) -> Double { h + (1 - h) * (h + (1 - h) * low) }
        func valueDown(_ h: Double) -> Double { h + (1 - h) * low }
        result.add("marginal_buyers_revision_pct", 100 * (1 - valueDown(two.a) / value(two.a)))
        result.add("residual", two.residual)
        if low == 0.2 {
            result.compare("static a", once, 0.68614, within: 1e-4)
            result.compare("static price", once + low * (1 - once), 0.74891, within: 1e-4)
            result.compare(
                "static leverage", Self.leverage(once + low * (1 - once), low), 1.3644, within: 1e-4)
            result.compare("static price without leverage", bare, 0.67703, within: 1e-4)
        }
        result.compare("largest residual of the four equations", two.residual, 0, within: 1e-9)
        return result
    }

    private static func leverage(_ price: Double, _ promise: Double) -> Double { price / (price - promise) }

    /// One period: (1 - a) + low = a p with p = a + low (1 - a).
    private static func once(_ low: Double) -> Double {
        bisect(0, 1) { a in a * (a + low * (1 - a)) - (1 - a) - low }
    }

    /// No borrowing: the cash of those above a buys what those below sell, (1 - a) = a p.
    private static func withoutLeverage(_ low: Double) -> Double {
        let a = bisect(0, 1) { a in a * (a + low * (1 - a)) - (1 - a) }
        return a + low * (1 - a)
    }

    struct Root {
        var a: Double
        var b: Double
        var p0: Double
        var pDown: Double
        var residual: Double
    }

    /// Everything follows from b: pD from the third equation, a from the second, p0 from the first; the fourth is solved for b.
    private static func twice(_ low: Double) throws -> Root {
        func rest(_ b: Double) -> Root {
            let down = b + low * (1 - b)
            let a = b * (1 + down) / (1 + low)
            let p0 = ((1 - a) + down) / a
            let gap = a * (1 - down) / (p0 - down) - a - (1 - a) * (1 - low) * a / (down - low)
            return Root(a: a, b: b, p0: p0, pDown: down, residual: gap)
        }
        // Only where a lies in (b, 1) and the price falls on bad news.
        let candidates = (1..<20_000).map { Double($0) / 20_000 }.map(rest)
        func isSound(_ r: Root) -> Bool { r.a > r.b && r.a < 1 && r.p0 > r.pDown && r.p0 < 1 }
        for (x, y) in zip(candidates, candidates.dropFirst())
        where isSound(x) && isSound(y) && (x.residual < 0) != (y.residual < 0) {
            var root = rest(bisect(x.b, y.b, rising: y.residual > 0) { rest($0).residual })
            root.residual = max(
                abs(root.residual), abs(root.a * root.p0 - (1 - root.a) - root.pDown),
                abs(root.b * root.pDown - (root.a - root.b) - low * root.a))
            return root
        }
        throw InputError(
            file: "--set", key: "bad_payoff", found: "\(low)",
            allowed: "a payoff at which both periods have a buyer")
    }

    private static func bisect(_ low: Double, _ high: Double, rising: Bool = true, _ f: (Double) -> Double)
        -> Double
    {
        var (low, high) = (low, high)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if (f(middle) > 0) == rising { high = middle } else { low = middle }
        }
        return (low + high) / 2
    }
}

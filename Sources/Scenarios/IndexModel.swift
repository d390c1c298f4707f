import MarketData
import Primitives
import RealModule

/// The index of a scenario, step by step.
enum IndexModel {
    /// Prices in dollars after each step, entry 0 at the start.
    ///
    /// - Parameter path: a recorded path that wins over the scenario's own; its times must cover the window.
    static func prices(_ scenario: Scenario, path: PricePath?, seed: UInt64) -> [Double] {
        let times = (0...scenario.steps).map {
            scenario.start.adding(seconds: Double($0) * scenario.stepSeconds)
        }
        if let path { return times.map { path.price(at: $0) } }
        if scenario.isIndexImposed {
            let table = table(scenario)
            return times.map { table.price(at: $0) }
        }
        return model(scenario, seed: seed)
    }

    /// The built-in minute table of a scenario, as a path.
    static func table(_ scenario: Scenario) -> PricePath {
        guard let table = PricePath(candles: BuiltIn.candles(scenario.text("index.table"))) else {
            preconditionFailure("a built-in table is not in order")
        }
        return table
    }

    /// A geometric random walk with one shock, linear in the logarithm, of which a share is regained.
    private static func model(_ s: Scenario, seed: UInt64) -> [Double] {
        var random = RandomStream(seed: seed, name: "index/\(s.text("market.asset"))")
        let perStep = s.number("index.volatility_pct_per_day") / 100 * (s.stepSeconds / 86_400).squareRoot()
        let shock = Double.log(1 + s.number("index.shock_pct") / 100)
        let onset = s.number("index.shock_after_minutes") * 60
        let length = s.number("index.shock_minutes") * 60
        let back = s.number("index.recovery_minutes") * 60
        var walk = 0.0
        return (0...s.steps).map { i in
            let t = Double(i) * s.stepSeconds
            if i > 0 { walk += perStep * random.normal() }
            let fallen = min(1, max(0, (t - onset) / length))
            let regained = s.number("index.recovered_share") * min(1, max(0, (t - onset - length) / back))
            return s.number("index.start_usd") * Double.exp(walk + shock * (fallen - regained))
        }
    }
}

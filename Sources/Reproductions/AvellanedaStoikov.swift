import Anatomy
import Primitives
import RealModule

/// Avellaneda and Stoikov 2008: a market maker who quotes around r = s - q γ σ² (T - t) against one who quotes around the mid
/// with the same mean spread. Total spread γ σ² (T - t) + (2 / γ) ln(1 + γ / k); fills arrive at A exp(-k d).
struct AvellanedaStoikov: Reproduction {
    let name = "avellaneda-stoikov"
    let title = "A market maker who minds inventory against one who does not (Avellaneda, Stoikov 2008)"
    let parameters = [
        ReproductionParameter("gamma", .number(0.1, 1e-4...10), "risk aversion, γ"),
        ReproductionParameter(
            "sigma", .number(2, 0...100), "volatility of the mid in dollars over the horizon, σ"),
        ReproductionParameter("arrival", .number(140, 0...190), "fills at no distance over the horizon, A"),
        ReproductionParameter("decay", .number(1.5, 0.01...100), "how fast fills fade with distance, k"),
        ReproductionParameter("paths", .count(20_000, 100...1_000_000), "simulated for each of the two"),
        ReproductionParameter("seed", .count(1, 0...Int.max), "of the simulation"),
    ]

    private struct Maker {
        var profit = Moments()
        var inventory = Moments()
    }

    func run(_ settings: ReproductionSettings) -> ReproductionResult {
        var result = ReproductionResult()
        let isPublished = ["gamma", "sigma", "arrival", "decay"].allSatisfy { name in
            settings.text(name) == parameters.first { $0.name == name }!.defaultText
        }
        // Published [sd], own oracle with 20,000 paths: profit, its deviation, deviation of the inventory at the end.
        let oracles = [("inventory", 64.9, 6.5, 2.9), ("symmetric", 68.0, 13.2, 8.4)]
        for (k, oracle) in oracles.enumerated() {
            let maker = simulate(settings, mindsInventory: k == 0)
            result.add("\(oracle.0)_profit", maker.profit.mean)
            result.add("\(oracle.0)_profit_sd", maker.profit.deviation)
            result.add("\(oracle.0)_final_q_sd", maker.inventory.deviation)
            if isPublished {
                result.compare("\(oracle.0): profit", maker.profit.mean, oracle.1, within: 0.05 * oracle.1)
                result.compare(
                    "\(oracle.0): profit, sd", maker.profit.deviation, oracle.2, within: 0.12 * oracle.2)
                result.compare(
                    "\(oracle.0): inventory, sd", maker.inventory.deviation, oracle.3, within: 0.12 * oracle.3
                )
            }
        }
        result.notes.append(
            "The paper prints 62.9 (5.9), 2.8 and 67.2 (13.4), 8.7 from 1,000 paths; compared are 20,000 paths of a second program."
        )
        return result
    }

    private func simulate(_ settings: ReproductionSettings, mindsInventory: Bool) -> Maker {
        let gamma = settings.number("gamma")
        let sigma = settings.number("sigma")
        let arrival = settings.number("arrival")
        let decay = settings.number("decay")
        let dt = 0.005
        let steps = 200
        let fixed = (2 / gamma) * Double.log(1 + gamma / decay)
        // The mean over the horizon of γ σ² (T - t).
        let meanSpread = gamma * sigma * sigma / 2 + fixed
        var maker = Maker()
        var draws = RandomStream(
            seed: UInt64(settings.count("seed")), name: mindsInventory ? "inventory" : "symmetric")
        for _ in 0..<settings.count("paths") {
            var (mid, q, cash) = (100.0, 0.0, 0.0)
            for step in 0..<steps {
                let left = 1 - Double(step) * dt
                let risk = gamma * sigma * sigma * left
                let centre = mindsInventory ? mid - q * risk : mid
                let spread = mindsInventory ? risk + fixed : meanSpread
                let ask = centre + spread / 2
                let bid = centre - spread / 2
                let sells = draws.chance(min(1, arrival * Double.exp(-decay * (ask - mid)) * dt))
                let buys = draws.chance(min(1, arrival * Double.exp(-decay * (mid - bid)) * dt))
                if sells {
                    q -= 1
                    cash += ask
                }
                if buys {
                    q += 1
                    cash -= bid
                }
                mid += draws.chance(0.5) ? sigma * dt.squareRoot() : -sigma * dt.squareRoot()
            }
            maker.profit.add(cash + q * mid)
            maker.inventory.add(q)
        }
        return maker
    }
}

import Clearing
import Primitives

extension Venue {
    /// Other rules from now on, of the same markets: margin rows, the waterfall, the price of collateral. Everybody's margin
    /// is looked at again. What was agreed before stays: resting orders, the funds' accounts, sizes and ticks.
    public mutating func adopt(_ rules: Rulebook) {
        precondition(
            rules.markets.map(\.spec.name) == rulebook.markets.map(\.spec.name), "rules of other markets")
        for (before, now) in zip(rulebook.markets, rules.markets) {
            precondition(before.spec.unit == now.spec.unit && before.spec.maxTicks == now.spec.maxTicks)
        }
        rulebook = rules
        waterfallRatios = rules.waterfall.ratios
        house.adopt(rules.markets.map(\.spec.schedule))
    }
}

import Clearing
import Exchanges
import Primitives
import Venues

extension Scenario {
    /// Of the whole market; nil for none.
    var breaker: CircuitBreaker? {
        guard number("rules.breaker_pct") > 0 else { return nil }
        return CircuitBreaker(
            fall: number("rules.breaker_pct") / 100,
            windowSeconds: number("rules.breaker_window_minutes") * 60,
            haltSeconds: number("rules.breaker_halt_minutes") * 60)
    }

    /// What this scenario changes in every venue's rules (`rules.*`), for the comparison of one rule with another. Rules of one
    /// venue are changed in its rulebook.
    func changeRules(_ book: inout Rulebook) {
        var stages = book.waterfall.stages
        if text("rules.liquidation") == "full" {
            let hasFull = stages.contains { if case .fullLiquidation = $0 { true } else { false } }
            stages = stages.compactMap { stage in
                guard case .partialLiquidation(var rule) = stage else { return stage }
                // Where nothing sells the whole, the stage that sells parts does, with its price limit and fee.
                rule.size = .share(.one)
                (rule.above, rule.cooldownSeconds, rule.fromRow) = (.zero, 0, 0)
                rule.needsFirstRowMargin = false
                return hasFull ? nil : .partialLiquidation(rule)
            }
        }
        if let sharing = DeleveragingSharing(rawValue: text("rules.deleveraging")) {
            for i in stages.indices {
                guard case .autoDeleveraging(var rule) = stages[i] else { continue }
                rule.sharing = sharing
                stages[i] = .autoDeleveraging(rule)
            }
        }
        book.waterfall = Waterfall(stages)
        let times = number("rules.maintenance_multiple")
        guard times != 1 else { return }
        for m in book.markets.indices {
            book.markets[m].spec.schedule = book.markets[m].spec.schedule.maintenance(times: times)
        }
    }
}

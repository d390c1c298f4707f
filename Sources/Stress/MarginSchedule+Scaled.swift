import Clearing
import Primitives

extension MarginSchedule {
    /// The same table with every maintenance rate and deduction so many times as high, none above one.
    func asking(_ multiple: Double) -> MarginSchedule {
        guard multiple != 1 else { return self }
        func rate(_ rate: Rate, below top: Int64) -> Rate {
            Rate(pico: max(1, min(top, Int64((Double(rate.pico) * multiple).rounded()))))
        }
        let rows = tiers.map { tier in
            var tier = tier
            tier.maintenanceRate = rate(tier.maintenanceRate, below: Rate.one.pico - 1)
            // Initial margin plays no part in a stress test; it has to stay above.
            tier.initialRate = max(tier.initialRate, Rate(pico: tier.maintenanceRate.pico + 1))
            return tier
        }
        let deductions = tiers.indices.map {
            // A row whose deduction no ledger can hold is never reached.
            Money(
                micros: Int64(min((Double(maintenanceDeduction(row: $0).micros) * multiple).rounded(), 4e18)))
        }
        var slope = slope
        if let given = slope { slope?.perCoin = rate(given.perCoin, below: Rate.one.pico) }
        return try! MarginSchedule(
            rows, measure: measure, maintenance: maintenanceMethod, initial: initialMethod, slope: slope,
            maintenanceFraction: maintenanceFraction.map { rate($0, below: Rate.one.pico) },
            maintenanceDeductions: deductions)
    }

    /// The same table where a coin has another number of lots: rows by lots begin elsewhere.
    func counted(inLotsPerCoin new: Double, insteadOf old: Double) throws(InputError) -> MarginSchedule {
        let grows = new / old
        guard grows != 1, measure == .lots || slope != nil else { return self }
        func scaled(_ lots: Int64) -> Int64 { Int64((Double(lots) * grows).rounded()) }
        let rows = tiers.map { tier in
            var tier = tier
            if measure == .lots { tier.floor = scaled(tier.floor) }
            return tier
        }
        var slope = slope
        if let given = slope, !given.countsNotional { slope?.sizePerCoin = max(1, scaled(given.sizePerCoin)) }
        do {
            return try MarginSchedule(
                rows, measure: measure, maintenance: maintenanceMethod, initial: initialMethod, slope: slope,
                maintenanceFraction: maintenanceFraction,
                maintenanceDeductions: tiers.indices.map { maintenanceDeduction(row: $0) })
        } catch {
            throw InputError(
                file: "positions.csv", key: "size",
                found: "sizes so coarse that rows of the margin table fall together",
                allowed: "sizes in the venue's contracts")
        }
    }
}

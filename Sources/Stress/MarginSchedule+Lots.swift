import Clearing
import Primitives

extension MarginSchedule {
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

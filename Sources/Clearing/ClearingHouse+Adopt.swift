import Primitives

extension ClearingHouse {
    /// Other margin rows from now on, of the first markets in their order; everybody is looked at again, sleepers too.
    public mutating func adopt(_ schedules: [MarginSchedule]) {
        for (m, schedule) in schedules.enumerated() { markets[m].schedule = schedule }
        table = MarginTable(
            markets.map(\.schedule),
            surcharges: markets.map { convention.closingFee == .atMark ? $0.takerFee : .zero })
        for account in accountIDs { look(.cross(account)) }
        for p in 1..<positionEnd where positions[p].isolated && positions[p].lots != .zero {
            look(.isolated(position: p))
        }
        houseVersion &+= 1
    }
}

extension MarginSchedule {
    /// The same rows with another maintenance margin; initial margin rises where it would not stay above it, to at most all of
    /// the notional.
    ///
    /// - Parameter times: above 0.
    public func maintenance(times: Double) -> MarginSchedule {
        var rows: [MarginTier] = []
        for tier in tiers {
            var row = tier
            row.maintenanceRate = min(
                Rate(nearest: tier.maintenanceRate.value * times), Rate(9, over: 10))
            row.initialRate = min(.one, max(tier.initialRate, Rate(nearest: row.maintenanceRate.value * 1.1)))
            if let last = rows.last {
                row.maintenanceRate = max(row.maintenanceRate, last.maintenanceRate)
                row.initialRate = max(row.initialRate, last.initialRate)
            }
            rows.append(row)
        }
        var slope = slope
        if let perCoin = slope?.perCoin { slope?.perCoin = Rate(nearest: perCoin.value * times) }
        let fraction = maintenanceFraction.map { min(Rate(nearest: $0.value * times), Rate(9, over: 10)) }
        return try! MarginSchedule(
            rows, measure: measure, maintenance: maintenanceMethod, initial: initialMethod, slope: slope,
            maintenanceFraction: fraction)
    }
}

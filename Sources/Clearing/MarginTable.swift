import Primitives

/// The schedules of all markets laid out flat, for the hot path.
struct MarginTable: ~Copyable {
    struct Row: BitwiseCopyable {
        var floor: Int64
        var initialRate: Int64
        var initialDeduction: Int64
        var maintenanceRate: Int64
        var maintenanceDeduction: Int64
    }
    /// What differs by market besides the rows.
    struct Shape: BitwiseCopyable {
        var rowCount: Int32
        var measuresLots: Bool
        /// Added to both rates per coin, 0 for none, and what counts as a coin.
        var ratePerCoin: Int64
        var sizePerCoin: Int64
        var countsNotional: Bool
        /// Maintenance as a share of initial margin, 0 where rows have a rate of their own.
        var fraction: Int64
        /// Added to the maintenance rate: a closing fee that counts as margin.
        var surcharge: Int64
    }
    static var rowsPerMarket: Int { 64 }
    private var rows: Pool<Row>
    private var shapes: Pool<Shape>

    /// - Parameter surcharges: by market, what is added to its maintenance rates.
    init(_ schedules: [MarginSchedule], surcharges: [Rate]) {
        rows = Pool(zeroed: schedules.count * Self.rowsPerMarket)
        shapes = Pool(zeroed: schedules.count)
        for (m, schedule) in schedules.enumerated() {
            precondition(schedule.tiers.count <= Self.rowsPerMarket, "more than 64 margin tiers")
            shapes[m] = Shape(
                rowCount: Int32(schedule.tiers.count), measuresLots: schedule.measure == .lots,
                ratePerCoin: schedule.slope?.perCoin.pico ?? 0, sizePerCoin: schedule.slope?.sizePerCoin ?? 1,
                countsNotional: schedule.slope?.countsNotional ?? false,
                fraction: schedule.maintenanceFraction?.pico ?? 0,
                surcharge: surcharges[m].pico)
            for (k, tier) in schedule.tiers.enumerated() {
                rows[m * Self.rowsPerMarket + k] = Row(
                    floor: tier.floor, initialRate: tier.initialRate.pico,
                    initialDeduction: schedule.initialDeductions[k].micros,
                    maintenanceRate: tier.maintenanceRate.pico,
                    maintenanceDeduction: schedule.maintenanceDeductions[k].micros)
            }
        }
    }

    init(copying other: borrowing MarginTable) {
        rows = Pool(copying: other.rows)
        shapes = Pool(copying: other.shapes)
    }

    @inline(__always)
    private func row(_ market: Int, _ notional: Int64, _ lots: Int64) -> Int {
        let size = shapes[market].measuresLots ? lots : notional
        var k = market &* Self.rowsPerMarket
        let end = k &+ Int(shapes[market].rowCount)
        while k &+ 1 < end && rows[k &+ 1].floor <= size { k &+= 1 }
        return k
    }

    /// - Parameters:
    ///   - notional, lots: magnitudes.
    ///   - members: how many like accounts hold them in equal parts.
    @inline(__always)
    func maintenance(_ market: Int, _ notional: Money, _ lots: Lots, members: Int16) -> Money {
        if members == 1 { return maintenance(market, notional, lots) }
        let n = Int64(members)
        return Money(micros: maintenance(market, Self.part(notional, n), Self.part(lots, n)).micros * n)
    }

    /// A member's part, rounded up.
    private static func part(_ notional: Money, _ n: Int64) -> Money {
        Money(micros: (notional.micros + n - 1) / n)
    }
    private static func part(_ lots: Lots, _ n: Int64) -> Lots { Lots((lots.count + n - 1) / n) }

    @inline(__always)
    func initial(_ market: Int, _ notional: Money, _ lots: Lots, members: Int16) -> Money {
        if members == 1 { return initial(market, notional, lots) }
        let n = Int64(members)
        return Money(micros: initial(market, Self.part(notional, n), Self.part(lots, n)).micros * n)
    }

    /// - Parameters:
    ///   - notional, lots: magnitudes.
    @inline(__always)
    func maintenance(_ market: Int, _ notional: Money, _ lots: Lots) -> Money {
        let k = row(market, notional.micros, lots.count)
        let shape = shapes[market]
        if shape.fraction != 0 {
            let initial = mulDivUp(notional.micros, rows[k].initialRate, Rate.one.pico)
            return Money(micros: mulDivUp(initial, shape.fraction, Rate.one.pico))
        }
        let rate = rows[k].maintenanceRate &+ shape.surcharge &+ shape.added(notional.micros, lots.count)
        return Money(
            micros: mulDivUp(notional.micros, rate, Rate.one.pico) - rows[k].maintenanceDeduction)
    }

    @inline(__always)
    func initial(_ market: Int, _ notional: Money, _ lots: Lots) -> Money {
        let k = row(market, notional.micros, lots.count)
        let rate = rows[k].initialRate &+ shapes[market].added(notional.micros, lots.count)
        return Money(micros: mulDivUp(notional.micros, rate, Rate.one.pico) - rows[k].initialDeduction)
    }

    /// Whether margin is a function of notional only, whatever the number of lots.
    @inline(__always)
    func dependsOnNotionalAlone(_ market: Int) -> Bool {
        !shapes[market].measuresLots && shapes[market].ratePerCoin == 0
    }

    /// Maintenance margin as a real number of a real notional: for solving for a price.
    func maintenance(_ market: Int, notional: Double, lots: Int64) -> Double {
        let k = row(market, Int64(min(notional, 9e18)), lots)
        let shape = shapes[market]
        if shape.fraction != 0 {
            return notional * Double(rows[k].initialRate) * 1e-12 * (Double(shape.fraction) * 1e-12)
        }
        var rate = Double(rows[k].maintenanceRate &+ shape.surcharge)
        if shape.ratePerCoin != 0 {
            let size = shape.countsNotional ? notional : Double(lots)
            rate += size * Double(shape.ratePerCoin) / Double(shape.sizePerCoin)
        }
        return notional * (rate / 1e12) - Double(rows[k].maintenanceDeduction)
    }

    /// Bounds of the change of maintenance margin per change of notional, for a position as prices move by no more than
    /// its own notional.
    @inline(__always)
    func maintenanceRateRange(
        _ market: Int, notional: Int64, lots: Int64
    ) -> (low: Double, high: Double) {
        let shape = shapes[market]
        // By lots the row stays; by notional it lies between the first and that of twice the notional.
        let last = row(market, notional > Int64.max / 2 ? .max : notional &* 2, lots)
        let first = shape.measuresLots ? last : market &* Self.rowsPerMarket
        if shape.fraction != 0 {
            let rate = Double(rows[last].initialRate) * Double(shape.fraction) * 1e-24
            return (rate, rate)
        }
        let surcharge = Double(shape.surcharge)
        let slope = Double(shape.added(notional, lots))
        // n × (b + k n) changes by (b + 2 k n + k d) d for a change d of n, d <= n.
        let (low, high) = shape.countsNotional ? (0, 3 * slope) : (slope, slope)
        return (
            (Double(rows[first].maintenanceRate) + surcharge + low) * 1e-12,
            (Double(rows[last].maintenanceRate) + surcharge + high) * 1e-12
        )
    }
}

extension MarginTable.Shape {
    /// What the size of the position adds to its rates.
    @inline(__always)
    func added(_ notional: Int64, _ lots: Int64) -> Int64 {
        ratePerCoin == 0 ? 0 : mulDivUp(countsNotional ? notional : lots, ratePerCoin, sizePerCoin)
    }
}

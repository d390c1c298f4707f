import Primitives

/// One row of a venue's margin table: the rates that apply to the part of a position's notional above `floor`.
public struct MarginTier: Sendable, Hashable {
    /// Notional from which the row applies.
    public var floor: Money
    public var initialRate: Rate
    public var maintenanceRate: Rate

    public init(floor: Money, initialRate: Rate, maintenanceRate: Rate) {
        self.floor = floor
        self.initialRate = initialRate
        self.maintenanceRate = maintenanceRate
    }

    /// The row of a venue that states maximum leverage and asks half the initial margin as maintenance.
    public init(fromUSD floor: Int64, maxLeverage: Int64) {
        self.init(
            floor: Money(usd: floor), initialRate: Rate(1, over: maxLeverage),
            maintenanceRate: Rate(1, over: 2 * maxLeverage))
    }
}

/// Why a margin table cannot be used.
public enum MarginTableError: Error, Equatable, Sendable {
    case mustNotBeEmpty
    case mustStartAtZero
    case floorsMustIncrease(row: Int)
    case ratesMustNotDecrease(row: Int)
    case maintenanceMustBeBelowInitial(row: Int)
}

/// A tiered margin table, continuous in the notional n (the shape shared by Binance, Bybit and Hyperliquid):
///
///     margin(n) = n × rate_k - deduction_k,   deduction_k = deduction_(k-1) + floor_k × (rate_k - rate_(k-1))
public struct MarginSchedule: Sendable, Hashable {
    public let tiers: [MarginTier]
    let initialDeductions: [Money]
    let maintenanceDeductions: [Money]

    public init(_ tiers: [MarginTier]) throws(MarginTableError) {
        guard let first = tiers.first else { throw .mustNotBeEmpty }
        guard first.floor == .zero else { throw .mustStartAtZero }
        for (i, tier) in tiers.enumerated() {
            if tier.maintenanceRate >= tier.initialRate || tier.maintenanceRate <= .zero {
                throw .maintenanceMustBeBelowInitial(row: i + 1)
            }
            guard i > 0 else { continue }
            if tier.floor <= tiers[i - 1].floor { throw .floorsMustIncrease(row: i + 1) }
            if tier.initialRate < tiers[i - 1].initialRate
                || tier.maintenanceRate < tiers[i - 1].maintenanceRate
            {
                throw .ratesMustNotDecrease(row: i + 1)
            }
        }
        self.tiers = tiers
        // Rounded down: a deduction is never overstated, so a margin is never understated.
        func deductions(_ rate: (MarginTier) -> Rate) -> [Money] {
            var all = [Money.zero]
            for i in tiers.indices.dropFirst() {
                all.append(all[i - 1] + tiers[i].floor.timesDown(rate(tiers[i]) - rate(tiers[i - 1])))
            }
            return all
        }
        initialDeductions = deductions(\.initialRate)
        maintenanceDeductions = deductions(\.maintenanceRate)
    }

    /// Maintenance margin of a position of this notional (not negative), rounded up.
    public func maintenance(_ notional: Money) -> Money {
        let k = row(notional)
        return notional.timesUp(tiers[k].maintenanceRate) - maintenanceDeductions[k]
    }

    /// The least initial margin of a position of this notional, rounded up.
    public func initial(_ notional: Money) -> Money {
        let k = row(notional)
        return notional.timesUp(tiers[k].initialRate) - initialDeductions[k]
    }

    /// The maintenance deduction of a row, as venues print it.
    public func maintenanceDeduction(row: Int) -> Money { maintenanceDeductions[row] }

    private func row(_ notional: Money) -> Int { tiers.lastIndex { $0.floor <= notional } ?? 0 }
}

/// The schedules of all markets laid out flat, for the hot path.
struct MarginTable: ~Copyable {
    struct Row: BitwiseCopyable {
        var floor: Int64
        var initialRate: Int64
        var initialDeduction: Int64
        var maintenanceRate: Int64
        var maintenanceDeduction: Int64
    }
    private static var rowsPerMarket: Int { 16 }
    private var rows: Pool<Row>
    private var rowCount: Pool<Int32>

    init(_ schedules: [MarginSchedule]) {
        rows = Pool(zeroed: schedules.count * Self.rowsPerMarket)
        rowCount = Pool(zeroed: schedules.count)
        for (m, schedule) in schedules.enumerated() {
            precondition(schedule.tiers.count <= Self.rowsPerMarket, "more than 16 margin tiers")
            rowCount[m] = Int32(schedule.tiers.count)
            for (k, tier) in schedule.tiers.enumerated() {
                rows[m * Self.rowsPerMarket + k] = Row(
                    floor: tier.floor.micros, initialRate: tier.initialRate.pico,
                    initialDeduction: schedule.initialDeductions[k].micros,
                    maintenanceRate: tier.maintenanceRate.pico,
                    maintenanceDeduction: schedule.maintenanceDeductions[k].micros)
            }
        }
    }

    @inline(__always)
    private func row(_ market: Int, _ notional: Int64) -> Int {
        var k = market &* Self.rowsPerMarket
        let end = k &+ Int(rowCount[market])
        while k &+ 1 < end && rows[k &+ 1].floor <= notional { k &+= 1 }
        return k
    }

    @inline(__always)
    func maintenance(_ market: Int, _ notional: Money) -> Money {
        let k = row(market, notional.micros)
        return Money(
            micros: mulDivUp(notional.micros, rows[k].maintenanceRate, Rate.one.pico)
                - rows[k].maintenanceDeduction)
    }

    @inline(__always)
    func initial(_ market: Int, _ notional: Money) -> Money {
        let k = row(market, notional.micros)
        return Money(
            micros: mulDivUp(notional.micros, rows[k].initialRate, Rate.one.pico) - rows[k].initialDeduction)
    }

    /// The lowest and the highest maintenance rate of a market.
    @inline(__always)
    func maintenanceRateRange(_ market: Int) -> (low: Double, high: Double) {
        let first = market &* Self.rowsPerMarket
        let last = first &+ Int(rowCount[market]) &- 1
        return (Double(rows[first].maintenanceRate) * 1e-12, Double(rows[last].maintenanceRate) * 1e-12)
    }
}

import Primitives

/// One row of a venue's margin table.
public struct MarginTier: Sendable, Hashable {
    /// Where the row begins, in the schedule's measure: ledger units of notional, or lots.
    public var floor: Int64
    public var initialRate: Rate
    public var maintenanceRate: Rate

    public init(floor: Int64, initialRate: Rate, maintenanceRate: Rate) {
        self.floor = floor
        self.initialRate = initialRate
        self.maintenanceRate = maintenanceRate
    }

    /// The row of a venue that states maximum leverage and asks half the initial margin as maintenance.
    public init(fromUSD floor: Int64, maxLeverage: Int64) {
        self.init(
            floor: Money(usd: floor).micros, initialRate: Rate(1, over: maxLeverage),
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
    case ratesMustBeAtMostOne(row: Int)
}

/// Margin rates that grow with every coin of the position.
public struct SizeSlope: Sendable, Hashable {
    public var perCoin: Rate
    /// Lots in a coin; for an inverse contract, whose notional is in coins, ledger units in a coin.
    public var sizePerCoin: Int64
    public var countsNotional: Bool

    public init(perCoin: Rate, sizePerCoin: Int64, countsNotional: Bool) {
        self.perCoin = perCoin
        self.sizePerCoin = sizePerCoin
        self.countsNotional = countsNotional
    }
}

/// What a venue asks as margin of a position, by its size: the rows, and how a row applies.
public struct MarginSchedule: Sendable, Hashable {
    /// What picks the row.
    public enum Measure: Sendable, Hashable {
        /// Notional at the price margin is measured with.
        case notional
        /// The number of lots (OKX: contracts).
        case lots
    }
    /// How a row's rate applies.
    public enum Method: Sendable, Hashable {
        /// To the part of the notional above its floor, so that margin is continuous in the notional n:
        ///
        ///     margin(n) = n × rate_k - deduction_k,  deduction_k = deduction_(k-1) + floor_k × (rate_k - rate_(k-1))
        case marginal
        /// To the whole position.
        case whole
    }
    public let tiers: [MarginTier]
    public let measure: Measure
    public let maintenanceMethod: Method
    public let initialMethod: Method
    /// Added to both rates with the size of the position (Deribit); nil elsewhere.
    public let slope: SizeSlope?
    /// Maintenance is this share of the initial margin at the row's rate, each rounded up (dYdX); nil elsewhere,
    /// where the row's own maintenance rate counts.
    public let maintenanceFraction: Rate?
    let initialDeductions: [Money]
    let maintenanceDeductions: [Money]

    /// - Parameter maintenanceDeductions: printed amounts to use instead of those the rows imply.
    /// - Throws: `MarginTableError` at the first row that does not fit.
    public init(
        _ tiers: [MarginTier], measure: Measure = .notional, maintenance: Method = .marginal,
        initial: Method = .marginal, slope: SizeSlope? = nil, maintenanceFraction: Rate? = nil,
        maintenanceDeductions: [Money]? = nil
    ) throws(MarginTableError) {
        guard let first = tiers.first else { throw .mustNotBeEmpty }
        guard first.floor == 0 else { throw .mustStartAtZero }
        for (i, tier) in tiers.enumerated() {
            if tier.maintenanceRate >= tier.initialRate || tier.maintenanceRate <= .zero {
                throw .maintenanceMustBeBelowInitial(row: i + 1)
            }
            if tier.initialRate > .one { throw .ratesMustBeAtMostOne(row: i + 1) }
            guard i > 0 else { continue }
            if tier.floor <= tiers[i - 1].floor { throw .floorsMustIncrease(row: i + 1) }
            if tier.initialRate < tiers[i - 1].initialRate
                || tier.maintenanceRate < tiers[i - 1].maintenanceRate
            {
                throw .ratesMustNotDecrease(row: i + 1)
            }
        }
        self.tiers = tiers
        self.measure = measure
        maintenanceMethod = maintenance
        initialMethod = initial
        self.slope = slope
        self.maintenanceFraction = maintenanceFraction
        initialDeductions = Self.deductions(tiers, initial, \.initialRate)
        self.maintenanceDeductions =
            maintenanceDeductions ?? Self.deductions(tiers, maintenance, \.maintenanceRate)
    }

    /// A whole table as somebody states it, without asking that rates rise: rows by lots, rates of the whole position less
    /// the stated deductions.
    package init(asGiven tiers: [MarginTier], maintenanceDeductions: [Money]) {
        precondition(tiers.count == maintenanceDeductions.count && tiers.first?.floor == 0)
        self.tiers = tiers
        measure = .lots
        maintenanceMethod = .whole
        initialMethod = .whole
        slope = nil
        maintenanceFraction = nil
        initialDeductions = tiers.map { _ in .zero }
        self.maintenanceDeductions = maintenanceDeductions
    }

    private static func deductions(
        _ tiers: [MarginTier], _ method: Method, _ rate: (MarginTier) -> Rate
    ) -> [Money] {
        var all = [Money.zero]
        for (before, tier) in zip(tiers, tiers.dropFirst()) {
            let step = deductionStep(floor: Money(micros: tier.floor), rate(tier), after: rate(before))
            all.append(method == .whole ? .zero : all[all.count - 1] + step)
        }
        return all
    }

    /// What a row's deduction adds to that of the row before it. Rounded down: a deduction is never overstated,
    /// so a margin is never understated.
    public static func deductionStep(floor: Money, _ rate: Rate, after previous: Rate) -> Money {
        floor.timesDown(rate - previous)
    }

    /// Maintenance margin of a position of this notional and size (neither negative), rounded up; held by several like
    /// accounts in equal parts, that of all of them.
    public func maintenance(_ notional: Money, lots: Lots = .zero, members: Int16 = 1) -> Money {
        MarginTable([self], surcharges: [.zero]).maintenance(0, notional, lots, members: members)
    }

    /// The least initial margin of a position of this notional and size, rounded up.
    public func initial(_ notional: Money, lots: Lots = .zero) -> Money {
        MarginTable([self], surcharges: [.zero]).initial(0, notional, lots)
    }

    /// The maintenance deduction of a row, as venues print it.
    public func maintenanceDeduction(row: Int) -> Money { maintenanceDeductions[row] }

    /// The row that applies to a position.
    public func row(_ notional: Money, lots: Lots) -> Int {
        let size = measure == .lots ? lots.magnitude.count : notional.micros
        return tiers.lastIndex { $0.floor <= size } ?? 0
    }
}

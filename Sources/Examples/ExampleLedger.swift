import Clearing
import Primitives

/// A clearing house with one account, in units fine enough for an example's figures: prices in ticks below 2^31, amounts
/// near 10^17 units, so that what the ledger rounds lies far below any tolerance.
struct ExampleLedger: ~Copyable {
    var house: ClearingHouse
    let account: Int32
    /// Ticks in one unit of price, ledger units in one of the settlement currency.
    let ticks: Double
    let units: Double
    /// Lots in one of an example's size.
    private let lots: Double
    private let isInverse: Bool
    private var nextMarket: Int32 = 0

    /// A market of an example: its one margin row, as given.
    struct Market {
        var maintenanceRate: Double
        var deduction = 0.0
        var fee = 0.0
        var fraction: Double?
        /// Rate per unit of size.
        var slope = 0.0
        /// Further rows, by the size from which they apply.
        var rows: [(from: Double, rate: Double, deduction: Double)] = []
    }

    /// - Parameters:
    ///   - prices, sizes: every price and size of the example, to choose units by.
    ///   - largestAmount: about the largest sum of money in it.
    init(
        _ markets: [Market], prices: [Double], sizes: [Double], largestAmount: Double,
        isInverse: Bool = false,
        convention: MarginConvention = MarginConvention(), quantums: Bool = false,
        exactly fixed: (ticks: Double, units: Double)? = nil
    ) throws(Unsupported) {
        let highest = prices.max() ?? 1
        let rates = markets.flatMap { [$0.maintenanceRate, $0.fee, $0.slope] }
        guard rates.allSatisfy({ abs($0) < 9e6 }), largestAmount.isFinite, sizes.allSatisfy(\.isFinite) else {
            throw Unsupported("a figure beyond what the ledger holds")
        }
        guard highest > 0, prices.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw Unsupported("a price of zero or less")
        }
        var ticks = 1.0
        if isInverse {
            // Marks only: what a position cost is exact whatever the tick.
            while ticks < 1e6, prices.contains(where: { $0 * ticks != ($0 * ticks).rounded() }) {
                ticks *= 10
            }
        } else {
            while highest * ticks * 10 < 2e8 { ticks *= 10 }
        }
        while highest * ticks > 2e9 { ticks /= 10 }
        // No coarser than the sizes themselves.
        var lots = 1.0
        let largest = sizes.map(abs).max() ?? 1
        while lots < 1e13, largest * lots < 1e13,
            sizes.contains(where: { abs($0 * lots - ($0 * lots).rounded()) > 1e-9 * abs($0 * lots) })
        { lots *= 10 }
        // Costs are exact whatever the tick: it may be coarser where prices and sizes have many places.
        while !isInverse, largestAmount * ticks * lots > 2e17, highest * ticks > 1e5 { ticks /= 10 }
        // Units so that tick × lot is a whole number of them, and amounts stay below 2^61.
        var units = isInverse ? 1e8 : ticks * lots
        while max(largestAmount, 1e-9) * units * 10 < 2e17, !isInverse || units * 10 * ticks / lots < 8e18 {
            units *= 10
        }
        // A chain's own unit decides what is rounded.
        if quantums { (ticks, lots, units) = (1, 1e6, 1e6) }
        if quantums {
            while prices.contains(where: { $0 * ticks != ($0 * ticks).rounded() }), ticks < 1e6 {
                ticks *= 10; lots /= 10
            }
        }
        if let fixed { (ticks, lots, units) = (fixed.ticks, 1, fixed.units) }
        guard largestAmount * units < 2e18 else {
            throw Unsupported("figures with too many places for the ledger")
        }
        let factor = isInverse ? units * ticks / lots : units / (ticks * lots)
        guard factor > 0.999, factor < 9e18 else {
            throw Unsupported("figures with too many places for the ledger")
        }
        let contract = ContractUnit(
            microsPerTickLot: Int64(factor.rounded()), ticksPerUSD: ticks, lotsPerCoin: lots,
            isInverse: isInverse)
        var specs: [MarketSpec] = []
        for market in markets {
            specs.append(
                MarketSpec(
                    name: "X", unit: contract, schedule: try Self.schedule(market, units, lots),
                    maxTicks: .max / 2, takerFee: Rate(nearest: market.fee), makerFee: .zero))
        }
        self.ticks = ticks
        self.units = units
        self.lots = lots
        self.isInverse = isInverse
        house = ClearingHouse(
            markets: specs, convention: convention, expectedAccounts: 2, at: SimTime(seconds: 0))
        account = house.openAccount()
    }

    private static func schedule(
        _ market: Market, _ units: Double, _ lots: Double
    ) throws(Unsupported) -> MarginSchedule {
        let rate = Rate(nearest: market.maintenanceRate)
        let initial = market.fraction.map { Rate(nearest: market.maintenanceRate / $0) } ?? .one
        let first = MarginTier(floor: 0, initialRate: initial, maintenanceRate: rate)
        let deduction = Money(micros: Int64((market.deduction * units).rounded()))
        if !market.rows.isEmpty {
            let further = market.rows.map {
                MarginTier(
                    floor: Int64(($0.from * lots).rounded()), initialRate: .one,
                    maintenanceRate: Rate(nearest: $0.rate))
            }
            return MarginSchedule(
                asGiven: [first] + further,
                maintenanceDeductions: [deduction]
                    + market.rows.map { Money(micros: Int64(($0.deduction * units).rounded())) })
        }
        do {
            return try MarginSchedule(
                [first],
                slope: market.slope == 0
                    ? nil
                    : SizeSlope(
                        perCoin: Rate(nearest: market.slope), sizePerCoin: Int64(lots), countsNotional: false),
                maintenanceFraction: market.fraction.map { Rate(nearest: $0) },
                maintenanceDeductions: [deduction])
        } catch {
            throw Unsupported("margin rates the ledger refuses: \(error)")
        }
    }

    /// What exceeds the ledger counts as the most it holds; an example's own sums stay far below.
    func money(_ amount: Double) -> Money {
        Money(micros: Int64(min(max((amount * units).rounded(), -4e18), 4e18)))
    }
    func amount(_ money: Money) -> Double { Double(money.micros) / units }
    func lots(_ size: Double) -> Lots { Lots(Int64((size * lots).rounded())) }
    func size(_ lots: Lots) -> Double { Double(lots.count) / self.lots }
    func price(_ ticks: Double) -> Double { ticks / self.ticks }

    mutating func mark(_ market: Int32, _ price: Double) {
        house.setMark(market, Ticks(Int((price * ticks).rounded())))
    }

    /// Opens a position of signed size at an entry price, isolated with a margin of its own if one is given.
    mutating func open(
        _ market: Int32, _ size: Double, entry: Double, margin: Double? = nil, leg: PositionLeg = .net
    ) -> Int32 {
        let p = house.positionID(account, market, leg)
        if margin != nil { _ = house.configure(p, leverage: 1, isolated: true) }
        let cost = isInverse ? -size / entry : size * entry
        house.seedHolding(p, lots(size), cost: money(cost))
        if let margin { house.seedMargin(money(margin), of: p) }
        return p
    }

    /// The price at which a position is liquidated.
    func liquidationPrice(_ position: Int32) throws(Unsupported) -> Double {
        guard let ticks = house.liquidationPrice(position) else { throw Unsupported("no liquidation price") }
        return price(ticks)
    }

    func bankruptcyPrice(_ position: Int32, afterFee: Bool = false) throws(Unsupported) -> Double {
        guard let ticks = house.bankruptcyPriceUnrounded(position, afterFee: afterFee) else {
            throw Unsupported("no bankruptcy price")
        }
        return price(ticks)
    }
}

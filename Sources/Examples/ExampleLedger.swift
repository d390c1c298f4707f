import Clearing
import Primitives

/// A clearing house with one account, in units fine enough for an example's figures: prices in ticks below 2^31, amounts
/// near 10^17 units, so that what the ledger rounds lies far below any tolerance.
struct ExampleLedger: ~Copyable {
    var house: ClearingHouse
    let account: AccountID
    /// Ticks in one unit of price, ledger units in one of the settlement currency.
    let ticks: Double
    let units: Double
    /// Lots in one of an example's size.
    private let lots: Double
    private let isInverse: Bool
    /// Units that cash, costs and values have taken of those that add up in 64 bits.
    private var taken = 0.0

    /// The highest price that can be quoted.
    private static let mostTicks = 1e9
    /// Units of one sum.
    private static let most = 2e18

    private static var beyond: Refusal {
        .figure(
            "the figures together: found prices, sizes and sums too far apart, or too large; allowed: what a ledger of 64 bits"
                + " holds, 17 digits of the largest sum")
    }

    /// A market of an example: its one margin row, as given.
    struct Market {
        /// Between 0 and 1, as all rates here.
        var maintenanceRate: Double
        var deduction = 0.0
        var fee = 0.0
        var fraction: Double?
        /// Rate per unit of size; per unit of the notional of an inverse contract, which is in coins.
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
    ) throws(Refusal) {
        let highest = prices.max() ?? 1
        guard let lowest = prices.min(), lowest > 0, highest <= ExampleInputs.largest,
            (sizes + [largestAmount]).allSatisfy({ abs($0) <= 1e30 })
        else { throw Self.beyond }
        var ticks = 1.0
        if isInverse {
            // Marks only: what a position cost is exact whatever the tick.
            while ticks < 1e6, prices.contains(where: { $0 * ticks != ($0 * ticks).rounded() }) {
                ticks *= 10
            }
        } else {
            while highest * ticks * 10 < 2e8 { ticks *= 10 }
        }
        while highest * ticks > Self.mostTicks { ticks /= 10 }
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
        let factor = isInverse ? units * ticks / lots : units / (ticks * lots)
        guard largestAmount * units < Self.most, factor > 0.999, factor < 9e18,
            (lowest * ticks).rounded() >= 1, highest * ticks <= Self.mostTicks
        else { throw Self.beyond }
        let contract = ContractUnit(
            microsPerTickLot: Int64(factor.rounded()), ticksPerUSD: ticks, lotsPerCoin: lots,
            isInverse: isInverse)
        var specs: [MarketSpec] = []
        for market in markets {
            specs.append(
                MarketSpec(
                    name: "X", unit: contract,
                    schedule: try Self.schedule(market, units, isInverse ? units : lots, lots, isInverse),
                    maxTicks: Int32(Self.mostTicks), takerFee: Rate(nearest: market.fee), makerFee: .zero))
        }
        self.ticks = ticks
        self.units = units
        self.lots = lots
        self.isInverse = isInverse
        house = ClearingHouse(
            markets: specs, convention: convention, expectedAccounts: 2, at: SimTime(seconds: 0))
        account = house.openAccount()
    }

    /// - Parameter coin: what a coin of the position is counted in by rates that grow with it.
    private static func schedule(
        _ market: Market, _ units: Double, _ coin: Double, _ lots: Double, _ isInverse: Bool
    ) throws(Refusal) -> MarginSchedule {
        let rate = Rate(nearest: market.maintenanceRate)
        let initial = market.fraction.map { Rate(nearest: market.maintenanceRate / $0) } ?? .one
        let first = MarginTier(floor: 0, initialRate: initial, maintenanceRate: rate)
        let deductions = ([market.deduction] + market.rows.map(\.deduction)).map { ($0 * units).rounded() }
        let floors = market.rows.map { ($0.from * lots).rounded() }
        guard (deductions + floors).allSatisfy({ abs($0) < most }) else { throw beyond }
        let maintenanceDeductions = deductions.map { Money(micros: Int64($0)) }
        if !market.rows.isEmpty {
            let further = zip(floors, market.rows).map {
                MarginTier(floor: Int64($0), initialRate: .one, maintenanceRate: Rate(nearest: $1.rate))
            }
            return MarginSchedule(asGiven: [first] + further, maintenanceDeductions: maintenanceDeductions)
        }
        guard coin < 9e18 else { throw beyond }
        do {
            return try MarginSchedule(
                [first],
                slope: market.slope == 0
                    ? nil
                    : SizeSlope(
                        perCoin: Rate(nearest: market.slope), sizePerCoin: Int64(coin),
                        countsNotional: isInverse),
                maintenanceFraction: market.fraction.map { Rate(nearest: $0) },
                maintenanceDeductions: maintenanceDeductions)
        } catch {
            throw .figure(
                "the maintenance margin rate: found \(market.maintenanceRate); allowed: above 0, below 1 and the initial rate"
            )
        }
    }

    /// The ledger's units of an amount.
    func money(_ amount: Double) throws(Refusal) -> Money {
        let micros = (amount * units).rounded()
        guard abs(micros) < Self.most else { throw Self.beyond }
        return Money(micros: Int64(micros))
    }
    func amount(_ money: Money) -> Double { Double(money.micros) / units }
    func lots(_ size: Double) throws(Refusal) -> Lots {
        let count = (size * lots).rounded()
        guard abs(count) < Self.most, size == 0 || count != 0 else { throw Self.beyond }
        return Lots(Int64(count))
    }
    func size(_ lots: Lots) -> Double { Double(lots.count) / self.lots }
    func price(_ ticks: Double) -> Double { ticks / self.ticks }
    func ticks(at price: Double) throws(Refusal) -> Ticks {
        let count = (price * ticks).rounded()
        guard count >= 1, count <= Self.mostTicks else { throw Self.beyond }
        return Ticks(Int(count))
    }

    /// Counts a sum of money towards what adds up.
    private mutating func take(_ units: Double) throws(Refusal) {
        taken += abs(units)
        guard taken < 4 * Self.most else { throw Self.beyond }
    }

    /// What lots are worth at a price, in ledger units.
    private func worth(_ lots: Lots, at price: Double) -> Double {
        let size = abs(size(lots))
        return (isInverse ? size / price : size * price) * units
    }

    mutating func mark(_ market: Int32, _ price: Double) throws(Refusal) {
        house.setMark(market, try ticks(at: price))
    }

    /// Puts cash, which may be negative, into the account.
    mutating func deposit(_ amount: Double) throws(Refusal) { try deposit(money(amount)) }
    mutating func deposit(_ amount: Money) throws(Refusal) {
        try take(Double(amount.micros))
        house.seedCash(amount, of: account)
    }

    /// Opens a position of signed size at an entry price, isolated with a margin of its own if one is given.
    mutating func open(
        _ market: Int32, _ size: Double, entry: Double, margin: Double? = nil, leg: PositionLeg = .net
    ) throws(Refusal) -> Int32 {
        let cost = try money(isInverse ? -size / entry : size * entry)
        let p = try open(market, try lots(size), cost: cost, leg: leg, isIsolated: margin != nil)
        if let margin {
            let amount = try money(margin)
            try take(Double(amount.micros))
            house.seedMargin(amount, of: p)
        }
        return p
    }

    /// Opens a position of whole lots at a cost in ledger units; its market must have a mark.
    mutating func open(
        _ market: Int32, _ lots: Lots, cost: Money, leg: PositionLeg = .net, isIsolated: Bool = false
    ) throws(Refusal) -> Int32 {
        let value = worth(lots, at: price(Double(house.mark(market).count)))
        guard value < Self.most else { throw Self.beyond }
        try take(value)
        try take(Double(cost.micros))
        let p = house.positionID(account, market, leg)
        if isIsolated { _ = house.configure(p, leverage: 1, isolated: true) }
        house.seedHolding(p, lots, cost: cost)
        return p
    }

    /// The price at which a position is liquidated.
    func liquidationPrice(_ position: Int32) throws(Refusal) -> Double {
        guard let ticks = house.liquidationPrice(position) else { throw .unsupported("no liquidation price") }
        return price(ticks)
    }

    func bankruptcyPrice(_ position: Int32, afterFee: Bool = false) throws(Refusal) -> Double {
        guard let ticks = house.bankruptcyPriceUnrounded(position, afterFee: afterFee) else {
            throw .unsupported("no bankruptcy price")
        }
        return price(ticks)
    }

    /// Initial margin of a notional by the house's own rounding; leverage that is no whole number is a share of its own.
    func initialMargin(_ notional: Double, leverage: Double) throws(Refusal) -> Double {
        _ = try money(notional / min(leverage, 1))
        guard leverage == leverage.rounded(), (1...255).contains(leverage) else {
            return amount(try money(notional).timesUp(Rate(nearest: 1 / leverage)))
        }
        return amount(ClearingHouse.initialMargin(try money(notional), leverage: UInt8(leverage)))
    }
}

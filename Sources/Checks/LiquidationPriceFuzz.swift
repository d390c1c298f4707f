import Clearing
import OrderBook
import Primitives
import Venues

/// Random accounts on a venue: one tick short of the printed liquidation price the account is left alone, at it the
/// waterfall starts; and a margin written from the rule in words agrees on which side of the line each price lies.
public enum LiquidationPriceFuzz {
    /// What was checked, and the first thing that is wrong.
    public struct Outcome: Sendable {
        /// Accounts whose liquidation price was compared with the waterfall.
        public var accounts = 0
        /// Besides: accounts that no quotable price liquidates, and such as failed from the start.
        public var never = 0
        public var failing = 0
        public var failure: String?
    }

    /// A built-in rulebook with two markets where the venue has two in one currency.
    ///
    /// - Throws: `InputError` for a name that is no rulebook's.
    public static func rulebook(_ name: String) throws -> Rulebook {
        let all = try Rulebook.named(name).markets.map(\.spec.name)
        return try .named(name, assets: Array(all.prefix(2)))
    }

    public static func run(_ rulebook: Rulebook, accounts: Int, seed: UInt64) -> Outcome {
        var random = RandomStream(seed: seed, name: "fuzz/liquidation-price/\(rulebook.name)")
        var venue = Venue(
            rulebook, vaultCapital: Money(micros: 1), fundCapital: Money(micros: 1), at: SimTime(seconds: 0))
        for asset in rulebook.collateral.indices {
            venue.updateCollateral(asset, index: 10_000, ownBook: nil)
        }
        var outcome = Outcome()
        while outcome.accounts < accounts && outcome.failure == nil {
            check(&venue, &random, &outcome)
        }
        return outcome
    }

    private static func check(
        _ venue: inout Venue, _ random: inout RandomStream, _ outcome: inout Outcome
    ) {
        let rulebook = venue.rulebook
        let m = Int32(random.integer(below: min(2, rulebook.markets.count)))
        let other = m == 0 && rulebook.markets.count > 1 ? Int32(1) : 0
        for market in [m, other] {
            let top = rulebook.markets[Int(market)].spec.maxTicks
            let start = Int(max(20, Double(top) / 8 * random.logNormal(median: 1, logSD: 0.5)))
            venue.house.setMark(market, Ticks(min(start, Int(top) / 2)))
        }
        let account = RandomAccount(&venue, m, other, &random)
        defer { account.close(&venue) }
        var found = Buffer<MarginScope>()
        venue.house.scopesToLiquidate(into: &found)
        let scope = venue.house.scope(of: account.position)
        if found.elements.contains(scope) {
            outcome.failing += 1
            return
        }
        guard let tick = venue.house.liquidationTick(account.position) else {
            outcome.never += 1
            return
        }
        outcome.accounts += 1
        let start = venue.house.mark(m)
        let short = Ticks(tick.count + (tick < start ? 1 : -1))
        for (price, isFailing) in [(short, false), (tick, true)] {
            venue.house.setMark(m, price)
            venue.house.scopesToLiquidate(into: &found)
            if found.elements.contains(scope) != isFailing {
                outcome.failure =
                    "\(rulebook.name): \(account) from \(start.count): liquidation price \(tick.count) ticks, but at"
                    + " \(price.count) it is \(isFailing ? "left alone" : "liquidated")"
                return
            }
            let excess = ReferenceMargin.excess(venue.house, scope, rulebook)
            // The reference does not round; the ledger does, by a unit per position and rule.
            if isFailing ? excess > 16 : excess < -16 {
                outcome.failure =
                    "\(rulebook.name): \(account): at \(price.count) ticks the margin by the rule in words is \(excess)"
                return
            }
        }
    }
}

/// One account with a position and perhaps a hedge, another position and collateral. The other sides are left out: only
/// the account is looked at.
private struct RandomAccount: CustomStringConvertible {
    private let id: AccountID
    let position: Int32
    let description: String

    init(_ venue: inout Venue, _ m: Int32, _ other: Int32, _ random: inout RandomStream) {
        let id = venue.house.openAccount()
        var parts: [String] = []
        let isHedged = venue.rulebook.hasHedgeMode && random.chance(0.3)
        let isIsolated = random.chance(0.4)
        let size = random.logNormal(median: 3e4, logSD: 3)
        let first = random.chance(0.5) || isHedged ? size : -size
        position = Self.place(
            &venue, id, m, first, isHedged ? .long : .net, isolated: isIsolated, &random, &parts)
        if isHedged {
            let second = -size * random.logNormal(median: 1, logSD: 0.5)
            _ = Self.place(&venue, id, m, second, .short, isolated: false, &random, &parts)
        }
        if !isIsolated && random.chance(0.3) {
            let third = size * (random.chance(0.5) ? 0.3 : -0.3)
            _ = Self.place(&venue, id, other, third, .net, isolated: false, &random, &parts)
        }
        // Cash over the margin that is asked, from almost none to several times.
        let state = venue.house.margin(.cross(id))
        let spare = Double(max(state.maintenance.micros, 1)) * random.logNormal(median: 1, logSD: 1)
        let cash = state.maintenance - state.equity + Money(micros: Int64(min(spare, 1e15)))
        venue.house.seedCash(cash, of: id)
        let assets = venue.rulebook.collateral.count
        if assets > 0 && random.chance(0.3) {
            let asset = Int32(venue.rulebook.markets.count + random.integer(below: assets))
            let lots = Lots(Int64(random.logNormal(median: 1e4, logSD: 2)) + 1)
            venue.house.depositCollateral(asset, lots, to: id)
        }
        self.id = id
        description = (parts + ["cash \(cash)"]).joined(separator: ", ")
    }

    private static func place(
        _ venue: inout Venue, _ id: AccountID, _ m: Int32, _ usd: Double, _ leg: PositionLeg, isolated: Bool,
        _ random: inout RandomStream, _ parts: inout [String]
    ) -> Int32 {
        let unit = venue.rulebook.markets[Int(m)].spec.unit
        let lots = max(Lots(1), unit.lots(worth: abs(usd), at: venue.house.mark(m)))
        let leverage = UInt8(1 + random.integer(below: Int(venue.rulebook.markets[Int(m)].maxLeverage)))
        let p = venue.house.positionID(id, m, leg)
        _ = venue.house.configure(p, leverage: leverage, isolated: isolated)
        venue.house.book(p, usd < 0 ? -lots : lots, at: venue.house.mark(m))
        if isolated {
            venue.house.seedMargin(Money(micros: Int64(random.logNormal(median: 1e4, logSD: 2))), of: p)
        }
        let entry = Double(venue.house.mark(m).count) * random.logNormal(median: 1, logSD: 0.01)
        venue.house.restate(p, entry: Ticks(max(1, Int(entry))))
        parts.append(
            "market \(m) \(leg) \(usd < 0 ? "-" : "")\(lots.count) lots\(isolated ? " isolated" : "") at \(leverage)x"
        )
        return p
    }

    /// Closes everything, so that the next account is alone.
    func close(_ venue: inout Venue) {
        var p = venue.house.account(id).firstPosition
        while p != 0 {
            let position = venue.house.position(p)
            if position.lots != .zero {
                if position.market < venue.rulebook.markets.count {
                    venue.house.book(p, -position.lots, at: venue.house.mark(position.market))
                } else {
                    venue.house.seedCash(Money(micros: 1 << 50), of: id)
                    _ = venue.house.withdrawCollateral(position.market, position.lots, from: id)
                    venue.house.seedCash(Money(micros: -(1 << 50)), of: id)
                }
            }
            p = position.next
        }
        venue.house.seedCash(-venue.house.account(id).cash, of: id)
        var p2 = venue.house.account(id).firstPosition
        while p2 != 0 {
            let position = venue.house.position(p2)
            if position.isolated && position.margin < .zero {
                venue.house.seedMargin(-position.margin, of: p2)
            }
            p2 = position.next
        }
        var found = Buffer<MarginScope>()
        venue.house.scopesToLiquidate(into: &found)
        venue.house.events.removeAll()
    }
}

/// Equity less maintenance margin straight from the rules in words, in real numbers: the margin of each tier's own part
/// added up, no deductions.
enum ReferenceMargin {
    static func excess(_ house: borrowing ClearingHouse, _ scope: MarginScope, _ rulebook: Rulebook) -> Double
    {
        var equity = 0.0
        var maintenance = 0.0
        var positions: [Position] = []
        if let p = scope.isolatedPosition {
            positions = [house.position(p)]
            equity = Double(positions[0].margin.micros)
        } else {
            let account = house.account(house.account(of: scope))
            equity = Double(account.cash.micros)
            var p = account.firstPosition
            while p != 0 {
                let position = house.position(p)
                if !position.isolated && position.lots != .zero { positions.append(position) }
                p = position.next
            }
        }
        for position in positions { equity += profit(house, position) }
        for position in positions where house.markets[Int(position.market)].kind == .contract {
            maintenance += required(house, position, rulebook)
            if rulebook.margin.closingFee == .atBankruptcy && scope.isolatedPosition == nil {
                // Bankrupt where the rest of the equity, this position's profit and the fee to close make nothing.
                let rest = equity - profit(house, position)
                let fee = house.markets[Int(position.market)].takerFee.value
                let entry = Double(abs(position.cost.micros))
                let isDebt = position.cost < .zero
                let closing = isDebt ? (entry + rest) / (1 + fee) : (entry - rest) / (1 - fee)
                maintenance += max(0, closing) * fee
            }
        }
        return equity - maintenance
    }

    private static func value(_ house: borrowing ClearingHouse, _ p: Position) -> Double {
        let unit = house.markets[Int(p.market)].unit
        let price = Double(house.mark(p.market).count)
        let lots = Double(p.lots.count)
        return unit.isInverse
            ? -lots * Double(unit.microsPerTickLot) / price : lots * price * Double(unit.microsPerTickLot)
    }

    private static func profit(_ house: borrowing ClearingHouse, _ p: Position) -> Double {
        if case .collateral(let haircut) = house.markets[Int(p.market)].kind {
            return value(house, p) * (1 - haircut.value)
        }
        return value(house, p) - Double(p.cost.micros)
    }

    private static func required(
        _ house: borrowing ClearingHouse, _ p: Position, _ rulebook: Rulebook
    ) -> Double {
        let spec = house.markets[Int(p.market)]
        let schedule = spec.schedule
        let measured = rulebook.margin.basis == .entry ? abs(Double(p.cost.micros)) : abs(value(house, p))
        let lots = abs(Double(p.lots.count))
        var rateOfAll = rulebook.margin.closingFee == .atMark ? spec.takerFee.value : 0
        if let slope = schedule.slope {
            let coins = (slope.countsNotional ? measured : lots) / Double(slope.sizePerCoin)
            rateOfAll += coins * slope.perCoin.value
        }
        if let fraction = schedule.maintenanceFraction {
            return measured * schedule.tiers[0].initialRate.value * fraction.value
        }
        let size = schedule.measure == .lots ? lots : measured
        if schedule.maintenanceMethod == .whole {
            let row = schedule.tiers.last { Double($0.floor) <= size }!
            return measured * (row.maintenanceRate.value + rateOfAll)
        }
        var sum = measured * rateOfAll
        for (k, tier) in schedule.tiers.enumerated() {
            let end = k + 1 < schedule.tiers.count ? Double(schedule.tiers[k + 1].floor) : .infinity
            sum += max(0, min(measured, end) - Double(tier.floor)) * tier.maintenanceRate.value
        }
        return sum
    }
}

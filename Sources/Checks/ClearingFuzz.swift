import Clearing
import Primitives

/// Random trades, deposits, funding and marks through the clearing house and the reference ledger; balances
/// compared to the micro-dollar, the trigger index against the full scan, the running audit against the sum.
public enum ClearingFuzz {
    public enum Command: Sendable, CustomStringConvertible {
        case trade(maker: AccountID, taker: AccountID, market: Int32, Side, Lots, Ticks)
        case deposit(AccountID, Money)
        case withdraw(AccountID, Money)
        case moveMargin(AccountID, market: Int32, Money)
        case mark(Int32, Ticks)
        case funding(Int32, Rate, Ticks)

        public var description: String {
            switch self {
            case .trade(let m, let t, let market, let side, let lots, let price):
                "\(t) \(side)s \(lots.count) of market \(market) from \(m) at \(price.count)"
            case .deposit(let a, let money): "deposit \(money) to \(a)"
            case .withdraw(let a, let money): "withdraw \(money) from \(a)"
            case .moveMargin(let a, let m, let money): "move \(money) into isolated \(a) market \(m)"
            case .mark(let m, let price): "mark of market \(m) to \(price.count)"
            case .funding(let m, let rate, let price):
                "funding of market \(m) at \(rate.pico)e-12 on \(price.count)"
            }
        }
    }

    static let markets: Int32 = 3
    static let accounts = AccountID.first(12)

    public static func run(
        commands count: Int, seed: UInt64, fault: ReferenceLedger.Fault? = nil, waking: WakeFault? = nil
    ) -> Failure? {
        fuzzSessions(count, size: 500, seed: seed, name: "fuzz/clearing") { size, random in
            let commands = generate(size, &random)
            let modes = random.next()
            return (commands, { compare($0, modes, fault, waking) })
        }
    }

    private static func generate(_ count: Int, _ random: inout RandomStream) -> [Command] {
        let swarm = Swarm(kinds: 7, &random)
        var prices = (0..<markets).map { _ in 100 + random.integer(below: 100_000) }
        return (0..<count).map { _ in
            let m = random.integer(below: Int(markets))
            let account = accounts[random.integer(below: accounts.count)]
            switch swarm.pick(&random) {
            case 0, 1:
                let other = account.index + 1 + random.integer(below: accounts.count - 1)
                let taker = accounts[other % accounts.count]
                let price = max(1, Int(Double(prices[m]) * random.uniform(0.97, 1.03)))
                let lots = Int64(random.logNormal(median: 30, logSD: 2)) + 1
                return .trade(
                    maker: account, taker: taker, market: Int32(m), random.chance(0.5) ? .buy : .sell,
                    Lots(lots),
                    Ticks(price))
            case 2:
                return .deposit(account, Money(micros: 1 + Int64(random.logNormal(median: 1e7, logSD: 3))))
            case 3:
                return .withdraw(account, Money(micros: 1 + Int64(random.logNormal(median: 1e7, logSD: 3))))
            case 4:
                let amount = Int64(random.logNormal(median: 1e6, logSD: 3)) * (random.chance(0.5) ? 1 : -1)
                return .moveMargin(account, market: Int32(m), Money(micros: amount))
            case 5:
                prices[m] = max(
                    1, min(4_000_000, Int(Double(prices[m]) * random.logNormal(median: 1, logSD: 0.03))))
                return .mark(Int32(m), Ticks(prices[m]))
            default:
                return .funding(Int32(m), Rate(pico: Int64(1e9 * random.normal())), Ticks(prices[m]))
            }
        }
    }

    private static func makeHouse() -> ClearingHouse {
        let schedule = try! MarginSchedule([
            MarginTier(fromUSD: 0, maxLeverage: 40), MarginTier(fromUSD: 10, maxLeverage: 20),
            MarginTier(fromUSD: 1000, maxLeverage: 5),
        ])
        let specs = (0..<markets).map { m in
            MarketSpec(
                name: "M\(m)",
                unit: ContractUnit(microsPerTickLot: Int64(m) + 1, ticksPerUSD: 10, lotsPerCoin: 1000),
                schedule: schedule, maxTicks: 1 << 22, takerFee: Rate(basisPoints: 45, per: 10),
                makerFee: m == 2 ? Rate(basisPoints: -1, per: 3) : Rate(basisPoints: 15, per: 10))
        }
        return ClearingHouse(
            markets: specs, callRatios: [Rate(3, over: 2), Rate(6, over: 5)], expectedAccounts: 2,
            at: SimTime(seconds: 0))
    }

    /// - Parameter modes: bits that say which positions are isolated.
    static func compare(
        _ commands: [Command], _ modes: UInt64, _ fault: ReferenceLedger.Fault?, _ waking: WakeFault? = nil
    ) -> String? {
        var house = makeHouse()
        house.wakesWrongly = waking
        var ledger = ReferenceLedger(fault: fault)
        for a in accounts {
            _ = house.openAccount()
            for m in 0..<markets {
                let isolated = modes >> UInt64(a.rawValue * markets + m) & 1 == 1
                let leverage = UInt8(1 + (a.rawValue * 7 + m) % 40)
                _ = house.configure(house.positionID(a, m), leverage: leverage, isolated: isolated)
                ledger.configure(a, m, leverage: Int128(leverage), isolated: isolated)
            }
            house.deposit(Money(usd: 50), to: a)
            ledger.deposit(50_000_000, a)
        }
        for m in 0..<markets { house.setMark(m, Ticks(50_000)) }
        var found = Buffer<MarginScope>()
        var sleeping: [MarginScope: Sleep] = [:]
        for (n, command) in commands.enumerated() {
            apply(command, &house, &ledger)
            house.now = SimTime(seconds: Int64(n))
            house.wakeDue()
            house.scopesToLiquidate(into: &found)
            if let text = wakeUps(&house, found, &sleeping, n) { return "command \(n), \(command): \(text)" }
            if let text = difference(house, ledger) { return "command \(n), \(command): \(text)" }
            let running = house.runningZeroSum()
            if !running.holds || running != house.zeroSum() {
                return "command \(n), \(command): zero-sum \(running)"
            }
            house.events.removeAll()
        }
        return nil
    }

    /// What a scope that was put to sleep must be woken by.
    private struct Sleep {
        var wasUnderZero: Bool
        var due: SimTime
    }

    /// Whom the full scan finds is found or asleep, and who sleeps has no reason to be awake. Puts every third to sleep.
    private static func wakeUps(
        _ house: inout ClearingHouse, _ found: borrowing Buffer<MarginScope>,
        _ sleeping: inout [MarginScope: Sleep], _ n: Int
    ) -> String? {
        let asleep = Set(house.sleepers)
        let owing = Set(house.unpaidScopes)
        let scanned = Set(house.scopesToLiquidateByFullScan())
        let awake = Set(found.elements)
        if !awake.isSubset(of: scanned) || scanned != awake.union(asleep).union(owing.intersection(scanned)) {
            return "the index found \(awake.count) scopes, \(asleep.count) sleep, the full scan finds others"
        }
        if let i = (1..<max(found.count, 1)).first(where: { found[$0 - 1] >= found[$0] }) {
            return "\(found[i]) comes behind \(found[i - 1])"
        }
        for scope in asleep {
            guard let sleep = sleeping[scope] else { return "\(scope) was never put to sleep" }
            if (house.margin(scope).equity < .zero) != sleep.wasUnderZero {
                return "\(scope) crossed zero asleep"
            }
            if sleep.due <= house.now { return "\(scope) overslept" }
        }
        for (i, scope) in found.elements.enumerated() {
            guard (n + i) % 3 == 0 else {
                house.retry(scope)
                continue
            }
            let due = house.now.adding(seconds: Double(3 + (n + i) % 40))
            sleeping[scope] = Sleep(wasUnderZero: house.margin(scope).equity < .zero, due: due)
            house.sleep(scope, until: due, at: [.zero, .one])
        }
        return nil
    }

    private static func apply(
        _ command: Command, _ house: inout ClearingHouse, _ ledger: inout ReferenceLedger
    ) {
        switch command {
        case .trade(let maker, let taker, let m, let side, let lots, let price):
            let unit = house.markets[Int(m)].unit.microsPerTickLot
            let failing = (
                house.isInLiquidation(house.positionID(maker, m)),
                house.isInLiquidation(house.positionID(taker, m))
            )
            house.settle(
                maker: house.positionID(maker, m), taker: house.positionID(taker, m), takerSide: side, lots,
                at: price)
            let signed = Int128(lots.count) * Int128(side.sign)
            ledger.book(
                maker, m, -signed, price: Int128(price.count), unit: Int128(unit), isFailing: failing.0)
            ledger.book(
                taker, m, signed, price: Int128(price.count), unit: Int128(unit), isFailing: failing.1)
            let notional = Int128(lots.count) * Int128(price.count) * Int128(unit)
            ledger.fee(maker, m, notional: notional, pico: Int128(house.markets[Int(m)].makerFee.pico))
            ledger.fee(taker, m, notional: notional, pico: Int128(house.markets[Int(m)].takerFee.pico))
        case .deposit(let a, let amount):
            house.deposit(amount, to: a)
            ledger.deposit(Int128(amount.micros), a)
        case .withdraw(let a, let amount):
            if house.withdraw(amount, from: a, notionalFloor: Rate(1, over: 10)) {
                ledger.deposit(-Int128(amount.micros), a)
            }
        case .moveMargin(let a, let m, let amount):
            let p = house.positionID(a, m)
            let before = house.position(p).margin
            if house.moveMargin(amount, to: p, notionalFloor: Rate(1, over: 10)) {
                precondition(house.position(p).margin == before + amount)
                ledger.move(Int128(amount.micros), a, m)
            }
        case .mark(let m, let price): house.setMark(m, price)
        case .funding(let m, let rate, let price):
            house.settleFunding(m, rate: rate, at: price)
            ledger.funding(
                m, pico: Int128(rate.pico), price: Int128(price.count),
                unit: Int128(house.markets[Int(m)].unit.microsPerTickLot))
        }
    }

    private static func difference(_ house: borrowing ClearingHouse, _ ledger: ReferenceLedger) -> String? {
        if Int128(house.fees.micros) != ledger.fees { return "fees \(house.fees) against \(ledger.fees)" }
        if Int128(house.roundingPot.micros) != ledger.pot {
            return "pot \(house.roundingPot) against \(ledger.pot)"
        }
        for a in accounts {
            if Int128(house.account(a).cash.micros) != ledger.cash[a] ?? 0 {
                return "cash of \(a): \(house.account(a).cash) against \(ledger.cash[a] ?? 0)"
            }
            for m in 0..<markets {
                guard let p = house.find(a, m) else { continue }
                let position = house.position(p)
                let holding = ledger.holdings[.init(account: a, market: m)] ?? .init()
                if Int128(position.lots.count) != holding.lots || Int128(position.cost.micros) != holding.cost
                    || Int128(position.margin.micros) != holding.margin
                {
                    return
                        "position of \(a) in \(m): \(position.lots.count), \(position.cost), \(position.margin)"
                        + " against \(holding)"
                }
            }
        }
        return nil
    }
}

extension ReferenceLedger {
    mutating func move(_ amount: Int128, _ account: AccountID, _ market: Int32) {
        deposit(-amount, account)
        adjustMargin(Key(account: account, market: market), by: amount)
    }
}

import Clearing
import OrderBook
import Primitives
import Venues

/// Random orders, prices and withdrawals through a whole venue, waterfall included, with every checker on.
public enum VenueFuzz {
    /// A rule broken on purpose, to prove that the checkers notice.
    public enum Fault: Sendable {
        /// A position changes without its other side.
        case oneSidedTrade
        /// Some positions are never filed in the trigger index.
        case missedTrigger
        /// Who waits for the end of its patience or cooldown is not woken by it.
        case forgottenPatience
    }

    public enum Command: Sendable {
        case submit(Int32, NewOrder, PositionLeg)
        case cancel(Int32, of: Int)
        case amend(Int32, of: Int, Ticks, Lots)
        case trigger(Int32, TriggerOrder)
        case oracle(Int32, Double)
        case topUp(AccountID, Money)
        case withdraw(AccountID, Money)
        case funding(Int32)
        case collateral(AccountID, asset: Int, Lots, withdraws: Bool)
        case collateralPrice(asset: Int, Double)
        case wait(Double)
    }

    static let accounts: Int32 = 16

    /// On `rulebook` alone, else on one of all that each session draws. A seed that is kept names its rulebook: what is
    /// drawn changes with every rulebook that is added.
    public static func run(
        commands count: Int, seed: UInt64, rulebook: String? = nil, fault: Fault? = nil
    ) -> Failure? {
        sessions(count, seed, fault, rulebook) { _ in }
    }

    /// How often each kind of clearing event occurs in so many commands: what the fuzzer reaches.
    public static func coverage(commands count: Int, seed: UInt64) -> [ClearingEvent.Kind: Int] {
        var seen: [ClearingEvent.Kind: Int] = [:]
        _ = sessions(count, seed, nil, nil) { seen[$0.kind, default: 0] += 1 }
        return seen
    }

    private static func sessions(
        _ count: Int, _ seed: UInt64, _ fault: Fault?, _ only: String?,
        observe: @escaping (ClearingEvent) -> Void
    ) -> Failure? {
        let given = only.map { name in kinds.firstIndex(of: name)! }
        return fuzzSessions(count, size: 800, seed: seed, name: "fuzz/venue") { size, random in
            let drawn = random.integer(below: kinds.count)
            let kind = given ?? drawn
            let setup = random.next()
            let commands = Array(generate(size, &random).enumerated())
            return (commands, { check($0, kind, setup, fault, observe: observe) })
        }
    }

    private static let middle = 50_000.0

    private static func generate(_ count: Int, _ random: inout RandomStream) -> [Command] {
        let swarm = Swarm(kinds: 12, &random)
        var oracle = [middle, middle]
        let volatility = [0.002, 0.02, 0.1][random.integer(below: 3)]
        return (0..<count).map { n in
            let m = Int32(random.integer(below: 2))
            let near = Ticks(max(1, Int(oracle[Int(m)] * random.logNormal(median: 1, logSD: 0.01))))
            let account = AccountID(random.integer(below: Int(accounts) + 3) - 1)
            switch swarm.pick(&random) {
            case 0, 1, 2:
                let leg = [PositionLeg.net, .net, .long, .short][random.integer(below: 4)]
                return .submit(m, order(near, account, &random), leg)
            case 3: return .cancel(m, of: random.integer(below: n + 1))
            case 4:
                return .amend(
                    m, of: random.integer(below: n + 1), near, Lots(Int64(random.integer(below: 4000))))
            case 5:
                var inner = order(near, account, &random)
                inner.timeInForce = .immediateOrCancel
                inner.reduceOnly = random.chance(0.7)
                return .trigger(
                    m,
                    TriggerOrder(
                        inner, when: random.chance(0.5) ? .mark : .last,
                        random.chance(0.5) ? .falling : .rising,
                        to: near))
            case 6, 7:
                oracle[Int(m)] *= random.logNormal(median: 1, logSD: volatility)
                oracle[Int(m)] = min(2e6, max(5, oracle[Int(m)]))
                return .oracle(m, oracle[Int(m)])
            case 8:
                let amount = Money(micros: 1 + Int64(random.logNormal(median: 1e8, logSD: 3)))
                return random.chance(0.5) ? .topUp(account, amount) : .withdraw(account, amount)
            case 9:
                let lots = Lots(Int64(random.logNormal(median: 1e5, logSD: 2)))
                return .collateral(
                    account, asset: random.integer(below: 4), lots, withdraws: random.chance(0.4))
            case 10:
                return .collateralPrice(
                    asset: random.integer(below: 4), random.logNormal(median: 1e4, logSD: 0.7))
            default: return random.chance(0.3) ? .funding(m) : .wait(Double(random.integer(below: 40)))
            }
        }
    }

    private static func order(_ near: Ticks, _ account: AccountID, _ random: inout RandomStream) -> NewOrder {
        var lots = Lots(Int64(random.logNormal(median: 2000, logSD: 2)))
        if random.chance(0.01) { lots = Lots([0, -1, Int64.max, 1 << 41][random.integer(below: 4)]) }
        var price = near
        if random.chance(0.01) { price = Ticks([0, -7, Int(Int32.max), 1 << 23][random.integer(below: 4)]) }
        return NewOrder(
            random.chance(0.5) ? .buy : .sell, lots, at: price, account: account,
            timeInForce: TimeInForce.allCases[random.chance(0.7) ? 0 : random.integer(below: 4)],
            selfTrade: SelfTradePrevention.allCases[random.integer(below: 5)], reduceOnly: random.chance(0.1))
    }

    /// Every built-in rulebook, and the textbook without deleveraging.
    static let kinds = Rulebook.builtInNames + ["socialised"]

    static func rulebook(_ kind: Int) throws -> Rulebook {
        let name = kinds[kind]
        let socialised = [
            ("plan", "cancel_orders,partial_liquidation,full_liquidation,insurance_fund,socialised_loss"),
            ("full_limit", "any"), ("full_while_equity_at_least", "-1000"),
        ].map { (key: $0.0, text: $0.1) }
        return try .named(
            name == "socialised" ? "textbook" : name, assets: ["BTC", "BTC"],
            overrides: name == "socialised" ? socialised : [])
    }

    private static func makeVenue(_ kind: Int, _ setup: UInt64) -> Venue {
        var rulebook = try! rulebook(kind)
        for m in rulebook.markets.indices { rulebook.markets[m].priceGrid = .everyTick }
        // The value of an order of median size, whatever the contract; small accounts make sessions cheap.
        let typical = rulebook.markets[0].spec.unit.notional(Lots(Int64(20)), at: Ticks(Int(middle)))
        // The thresholds of partial liquidation shrink with the accounts.
        for (i, stage) in rulebook.waterfall.stages.enumerated() {
            if case .partialLiquidation(var rule) = stage {
                rule.above = Money(micros: typical.micros * 300)
                rulebook.waterfall.stages[i] = .partialLiquidation(rule)
            } else if case .fillableLiquidation(var rule) = stage {
                rule.leastNotional = typical
                rule.mostPerBlock = Money(micros: typical.micros * 100)
                rulebook.waterfall.stages[i] = .fillableLiquidation(rule)
            }
        }
        var venue = Venue(
            rulebook, vaultCapital: Money(micros: typical.micros * 200),
            fundCapital: Money(micros: typical.micros * 200), expectedAccounts: 2, at: SimTime(seconds: 0))
        if venue.vault == nil { venue.house.takeoverPatience = [0, 0, 20, 94][Int(setup >> 56 & 3)] }
        venue.forcedConcession = [nil, nil, 0.01, 0.1][Int(setup >> 58 & 3)]
        for m: Int32 in 0..<2 { venue.updateOracle(m, middle, externalPerp: nil) }
        for asset in rulebook.collateral.indices {
            venue.updateCollateral(asset, index: 10_000, ownBook: nil)
        }
        for i in 0..<accounts {
            let a = venue.house.openAccount()
            venue.house.deposit(Money(micros: typical.micros << (i % 12)), to: a)
            for m: Int32 in 0..<2 {
                let bits = setup >> UInt64((i * 2 + m) % 60)
                for leg in rulebook.hasHedgeMode ? [PositionLeg.net, .long, .short] : [.net] {
                    _ = venue.house.configure(
                        venue.house.positionID(a, m, leg), leverage: bits & 2 == 0 ? 40 : 5,
                        isolated: bits & 1 == 1)
                }
            }
        }
        return venue
    }

    static func check(
        _ commands: [(offset: Int, element: Command)], _ kind: Int, _ setup: UInt64, _ fault: Fault?,
        observe: (ClearingEvent) -> Void
    ) -> String? {
        let numbers = (commands.last?.offset ?? 0) + 2
        var venue = makeVenue(kind, setup)
        venue.house.dropsTriggers = fault == .missedTrigger
        if fault == .forgottenPatience { venue.house.wakesWrongly = .losesAlarm }
        let first = AccountID(rawValue: venue.house.accountCount - accounts)
        let capital = venue.house.account(venue.fund ?? venue.vault ?? first).cash
        var placed: [OrderID] = Array(repeating: .none, count: numbers)
        var owner = [AccountID](repeating: .nobody, count: numbers)
        for (n, command) in commands {
            apply(command, n, first, &venue, &placed, &owner)
            if fault == .oneSidedTrade && n % 50 == 7 {
                venue.house.book(venue.house.positionID(first, 0), Lots(Int64(5)), at: Ticks(100))
            }
            if let text = VenueCheckers.check(&venue) ?? VenueCheckers.funds(venue, capital: capital)
                ?? VenueCheckers.debts(venue)
            {
                return "command \(n), \(command): \(text)"
            }
            for i in 0..<venue.house.events.count { observe(venue.house.events[i]) }
            venue.house.events.removeAll()
        }
        return nil
    }

    private static func apply(
        _ command: Command, _ n: Int, _ first: AccountID, _ venue: inout Venue, _ placed: inout [OrderID],
        _ owner: inout [AccountID]
    ) {
        // Account -1 and those beyond the last do not exist; they must be refused, never trap.
        func account(_ a: AccountID) -> AccountID { a == .nobody ? a : AccountID(first.index + a.index) }
        switch command {
        case .submit(let m, var order, let leg):
            order.account = account(order.account)
            placed[n] = venue.submit(m, order, leg: venue.rulebook.hasHedgeMode ? leg : .net).resting
            owner[n] = order.account
        case .cancel(let m, let k): _ = venue.cancel(m, placed[k], account: owner[k])
        case .amend(let m, let k, let price, let lots):
            placed[n] = venue.amend(m, placed[k], account: owner[k], to: price, lots).resting
            owner[n] = owner[k]
        case .trigger(let m, var order):
            order.order.account = account(order.order.account)
            _ = venue.submit(m, order)
        case .oracle(let m, let price):
            venue.house.now = venue.house.now.adding(seconds: 3)
            venue.updateOracle(m, price, externalPerp: price)
            venue.fireTriggers()
            venue.sampleFunding(m)
        case .topUp(let a, let amount):
            guard venue.house.exists(account: account(a)) else { return }
            venue.topUp(account(a), amount, isolated: nil)
        case .withdraw(let a, let amount):
            guard venue.house.exists(account: account(a)) else { return }
            _ = venue.withdraw(account(a), amount)
        case .funding(let m): venue.settleFunding(m)
        case .collateral(let a, let asset, let lots, let withdraws):
            guard asset < venue.rulebook.collateral.count, venue.house.exists(account: account(a)),
                lots > .zero
            else { return }
            let market = Int32(venue.rulebook.markets.count + asset)
            if withdraws {
                _ = venue.house.withdrawCollateral(market, lots, from: account(a))
            } else {
                venue.house.depositCollateral(market, lots, to: account(a))
            }
        case .collateralPrice(let asset, let price):
            guard asset < venue.rulebook.collateral.count else { return }
            venue.updateCollateral(asset, index: price, ownBook: price * 0.9)
        case .wait(let seconds): venue.house.now = venue.house.now.adding(seconds: seconds)
        }
        venue.liquidateFailing()
    }
}

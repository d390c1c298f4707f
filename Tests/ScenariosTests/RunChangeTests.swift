import Checks
import Clearing
import Exchanges
import Market
import OrderBook
import Primitives
import Testing
import Venues

@testable import Scenarios

/// Changes to a running world: what they do, and that a fork with them is the run with them.
@Suite struct RunChangeTests {
    private static let small = [
        "universe.open_interest_usd=80e9", "universe.assets=3", "accounts.total=4500",
        "accounts.hedged_accounts=60", "news.time_utc=2025-10-10T20:00:20Z", "news.move_pct=-30",
        "news.digestion_minutes=0.5", "holders.stop_volume_share=0.1",
    ]
    private static let moment = "2025-10-10T20:00:40Z"

    private static func scenario(_ more: [String] = []) throws -> Scenario {
        try Scenario(ScenarioFile(named: "october-2025", overrides: small + more))
    }

    private static func world(_ scenario: Scenario, _ changes: [String] = [], twins: Bool = false) throws
        -> World
    {
        var options = RunOptions(seed: 3, until: SimTime(iso8601: "2025-10-10T21:00:00Z")!)
        options.usesTwins = twins
        var world = try scenario.world(options)
        world.usesFullScan = twins
        for change in try scenario.changes(changes.map { try RunChange($0) }, for: world) {
            world.schedule(change)
        }
        return world
    }

    static let changes = [
        "rules.fund_multiple=20", "rules.deleveraging=pro_rata", "rules.liquidation=full",
        "rules.maintenance_multiple=1.8", "rules.breaker_pct=2", "contagion.own_book_collateral=false",
        "venues.forced_concession_pct=2", "venues.takeover_patience_seconds=5",
        "liquidity.least_presence=0.4", "flow.volatility_slope=0", "sell=BTC@binance:500e6",
        "sell=ETH@coinbase:50e6", "buy=BTC@binance-coinm:5e6", "news=-10", "outage=binance:orders:0.5",
    ]

    /// The same bytes whether the change was known from the start or made of a copy at that moment; other bytes than without;
    /// money that sums to zero; and with every fast path beside its slow twin.
    @Test(arguments: changes)
    func aForkIsTheRunWithTheChange(_ action: String) throws {
        let scenario = try Self.scenario()
        let change = "\(Self.moment) \(action)"
        var known = try Self.world(scenario, [change])
        var parent = try Self.world(scenario)
        while parent.steps < 40 { parent.step() }
        #expect(known.stateHash() != StateHash() && parent.now == SimTime(iso8601: Self.moment)!)
        var fork = parent.copy()
        for one in try scenario.changes([RunChange(change)], for: fork) { fork.schedule(one) }
        while fork.steps < 70 { fork.step() }
        while known.steps < 70 { known.step() }
        while parent.steps < 70 { parent.step() }
        #expect(fork.stateHash() == known.stateHash() && fork.minuteHash() == known.minuteHash())
        #expect(fork.stateHash() != parent.stateHash())
        #expect(fork.metrics.worstImbalance == 0)
    }

    /// A later rule finds everybody whom the slow scan finds, books and lending beside their twins.
    @Test func changedRulesHoldForTheTwins() throws {
        let scenario = try Self.scenario()
        let actions = [
            "rules.maintenance_multiple=2", "rules.liquidation=full", "rules.maintenance_multiple=0.8",
            "rules.deleveraging=risk_aware", "venues.takeover_patience_seconds=5",
        ]
        let changes = actions.enumerated().map { "2025-10-10T20:00:\(22 + $0 * 8)Z \($1)" }
        var fast = try Self.world(scenario, changes)
        var slow = try Self.world(scenario, changes, twins: true)
        while fast.steps < 90 { fast.step() }
        while slow.steps < 90 { slow.step() }
        #expect(fast.stateHash() == slow.stateHash())
        #expect(fast.metrics.tallies.contains { $0.liquidatedLong > 0 })
    }

    /// What a change is for is seen in what it changes.
    @Test func changesDoWhatTheySay() throws {
        let scenario = try Self.scenario()
        func ended(_ actions: [String]) throws -> World {
            var world = try Self.world(scenario, actions.map { "\(Self.moment) \($0)" })
            while world.steps < 100 { world.step() }
            world.finish()
            return world
        }
        let base = try ended([])
        let base1 = base.metrics.tallies.reduce(0) { $0 + $1.liquidatedLong }
        let stricter = try ended(["rules.maintenance_multiple=3"])
        #expect(stricter.metrics.tallies.reduce(0) { $0 + $1.liquidatedLong } > base1)
        let sold = try ended(["sell=BTC@binance:2e9"])
        let sales = { (w: borrowing World) in
            w.exchanges.bookIDs.reduce(0) { $0 + w.exchanges.volume($1).sold }
        }
        #expect(sales(sold) > sales(base) + 500_000_000_000_000, "micro-dollars more")
        let broken = try ended(["rules.breaker_pct=1"])
        #expect((broken.exchanges.breaker?.halts ?? 0) > 0 && base.exchanges.breaker == nil)
        let funded = try ended(["rules.fund_multiple=2"])
        let binance = base.exchanges.perpetualIDs.first { base.exchanges.names[$0] == "binance" }!
        let fund = { (w: borrowing World) in
            w.exchanges.perps[binance].house.account(w.exchanges.perps[binance].fund!).cash
        }
        #expect(fund(funded) > fund(base))
    }

    static let faults: [(String, String)] = [
        ("", "TIME key=value"), ("2025-10-10T20:00:40Z", "TIME key=value"),
        ("20:00 rules.fund_multiple=2", "TIME key=value"),
        ("2025-10-10T20:00:40Z rules.fund_multipel=2", "nearest known: `rules.fund_multiple`"),
        ("2025-10-10T20:00:40Z rules.fund_multiple=many", "rules.fund_multiple"),
        ("2025-10-10T20:00:40Z accounts.total=5", "a key that cannot change while a world runs"),
        ("2025-10-10T20:00:40Z sell=BTC:200e6", "ASSET@VENUE:USD"),
        ("2025-10-10T20:00:40Z sell=BTCC@binance:200e6", "nearest known: `BTC`"),
        ("2025-10-10T20:00:40Z buy=BTC@binanze:200e6", "nearest known: `binance`"),
        ("2025-10-10T20:00:40Z buy=BTC@binance:-1", "ASSET@VENUE:USD"),
        ("2025-10-10T20:00:40Z news=-100", "per cent from -99"),
        ("2025-10-10T20:00:40Z outage=binance:lunch:30", "orders, transfers or oracle"),
        ("2025-10-09T20:00:40Z news=-1", "from 2025-10-10T20:00:00Z"),
        // It would be after the end, and never happen.
        ("2025-10-10T21:00:00Z news=-1", "to before 2025-10-10T21:00:00Z"),
    ]

    @Test(arguments: faults.indices)
    func faultsAreTold(_ i: Int) throws {
        let (text, told) = Self.faults[i]
        let scenario = try Self.scenario()
        do {
            _ = try Self.world(scenario, [text])
            Issue.record("\(text) was taken")
        } catch { #expect("\(error)".contains(told), "\(text): \(error)") }
    }

    /// Every key that may change has an agent or a rule that reads it, and is a key.
    @Test func keysAreKeys() {
        for key in RunChange.keys { #expect(ScenarioKeys.key(key) != nil, "\(key)") }
        #expect(Set(RunChange.keys).count == RunChange.keys.count)
    }
}

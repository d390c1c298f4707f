import Agents
import Clearing
import Primitives
import Testing
import Venues

@testable import Exchanges
@testable import Market
@testable import Scenarios

/// Small crashes on one venue, run to their end.
@Suite struct VenueCrashTests {
    /// The same after a crash: what is liquidated and how far the price falls, within what merging is known to change.
    @Test func scaleKeepsTheCrash() throws {
        func run(_ scale: Int) throws -> (liquidated: Double, accounts: Int, fall: Double, holds: Bool) {
            let scenario = try Scenario(
                ScenarioFile(
                    named: "textbook-waterfall",
                    overrides: [
                        "accounts.total=3000", "index.shock_after_minutes=5", "index.shock_minutes=4",
                    ]))
            var world = try scenario.world(RunOptions(seed: 7, scale: scale))
            for _ in 0..<900 { world.step() }
            world.finish()
            let tally = world.metrics.tallies[0]
            return (
                tally.liquidatedLong, tally.accountsLiquidated, world.metrics.bookFalls[0].percent,
                world.exchanges.perps[0].house.zeroSum().holds && world.metrics.worstImbalance == 0
            )
        }
        let (full, tenth) = (try run(1), try run(10))
        expect(full.holds && tenth.holds)
        expect(full.liquidated > 1e7 && full.accounts > 300, "\(full)")
        expect(abs(tenth.liquidated / full.liquidated - 1) < 0.3, "\(tenth) against \(full)")
        expect(
            abs(Double(tenth.accounts) / Double(full.accounts) - 1) < 0.3, "\(tenth) against \(full)")
        expect(abs(tenth.fall - full.fall) < 3, "\(tenth) against \(full)")
    }

    /// What dYdX's fund settles is counted: its balance is what it began with and what its totals say (seed 4 of a crash); no
    /// trader's own stop leaves debts beside a full fund (seed 1, the second rule set).
    @Test(
        arguments: [
            (4, []),
            (
                1,
                [
                    "venues.textbook.rules=taker_fee=0", "accounts.total=1000", "liquidity.depth_1pct_usd=1",
                    "liquidity.absorption_usd=1e6", "patient.demand_at_5pct_usd=0",
                    "flow.orders_per_second=0", "flow.resting_share=0",
                ]
            ),
        ] as [(UInt64, [String])])
    func dydxFundIsCounted(_ seed: UInt64, _ settings: [String]) throws {
        let scenario = try Scenario(
            ScenarioFile(named: "textbook-waterfall", overrides: ["venues.textbook.rulebook=dydx"] + settings)
        )
        var world = try scenario.world(RunOptions(seed: seed))
        while !world.isFinished { world.step() }
        world.finish()
        let fund = world.exchanges.perps[0].fund!
        let flows = world.exchanges.perps[0].house.flows(of: fund)
        let start = Money(usd: 2_000_000)
        expect(flows.paid > .zero, "\(flows)")
        expect(world.exchanges.perps[0].house.account(fund).cash == start + flows.received - flows.paid)
        expect(world.exchanges.perps[0].house.uncoveredDeficits() == .zero)
        expect(world.metrics.worstImbalance == 0)
    }

    /// On every rulebook of one venue nobody starts where the first tick fails them.
    @Test(arguments: ["hyperliquid", "binance", "bybit", "okx", "dydx", "textbook"])
    func nobodyStartsFailing(_ rulebook: String) throws {
        let scenario = try Scenario(
            ScenarioFile(
                named: "october-2025-btc",
                overrides: ["accounts.total=3000", "venues.hyperliquid.rulebook=\(rulebook)"]))
        var world = try scenario.world(RunOptions(seed: 3))
        for account in world.metrics.setup.populations[0] {
            for scope in world.exchanges.perps[0].house.scopes(of: account) {
                let margin = world.exchanges.perps[0].house.margin(scope)
                expect(margin.equity.micros >= margin.maintenance.micros / 10 * 13, "\(account): \(margin)")
            }
        }
        for _ in 0..<30 { world.step() }
        expect(world.metrics.tallies[0].accountsLiquidated == 0)
    }
}

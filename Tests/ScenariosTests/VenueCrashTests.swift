import Agents
import Clearing
import Market
import Primitives
import Testing
import Venues

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
                        "population.accounts=3000", "noise.accounts=20", "index.shock_after_minutes=5",
                        "index.shock_minutes=4",
                    ]))
            var world = try scenario.world(RunOptions(seed: 7, scale: scale))
            for _ in 0..<900 { world.step() }
            world.finish()
            return (
                world.metrics.liquidatedLong.dollars, world.metrics.accountsLiquidated,
                RunMetrics.Fall.percent(world.metrics.falls[0].markReference, world.metrics.falls[0].markLow),
                world.venue.house.zeroSum().holds && world.metrics.worstImbalance == .zero
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
                    "venue.rules=taker_fee=0", "population.accounts=1000", "makers.count=0",
                    "value_buyers.demand_at_5pct_usd=0", "noise.accounts=0",
                ]
            ),
        ] as [(UInt64, [String])])
    func dydxFundIsCounted(_ seed: UInt64, _ settings: [String]) throws {
        let scenario = try Scenario(
            ScenarioFile(named: "textbook-waterfall", overrides: ["venue.rulebook=dydx"] + settings))
        var world = try scenario.world(RunOptions(seed: seed))
        while !world.isFinished { world.step() }
        world.finish()
        let flows = world.metrics.fundFlows
        let start = scenario.money("venue.fund_capital_usd")
        expect(flows.paid > Money(usd: 10_000), "\(flows)")
        let fund = world.venue.fund!
        expect(world.venue.house.account(fund).cash == start + flows.received - flows.paid)
        expect(world.venue.house.uncoveredDeficits() == .zero)
        expect(world.metrics.worstImbalance == .zero)
    }

    /// On every rulebook of one venue nobody starts where the first tick fails them.
    @Test(arguments: ["hyperliquid", "binance", "bybit", "okx", "dydx", "textbook"])
    func nobodyStartsFailing(_ rulebook: String) throws {
        let scenario = try Scenario(
            ScenarioFile(
                named: "october-2025-btc",
                overrides: ["population.accounts=3000", "venue.rulebook=\(rulebook)"]))
        var world = try scenario.world(RunOptions(seed: 3))
        for account in world.traders.accounts {
            for scope in world.venue.house.scopes(of: account) {
                let margin = world.venue.house.margin(scope)
                expect(margin.equity.micros >= margin.maintenance.micros / 2 * 3, "\(account): \(margin)")
            }
        }
        for _ in 0..<30 { world.step() }
        expect(world.metrics.accountsLiquidated == 0)
    }
}

import Agents
import Clearing
import LendingMarkets
import Market
import MarketData
import OrderBook
import Primitives
import Testing
import Venues

@testable import Exchanges
@testable import Scenarios

/// A world of few coins and accounts, every venue, run for some simulated minutes.
@Suite struct WorldTests {
    private static let small = [
        "universe.open_interest_usd=80e9", "universe.assets=4", "accounts.total=6000",
        "accounts.hedged_accounts=60",
    ]

    private static func scenario(_ overrides: [String] = [], _ name: String = "october-2025") throws
        -> Scenario
    {
        try Scenario(ScenarioFile(named: name, overrides: small + overrides))
    }

    private static func options(_ minutes: Int, threads: Int = 1, twins: Bool = false) -> RunOptions {
        var options = RunOptions(
            seed: 5, threads: threads,
            until: SimTime(iso8601: "2025-10-10T20:00:00Z")!.adding(seconds: Double(minutes) * 60))
        options.usesTwins = twins
        return options
    }

    /// Falls at once: the announcement in the first minute, worth ten times as much.
    private static let shock = [
        "news.time_utc=2025-10-10T20:00:20Z", "news.move_pct=-20", "news.digestion_minutes=0.5",
    ]

    private static func hash(_ overrides: [String], _ options: RunOptions) throws -> (String, MarketMetrics) {
        var world = try scenario(overrides).world(options)
        world.usesFullScan = options.usesTwins
        while !world.isFinished { world.step() }
        world.finish()
        return (world.stateHash().hex, world.metrics)
    }

    @Test func sameSeedSameBytesAndTheTwinsAgree() throws {
        let (one, metrics) = try Self.hash(Self.shock, Self.options(3))
        let (two, _) = try Self.hash(Self.shock, Self.options(3, threads: 2))
        let (twin, _) = try Self.hash(Self.shock, Self.options(3, twins: true))
        expect(one == two)
        expect(one == twin)
        expect(metrics.worstImbalance == 0)
        expect(metrics.stepsChecked == 180)
        let liquidated = metrics.tallies.reduce(0) { $0 + $1.liquidatedLong }
        expect(liquidated > 0)
    }

    /// Nothing much happens without news.
    @Test func calmIsCalm() throws {
        var world = try Self.scenario([], "october-2025-calm").world(Self.options(4))
        while !world.isFinished { world.step() }
        world.finish()
        let liquidated = world.metrics.tallies.reduce(0) { $0 + $1.liquidatedLong + $1.liquidatedShort }
        expect(liquidated < 0.003 * world.metrics.openInterest.before)
        expect(world.makers?.caution == 0)
        expect(world.metrics.worstImbalance == 0)
        expect(world.lending.worstImbalance == .zero)
        expect(world.lending.markets.blocksChecked >= 240 / 12 - 1, "lending is counted in calm blocks too")
    }

    /// Longs equal shorts in every contract of every venue, to the lot.
    @Test func everyContractNets() throws {
        let world = try Self.scenario().world(Self.options(1))
        for p in world.exchanges.perpetualIDs {
            let zero = world.exchanges.perps[p].house.zeroSum()
            expect(zero.holds)
        }
        expect(world.metrics.leverage.before.accountsWithPositions > 5000)
    }

    /// A deeper fall with what each switch needs to matter: an outage, lending near its thresholds, hedges that are lost.
    private static let upheaval =
        shock + [
            "news.move_pct=-35", "venues.outages=binance orders 2025-10-10T20:00:40Z 2025-10-10T20:01:20Z",
            "lending.health_median=1.05", "accounts.collateral_share=0.5",
        ]

    /// Each switch alone changes the run and keeps the ledgers exact.
    @Test(arguments: [
        "contagion.cross_margin", "contagion.shared_maker_capital", "contagion.own_book_collateral",
        "contagion.arbitrage", "contagion.lending_sales", "contagion.hedge_loss", "contagion.outages",
    ])
    func switches(_ key: String) throws {
        let (base, _) = try Self.hash(Self.upheaval, Self.options(3))
        let (changed, metrics) = try Self.hash(Self.upheaval + ["\(key)=false"], Self.options(3))
        expect(changed != base, "\(key)=false changes nothing")
        expect(metrics.worstImbalance == 0)
    }

    /// Nobody starts where the first tick fails them: every account begins above 1.2 times its maintenance margin as its own
    /// venue measures it, and the opening of the books liquidates nobody.
    @Test(arguments: [5, 6, 7] as [UInt64])
    func nobodyStartsFailing(_ seed: UInt64) throws {
        var options = Self.options(1)
        options.seed = seed
        var world = try Self.scenario([], "october-2025-calm").world(options)
        for p in world.exchanges.perpetualIDs {
            expect(world.exchanges.perps[p].counts.liquidationOrders == 0, world.exchanges.names[p])
            for account in world.exchanges.perps[p].house.accountIDs {
                for scope in world.exchanges.perps[p].house.scopes(of: account) {
                    let margin = world.exchanges.perps[p].house.margin(scope)
                    expect(
                        margin.equity.micros >= margin.maintenance.micros / 5 * 6,
                        "\(world.exchanges.names[p]):\(account): \(margin.equity) for \(margin.maintenance)")
                }
            }
        }
        for _ in 0..<20 { world.step() }
        let liquidated = world.metrics.tallies.reduce(0) { $0 + $1.liquidatedLong + $1.liquidatedShort }
        expect(liquidated == 0, "\(liquidated) USD in the first seconds of a calm market")
    }

    /// What the funds paid, venue by venue, is what their ledgers say; bad debt is what is below zero at the end.
    @Test func totalsAreTheLedgers() throws {
        var world = try Self.scenario(Self.upheaval).world(Self.options(3))
        while !world.isFinished { world.step() }
        world.finish()
        var paid = 0.0
        for p in world.exchanges.perpetualIDs {
            let tally = world.metrics.tallies[p]
            let house = world.exchanges.perps[p].fund.map { world.exchanges.perps[p].house.flows(of: $0) }
            let units = world.exchanges.settlementUnits(p)
            let flows = Double((house?.paid ?? .zero).micros) / units
            paid += tally.fundDraw
            // Of coins the dollars are those of each step.
            let isCoin = world.exchanges.perps[p].rulebook.settlement != .dollars
            expect(
                abs(tally.fundDraw - flows) <= (isCoin ? 0.5 * flows : 1e-6 * max(flows, 1)),
                "\(world.exchanges.names[p]): \(tally.fundDraw) of \(flows)")
            let debts = Double(world.exchanges.perps[p].house.uncoveredDeficits().micros) / units
            expect(tally.badDebt >= debts * 0.999999)
        }
        expect(paid > 0)
    }

    /// Each rule changed on every venue changes the run, keeps the ledgers exact and agrees with the twins.
    @Test(arguments: [
        "rules.deleveraging=pro_rata", "rules.deleveraging=capped_pro_rata",
        "rules.deleveraging=risk_aware", "rules.deleveraging=projection",
        "rules.liquidation=full", "rules.fund_multiple=0", "rules.breaker_pct=2",
        "accounts.hedge_wait_minutes=0.1", "openers.share=0", "flow.resting_share=0",
        "holders.stop_volume_share=0",
    ])
    func rules(_ change: String) throws {
        let (base, _) = try Self.hash(Self.shock, Self.options(3))
        let (changed, metrics) = try Self.hash(Self.shock + [change], Self.options(3))
        let (twin, _) = try Self.hash(Self.shock + [change], Self.options(3, twins: true))
        expect(metrics.worstImbalance == 0)
        expect(changed != base, "\(change) changes nothing")
        expect(changed == twin, change)
    }

    /// Stops of spot holders sell when the price has passed them, on their own venue, and no more than there is behind them.
    @Test func spotStopsSellWhatTheyHold() throws {
        let share = 0.2
        var world = try Self.scenario(Self.shock + ["holders.stop_volume_share=\(share)"])
            .world(Self.options(3))
        var sold: [Double] = []
        while !world.isFinished {
            world.step()
            let stops = try #require(world.strategies.compactMap { $0 as? SpotStops }.first)
            sold.append(stops.soldUSD)
        }
        let bound = try Self.scenario().event.assets.prefix(4).reduce(0) { $0 + $1.volumeUSD } * share
        expect(sold[10] == 0, "nothing before the price falls")
        expect(sold.last! > 0)
        expect(sold.last! < bound)
        expect(zip(sold, sold.dropFirst()).allSatisfy { $0 <= $1 })
    }

    /// A feed that shows every liquidation at the bankruptcy price adds up to the truth, deleveraging included.
    @Test func fullFeedsAddUp() throws {
        let (_, metrics) = try Self.hash(Self.shock, Self.options(3))
        let world = try Self.scenario().world(Self.options(1))
        var checked = 0
        for p in world.exchanges.perpetualIDs where world.exchanges.perps[p].feed.rule.showsDeleveraged {
            guard world.exchanges.perps[p].feed.rule.selector == .all else { continue }
            let t = metrics.tallies[p]
            let (truth, shown) = (
                t.liquidatedLong + t.liquidatedShort, t.reportedLong + t.reportedShort
            )
            guard truth > 0 else { continue }
            checked += 1
            expect(abs(shown / truth - 1) < 0.05, "\(world.exchanges.names[p]): \(shown) of \(truth)")
        }
        expect(checked >= 2)
    }

    /// Nothing is made or lost: what longs, shorts, funds and vaults gain, everyone else loses.
    @Test func gainsAreOfTheRightSide() throws {
        let (_, metrics) = try Self.hash(Self.shock + ["openers.share=0"], Self.options(3))
        expect(metrics.gains[.longs] < 0)
        expect(metrics.gains[.shorts] > 0)
        expect(metrics.gains[.flat] == 0, "who has no position and opens none")
        let (_, opened) = try Self.hash(Self.shock, Self.options(3))
        expect(opened.gains[.flat] != 0, "who opens one wins or loses")
    }

    /// Outages of every kind, a transfer freeze with margin calls pending, makers without capital, an asset that goes to
    /// nothing: defined, and exact.
    @Test func extremes() throws {
        let outages =
            "venues.outages=binance orders 2025-10-10T20:00:30Z 2025-10-10T20:01:00Z; bybit oracle 2025-10-10T20:00:30Z 2025-10-10T20:01:30Z; okx transfers 2025-10-10T20:00:10Z 2025-10-10T20:01:30Z; coinbase orders 2025-10-10T20:00:30Z 2025-10-10T20:01:00Z"
        let bankrupt = ["liquidity.capital_usd=1", "accounts.adds_share=0.9", "accounts.reaction_seconds=5"]
        var sum = 0.0
        for extra in [[outages], bankrupt, ["news.move_pct=-50", "news.digestion_minutes=0.1"]] {
            let (_, metrics) = try Self.hash(Self.shock + extra, Self.options(2))
            expect(metrics.worstImbalance == 0)
            sum += metrics.tallies.reduce(0) { $0 + $1.liquidatedLong }
        }
        expect(sum > 0)
    }

    static let bad: [(String, String, String)] = [
        ("venues.binance.open_interest_share=0.5", "open_interest_share", "sum to 1"),
        ("venues.binnance.account_share=1", "venues.binnance.account_share", "binance"),
        ("accounts.short_notional_share=0.95", "accounts.short_notional_share", "net to zero"),
        ("assets.ETH.price_usd=0", "assets.ETH.price_usd", "a number from"),
        ("universe.open_interest_usd=1e9", "universe.open_interest_usd", "at least"),
        ("liquidity.withdrawal_without_news=0.5", "liquidity.withdrawal_without_news", "without news"),
        ("venues.binance.leverage_median=", "leverage_median", "every perpetual venue"),
        (
            "venues.outages=binance sleep 2025-10-10T21:00:00Z 2025-10-10T22:00:00Z", "venues.outages",
            "oracle"
        ),
        ("makers.count=3", "makers.count", "unknown key"),
        ("news.again_utc=soon", "news.again_utc", "UTC time"),
        ("holders.venue=binance", "holders.venue", "a spot venue"),
    ]

    @Test(arguments: bad.indices)
    func badInput(_ i: Int) throws {
        let (override, key, says) = Self.bad[i]
        do {
            _ = try Self.scenario([override]).world(Self.options(1))
            Issue.record("\(override) was accepted")
        } catch let error as InputError {
            expect(error.key == key)
            let found = "\(error)".contains(says) || error.found.contains(says)
            expect(found, "\(error)")
        }
    }

    /// A scale that leaves a market without accounts is refused with the largest that does not.
    @Test func scaleTooLarge() throws {
        var options = Self.options(1)
        options.scale = 5000
        #expect(throws: InputError.self) { _ = try Self.scenario().world(options) }
    }

    /// A feed that shows one order a window lets an outsider bound what it hides.
    @Test func feedEstimates() {
        var random = RandomStream(seed: 9, name: "feed")
        var inside = 0
        for _ in 0..<200 {
            var feed = LiquidationFeed(LiquidationFeedRule(selector: .latest, windowSeconds: 1), markets: 1)
            var truth = 0.0
            for second in 0..<60 {
                for _ in 0..<random.poisson(mean: 0.8) {
                    feed.liquidated(
                        market: 0, isLong: true, value: Money(usd: 1000), at: SimTime(seconds: Int64(second)))
                    truth += 1000
                }
            }
            feed.flush()
            let estimate = feed.takeSample(0).estimate(windows: 60)
            if estimate.low <= truth && truth <= estimate.high { inside += 1 }
            expect(feed.reportedLong.dollars <= truth)
        }
        // Nominal 95 %: binomial error of 200 trials allows 88 %.
        expect(inside >= 176)
    }

    /// The example of docs/strategies.md buys in a fall and not without one.
    @Test(arguments: [true, false])
    func dipBuyerBuys(_ falls: Bool) throws {
        let overrides = (falls ? Self.shock : ["news.happens=false"]) + ["example.dip_buyer_usd=1e8"]
        var world = try Self.scenario(overrides).world(Self.options(13))
        while !world.isFinished { world.step() }
        let buyer = try #require(world.strategies.compactMap { $0 as? DipBuyer }.first)
        let coins = world.exchanges.holding(buyer.book, buyer.account)
        expect(falls ? coins > .zero : coins == .zero, "\(coins.count) lots bought")
        expect(world.metrics.worstImbalance == 0)
    }
}
